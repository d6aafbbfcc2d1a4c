// SPDX-License-Identifier: Apache-2.0
// What an extension is called with. Globals are those of the language (ES2022) and the ones below;
// there is no DOM and no Node.js, and the network is reached by `fetch` and `request` alone.
export {};

declare global {
  namespace Sublet {
    /** Any value that JSON can carry. */
    type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

    /** What happened, and for whom. */
    interface Event<Data = any> {
      readonly id: string;
      readonly name: string;
      /** The payload; null where the event has none. */
      readonly data: Data;
      /** 1 for the first attempt at this event, 2 for its first retry. */
      readonly attempt: number;
      readonly tenant: string;
      readonly extension: string;
    }

    interface RemainingLimits {
      /** CPU time in milliseconds. */
      readonly cpuMs: number;
      /** Time on the clock in milliseconds, awaiting included. */
      readonly wallMs: number;
      readonly hostCalls: number;
      readonly logLines: number;
      readonly kvOperations: number;
      /** Requests by `request` and `fetch`. */
      readonly requests: number;
      /** Events that `events` may still publish. */
      readonly events: number;
    }

    interface Limits {
      /** What this invocation may still use. */
      remaining(): RemainingLimits;
      /**
       * Aborts when the soft limit of CPU time is reached, with a reason named "CpuTimeWarning":
       * the time to finish early, before the hard limit ends the invocation.
       */
      readonly signal: AbortSignal;
    }

    /** `log(...)` is `log.info(...)`. */
    interface Log {
      (...values: unknown[]): void;
      debug(...values: unknown[]): void;
      info(...values: unknown[]): void;
      warn(...values: unknown[]): void;
      error(...values: unknown[]): void;
    }

    /** A function of the host, or a group of them. */
    interface HostFunction {
      (...values: unknown[]): Promise<any>;
      readonly [name: string]: HostFunction;
    }

    /**
     * The host's functions by their dotted names: `await host.customers.plan(4711)` calls
     * "customers.plan". Rejects where the policy does not list the function.
     */
    interface Host {
      readonly [name: string]: HostFunction;
    }

    /** JSON, or bytes. */
    type KvValue = Json | Uint8Array;

    interface KvEntry<Value = any> {
      readonly key: string;
      readonly value: Value;
      /** Another one after each write. Absent for what this invocation wrote and not committed. */
      readonly version?: number;
      /** Milliseconds since 1970. */
      readonly updatedAt?: number;
      readonly expiresAt?: number;
    }

    /** What has to hold for a write to be done. */
    interface KvCondition {
      if?: "absent" | "present";
      ifVersion?: number;
    }
    interface KvWriteOptions extends KvCondition {
      /** Time to live in seconds, from 1. */
      ttl?: number;
    }
    interface KvUpdateOptions {
      /** A JSON Pointer to the place in the value, "/a/b"; the whole value without one. */
      path?: string;
      ttl?: number;
    }
    type KvOperation =
      | { op: "increment"; path?: string; value: number }
      | { op: "append" | "set"; path?: string; value: Json }
      | { op: "union"; path?: string; value: Json[] }
      | { op: "remove"; path?: string };

    interface KvWritten {
      /** False: the condition did not hold, and nothing was done. */
      readonly ok: boolean;
      /** Of the entry as written; of the one that is there where `ok` is false. */
      readonly version?: number;
    }
    interface KvDeleted extends KvWritten {
      readonly existed?: boolean;
    }
    interface KvUpdated extends KvWritten {
      /** The new value; undefined where the update removed it. */
      readonly value?: any;
    }
    interface KvCommitted extends KvWritten {
      /** The key whose check did not hold. */
      readonly key?: string;
    }

    interface KvListOptions {
      prefix?: string;
      /** Entries in a page: 1 to 1000, 100 without it. */
      limit?: number;
      /** Of the page before. */
      cursor?: string;
      reverse?: boolean;
      keysOnly?: boolean;
    }
    interface KvPage {
      readonly entries: KvEntry[];
      /** Where there is more. */
      readonly cursor?: string;
    }
    interface KvUsage {
      readonly keys: number;
      readonly bytes: number;
      readonly maxKeys: number;
      readonly maxBytes: number;
      /** Operations that this invocation, and that the tenant at this moment, may still make. */
      readonly operationsLeft: number;
      readonly rateLeft: number;
    }

    /** Steps that are done together or not at all. */
    interface KvTransaction {
      check(key: string, condition: KvCondition): this;
      set(key: string, value: KvValue, options?: KvWriteOptions): this;
      delete(key: string, options?: KvCondition): this;
      update(key: string, operations: KvOperation[], options?: KvWriteOptions): this;
      commit(): Promise<KvCommitted>;
    }

    /** The `code` of an Error that a kv call rejects with. */
    type KvErrorCode =
      | "kv_argument"
      | "kv_limit"
      | "kv_rate"
      | "kv_quota"
      | "kv_update"
      | "kv_denied"
      | "kv_unavailable"
      | "kv_full"
      | "kv_indeterminate"
      | "kv_internal";

    /** Storage that outlives the invocation, of this extension alone. */
    interface Kv {
      get<Value = any>(key: string): Promise<Value | undefined>;
      getMany<Value = any>(keys: string[]): Promise<(Value | undefined)[]>;
      entry<Value = any>(key: string): Promise<KvEntry<Value> | undefined>;
      set(key: string, value: KvValue, options?: KvWriteOptions): Promise<KvWritten>;
      delete(key: string, options?: KvCondition): Promise<KvDeleted>;
      update(key: string, operations: KvOperation[], options?: KvWriteOptions): Promise<KvUpdated>;
      /** These answer the new value; an absent entry counts as 0 or an empty array. */
      increment(key: string, by?: number, options?: KvUpdateOptions): Promise<any>;
      append(key: string, value: Json, options?: KvUpdateOptions): Promise<any>;
      union(key: string, values: Json[], options?: KvUpdateOptions): Promise<any>;
      list(options?: KvListOptions): Promise<KvPage>;
      entries(options?: KvListOptions): AsyncGenerator<KvEntry, void>;
      transaction(): KvTransaction;
      usage(): Promise<KvUsage>;
      /** A namespace of the manifest's `kv_namespaces`. */
      namespace(name: string): Kv;
    }

    /** What a request by `request` may be given. What is not given is the template's to decide. */
    interface RequestOptions {
      /** The values for the template's `<%= context.name %>`. */
      context?: { [name: string]: unknown };
      /**
       * A string goes out as it is, an ArrayBuffer or a view of one as bytes, anything else (also
       * null) as JSON.
       */
      body?: unknown;
      /** Milliseconds, from 1; the host's own limit stays. */
      timeout?: number;
      /** Whose token of the provider it is, where the template uses one that users have. */
      user?: string;
      /** Rejects with the signal's reason when it aborts; the host's answer is dropped then. */
      signal?: AbortSignal | null;
    }

    /** What a server answered to `request`, with any status. All of it is there already. */
    interface RequestAnswer {
      readonly status: number;
      /** The status is from 200 to 299. */
      readonly ok: boolean;
      /**
       * By names in lower case. Several values of one name are joined with ", ", those of
       * "set-cookie" with "\n".
       */
      readonly headers: { readonly [name: string]: string };
      /** Where the answer came from, after redirects. */
      readonly url: string;
      readonly redirected: boolean;
      /** Bytes where the body is not valid UTF-8. */
      readonly body: string | Uint8Array;
      /** The body without a byte order mark; what is not UTF-8 in it is replaced by U+FFFD. */
      text(): string;
      /** Throws a SyntaxError where the body is no JSON. */
      json<Value = any>(): Value;
      bytes(): Uint8Array;
    }

    /** The `code` of the TypeError that a wrong argument of `request` or `secret` gives. */
    type RequestArgumentCode = "request_argument";

    /**
     * Texts for values of headers in `fetch`, in whose place the host puts what they stand for when
     * it sends the request: JavaScript never sees it. They are worth nothing elsewhere.
     */
    interface Secret {
      /** A parameter of the installation that is a secret. */
      (name: string): string;
      /** The access token of a provider that the manifest names: the tenant's, or a user's. */
      token(provider: string, options?: { user?: string }): string;
      /**
       * The Base64 of the parts joined, after the placeholders among them were replaced:
       * `"Basic " + secret.encode("user:", secret("password"))`.
       */
      encode(...parts: string[]): string;
    }

    /** A Date, or a text like "2026-01-31T09:00:00Z". */
    type Time = Date | string;

    interface PublishOptions {
      /**
       * An extension gets events of one key one at a time, in the order in which they were
       * published.
       */
      key?: string;
      /**
       * Of two publications of this extension with the same key, within a day, the second one is the
       * first one. Up to 128 bytes.
       */
      idempotencyKey?: string;
      /** Seconds until it is delivered, at most 400 days. Either this or `at`. */
      delay?: number;
      at?: Time;
      /** Seconds from now; what has not begun by then is given up. */
      expiresIn?: number;
      /** For this extension only; without it for all that listen. */
      extension?: string;
    }
    interface Publication extends PublishOptions {
      event: string;
      data?: Json;
    }

    /** What became of a publication that was taken. "nobody_listens": nothing is kept. */
    interface PublishReceipt {
      readonly id: string;
      readonly status: "accepted" | "duplicate" | "nobody_listens";
      /** How many extensions get it. */
      readonly deliveries: number;
    }
    type PublishRefusalCode =
      | "throttled"
      | "denied"
      | "too_deep"
      | "too_many"
      | "too_many_queued"
      | "unavailable";
    interface PublishRefusal {
      readonly id: string;
      readonly status: PublishRefusalCode;
      readonly deliveries: 0;
      readonly message: string;
      /** Seconds, where it is known when it may succeed. */
      readonly retryAfter?: number;
    }

    /**
     * Asks for the event again, and not before a time: seconds from now or a Date, at most 30 days.
     * It has to leave the handler itself; as the `cause` of another error it says nothing.
     */
    interface RetryError extends Error {}
    interface RetryErrorConstructor {
      new (message?: string, options?: { after?: number | Date; cause?: unknown }): RetryError;
      readonly prototype: RetryError;
    }

    /** Durable events: each reaches every extension of the tenant that listens, at least once. */
    interface Events {
      /**
       * Resolves when the event is durable. Rejects where it was not taken, with a `code` of
       * PublishRefusalCode, "events_argument" or "no_event_queue", and `retryAfter` in seconds where
       * that is known.
       */
      publish(event: string, data?: Json, options?: PublishOptions): Promise<PublishReceipt>;
      /**
       * Up to 1000, each with a receipt of its own. Rejects, and has published none, where one of
       * them is malformed.
       */
      publishMany(publications: Publication[]): Promise<(PublishReceipt | PublishRefusal)[]>;
      readonly RetryError: RetryErrorConstructor;
    }

    /** Publishes an event to this extension at certain times. One of `at`, `every` and `cron`. */
    interface ScheduleChanges {
      event?: string;
      at?: Time;
      /** Seconds, from 60. */
      every?: number;
      /** Minute, hour, day of month, month and day of week; or "@hourly" and its like. */
      cron?: string;
      /** Of `cron`: a name like "Europe/Berlin"; UTC without it. */
      timeZone?: string;
      /** The event's data is { schedule, scheduledAt, data }. */
      data?: Json;
      /** What becomes of times at which nothing ran; "once" without it. */
      catchUp?: "skip" | "once" | "all";
      enabled?: boolean;
    }
    interface NewSchedule extends ScheduleChanges {
      name: string;
      event: string;
    }
    interface ScheduleInfo {
      readonly name: string;
      readonly event: string;
      readonly at?: string;
      readonly every?: number;
      readonly cron?: string;
      readonly timeZone?: string;
      readonly data: any;
      readonly catchUp: "skip" | "once" | "all";
      readonly enabled: boolean;
      readonly fromManifest: boolean;
      readonly nextAt?: string;
      readonly lastAt?: string;
    }

    /** The `code` of an Error of `schedule` and `webhooks`. */
    type ScheduleErrorCode =
      | "schedule_argument"
      | "webhooks_argument"
      | "already_exists"
      | "not_found"
      | "failed_precondition"
      | "too_many"
      | "too_large"
      | "indeterminate"
      | "unavailable"
      | "no_event_queue";

    /** The schedules of this extension. */
    interface Schedules {
      create(schedule: NewSchedule): Promise<ScheduleInfo>;
      /** What is not given stays. */
      update(name: string, changes: ScheduleChanges): Promise<ScheduleInfo>;
      /** False: there was none. */
      delete(name: string): Promise<boolean>;
      get(name: string): Promise<ScheduleInfo | undefined>;
      list(): Promise<ScheduleInfo[]>;
    }

    /** The webhooks of the manifest. */
    interface Webhooks {
      /** The address of this installation, which nobody can guess: the same until it is revoked. */
      url(name: string): Promise<string>;
      /** The address is worth nothing from then on. False: there was none. */
      revoke(name: string): Promise<boolean>;
    }

    interface Api {
      /**
       * Makes a request of the manifest's `requests` by its name. Resolves for every HTTP status;
       * rejects where there was no answer, with the host's `code`:
       * `(await request("createIssue", { context: { summary } })).json().key`.
       */
      request(name: string, options?: RequestOptions): Promise<RequestAnswer>;
      /** The global `fetch`. */
      fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
      readonly secret: Secret;
      /** The parameters of this installation that are no secrets. */
      parameters(): Promise<{ [name: string]: any }>;
      readonly kv: Kv;
      readonly events: Events;
      readonly schedule: Schedules;
      readonly webhooks: Webhooks;
      /** To throw; also `events.RetryError`. */
      readonly RetryError: RetryErrorConstructor;
      readonly log: Log;
      readonly limits: Limits;
      readonly host: Host;
    }

    /** A function that the manifest names. Its result has to be JSON; undefined is null. */
    type Handler<Data = any, Result = any> = (
      event: Event<Data>,
      api: Api,
    ) => Result | Promise<Result>;
  }

  var self: typeof globalThis;

  interface Console {
    assert(condition?: unknown, ...values: unknown[]): void;
    count(label?: string): void;
    countReset(label?: string): void;
    debug(...values: unknown[]): void;
    dir(value?: unknown, options?: { depth?: number | null }): void;
    dirxml(...values: unknown[]): void;
    error(...values: unknown[]): void;
    group(...values: unknown[]): void;
    groupCollapsed(...values: unknown[]): void;
    groupEnd(): void;
    info(...values: unknown[]): void;
    log(...values: unknown[]): void;
    table(data?: unknown): void;
    time(label?: string): void;
    timeEnd(label?: string): void;
    timeLog(label?: string, ...values: unknown[]): void;
    trace(...values: unknown[]): void;
    warn(...values: unknown[]): void;
  }
  var console: Console;

  function setTimeout<A extends unknown[]>(
    callback: (...values: A) => void,
    delay?: number,
    ...values: A
  ): number;
  function clearTimeout(id?: number): void;
  function setInterval<A extends unknown[]>(
    callback: (...values: A) => void,
    delay?: number,
    ...values: A
  ): number;
  function clearInterval(id?: number): void;
  function queueMicrotask(callback: () => void): void;

  function structuredClone<T>(value: T, options?: { transfer?: Iterable<ArrayBuffer> }): T;
  function atob(data: string): string;
  function btoa(data: string): string;

  interface Crypto {
    getRandomValues<T extends ArrayBufferView>(array: T): T;
    randomUUID(): `${string}-${string}-${string}-${string}-${string}`;
  }
  var crypto: Crypto;

  interface Performance {
    now(): number;
    readonly timeOrigin: number;
    toJSON(): { timeOrigin: number };
  }
  var performance: Performance;

  class TextEncoder {
    readonly encoding: "utf-8";
    encode(input?: string): Uint8Array;
    encodeInto(source: string, destination: Uint8Array): { read: number; written: number };
  }

  class TextDecoder {
    /** "utf-8", "utf-16le" or "windows-1252" (also as "latin1"), and their other labels. */
    constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
    readonly encoding: string;
    readonly fatal: boolean;
    readonly ignoreBOM: boolean;
    decode(input?: ArrayBuffer | ArrayBufferView, options?: { stream?: boolean }): string;
  }

  class URLSearchParams {
    constructor(
      init?: string | Iterable<[string, string]> | Record<string, string> | URLSearchParams,
    );
    readonly size: number;
    append(name: string, value: string): void;
    delete(name: string, value?: string): void;
    get(name: string): string | null;
    getAll(name: string): string[];
    has(name: string, value?: string): boolean;
    set(name: string, value: string): void;
    sort(): void;
    forEach(
      callback: (value: string, name: string, parent: URLSearchParams) => void,
      self?: unknown,
    ): void;
    entries(): IterableIterator<[string, string]>;
    keys(): IterableIterator<string>;
    values(): IterableIterator<string>;
    [Symbol.iterator](): IterableIterator<[string, string]>;
    toString(): string;
  }

  class URL {
    constructor(url: string | URL, base?: string | URL);
    static canParse(url: string | URL, base?: string | URL): boolean;
    static parse(url: string | URL, base?: string | URL): URL | null;
    hash: string;
    host: string;
    hostname: string;
    href: string;
    readonly origin: string;
    password: string;
    pathname: string;
    port: string;
    protocol: string;
    search: string;
    readonly searchParams: URLSearchParams;
    username: string;
    toJSON(): string;
    toString(): string;
  }

  type HeadersInit = Headers | Iterable<readonly [string, string]> | { [name: string]: string };

  /** Names are listed in lower case. Those of an answer of `fetch` cannot be changed. */
  class Headers {
    constructor(init?: HeadersInit);
    append(name: string, value: string): void;
    delete(name: string): void;
    /** All values of the name, joined with ", ". */
    get(name: string): string | null;
    getSetCookie(): string[];
    has(name: string): boolean;
    set(name: string, value: string): void;
    forEach(callback: (value: string, name: string, parent: Headers) => void, self?: unknown): void;
    entries(): IterableIterator<[string, string]>;
    keys(): IterableIterator<string>;
    values(): IterableIterator<string>;
    [Symbol.iterator](): IterableIterator<[string, string]>;
  }

  /** Anything else is made a string. */
  type BodyInit = string | ArrayBuffer | ArrayBufferView | URLSearchParams;

  /** There are no streams: each method gives all of the body, and only one of them, once. */
  interface Body {
    /** Null where there is no body; otherwise it throws a "NotSupportedError". */
    readonly body: null;
    readonly bodyUsed: boolean;
    arrayBuffer(): Promise<ArrayBuffer>;
    bytes(): Promise<Uint8Array>;
    json(): Promise<any>;
    text(): Promise<string>;
  }

  type RequestRedirect = "follow" | "error" | "manual";
  type RequestCache =
    "default" | "no-store" | "reload" | "no-cache" | "force-cache" | "only-if-cached";

  /** Other members that the platform has mean nothing here and are passed over. */
  interface RequestInit {
    body?: BodyInit | null;
    cache?: RequestCache;
    headers?: HeadersInit;
    /** "GET" without it; CONNECT, TRACE and TRACK are refused. */
    method?: string;
    /** With "manual", a redirect is an answer like any other. */
    redirect?: RequestRedirect;
    signal?: AbortSignal | null;
    /** Milliseconds, from 1; the host's own limit stays. Not of the platform. */
    timeout?: number;
  }

  interface Request extends Body {}
  class Request {
    constructor(input: string | URL | Request, init?: RequestInit);
    readonly cache: RequestCache;
    readonly headers: Headers;
    readonly method: string;
    readonly redirect: RequestRedirect;
    readonly signal: AbortSignal;
    readonly url: string;
    clone(): Request;
  }

  interface ResponseInit {
    headers?: HeadersInit;
    /** 200 to 599. */
    status?: number;
    statusText?: string;
  }

  interface Response extends Body {}
  class Response {
    constructor(body?: BodyInit | null, init?: ResponseInit);
    static error(): Response;
    static json(data: unknown, init?: ResponseInit): Response;
    static redirect(url: string | URL, status?: number): Response;
    readonly headers: Headers;
    readonly ok: boolean;
    readonly redirected: boolean;
    readonly status: number;
    readonly statusText: string;
    /** "basic" for an answer of `fetch`. */
    readonly type: "basic" | "default" | "error";
    readonly url: string;
    clone(): Response;
  }

  /**
   * Resolves for every HTTP status. Rejects with a TypeError where there was no answer; its `code`
   * is the host's. URLs are absolute.
   */
  function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;

  class DOMException extends Error {
    constructor(message?: string, name?: string | { name?: string; cause?: unknown });
    readonly code: number;
  }

  interface EventInit {
    bubbles?: boolean;
    cancelable?: boolean;
    composed?: boolean;
  }

  class Event {
    constructor(type: string, options?: EventInit);
    readonly type: string;
    readonly target: EventTarget | null;
    readonly currentTarget: EventTarget | null;
    readonly eventPhase: number;
    readonly bubbles: boolean;
    readonly cancelable: boolean;
    readonly composed: boolean;
    readonly defaultPrevented: boolean;
    readonly isTrusted: boolean;
    readonly timeStamp: number;
    composedPath(): EventTarget[];
    preventDefault(): void;
    stopImmediatePropagation(): void;
    stopPropagation(): void;
  }

  class CustomEvent<T = any> extends Event {
    constructor(type: string, options?: EventInit & { detail?: T });
    readonly detail: T;
  }

  type EventListener = ((event: any) => void) | { handleEvent(event: any): void };

  interface AddEventListenerOptions {
    capture?: boolean;
    once?: boolean;
    passive?: boolean;
    signal?: AbortSignal;
  }

  class EventTarget {
    addEventListener(
      type: string,
      listener: EventListener | null,
      options?: boolean | AddEventListenerOptions,
    ): void;
    removeEventListener(
      type: string,
      listener: EventListener | null,
      options?: boolean | { capture?: boolean },
    ): void;
    dispatchEvent(event: Event): boolean;
  }

  class AbortSignal extends EventTarget {
    private constructor();
    static abort(reason?: unknown): AbortSignal;
    static any(signals: Iterable<AbortSignal>): AbortSignal;
    static timeout(milliseconds: number): AbortSignal;
    readonly aborted: boolean;
    readonly reason: any;
    onabort: ((event: Event) => void) | null;
    throwIfAborted(): void;
  }

  class AbortController {
    readonly signal: AbortSignal;
    abort(reason?: unknown): void;
  }
}
