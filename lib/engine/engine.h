// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/host_call_port.h"
#include "engine/program.h"
#include "sublet/invocation.h"
#include "sublet/limits.h"
#include "sublet/result.h"

// The seam between what decides (runtime, dispatch) and what runs JavaScript. Two implementations:
// V8 (v8_*.cc) and the scripted engine of the tests (tests/support/fake_engine.h).
namespace sublet::engine {

// What an isolate is made for. The isolate of a tenant is made anew where these change.
struct IsolateOptions {
  Bytes heap = Bytes::mebibytes(64);
  Bytes external_memory = Bytes::mebibytes(64);
  Bytes stack = Bytes::kibibytes(512);
  bool allow_eval = false;
  bool allow_wasm = false;
  bool heap_dry_run = false;
  bool external_dry_run = false;
  bool sandboxed = false;  // in a process of its own

  friend bool operator==(const IsolateOptions&, const IsolateOptions&) = default;
};

// A reading of an isolate's memory. The peaks are since reset_peaks().
struct MemoryReading {
  Bytes heap;           // used
  Bytes external;       // ArrayBuffers and the like
  Bytes committed;      // what the isolate holds of the process: committed heap and external
  Bytes peak_heap;
  Bytes peak_external;
};

// Ends JavaScript that runs in one isolate. Safe from any thread as long as the isolate lives.
class Terminator {
 public:
  virtual ~Terminator() = default;
  // The running turn ends as soon as V8 looks; nothing happens where none runs.
  virtual void terminate() noexcept = 0;
};

// Tells the thread's owner that an isolate's engine is beyond saving. Called on the very thread, deep
// inside V8, which is parked for good when this returns: settle what was in flight, replace the
// thread, touch nothing of the isolate. Must not throw.
using FatalHandler = std::function<void(std::string_view reason)>;

// The longest that tenant code may ask to wait before the next attempt: GuestError::retry_after.
inline constexpr std::chrono::milliseconds kMostRetryAfter = std::chrono::hours(24 * 30);

// How one turn of an invocation ended.
struct TurnReport {
  enum class Status : std::uint8_t {
    kFinished,  // outcome, json and error are set
    kAwaiting,  // the handler's promise is pending; resume() goes on
  };
  Status status = Status::kFinished;
  Outcome outcome = Outcome::kInternalError;
  std::string json;
  std::optional<GuestError> error;
  // Awaiting, but with nothing under way that could ever settle it: no host call, no timer.
  bool stalled = false;
  // The result was refused for CallInput::result_limit.
  bool over_result_limit = false;
};

// How the bundle's top-level code went in a new context.
struct LoadReport {
  bool ok = false;
  Outcome outcome = Outcome::kInternalError;
  std::optional<GuestError> error;  // names file, line and column
  // Index into Program::exports of a handler that is not exported as a function.
  std::optional<std::size_t> missing_export;
};

// Names one invocation inside its context, from 1.
using ActivationId = std::uint64_t;

// What a handler is called with.
struct CallInput {
  std::size_t handler = 0;           // index into Program::exports
  std::string_view payload;          // JSON text, already scanned; empty: null
  bool payload_ascii = false;
  std::string_view event;            // name
  std::string_view event_id;
  std::string_view tenant;
  std::string_view extension;
  std::uint32_t attempt = 1;
  Bytes result_limit = Bytes::mebibytes(1);
  bool result_dry_run = false;
};

// A global object with the SDK, and a program in it. All methods need the isolate entered, and run
// tenant code: whoever calls them has armed the watchdog.
class Context {
 public:
  virtual ~Context() = default;

  // Evaluates the program's top-level code, once. `port` takes what it logs, and is only used
  // during the call.
  virtual LoadReport load(std::shared_ptr<const Program> program, HostCallPort& port) = 0;

  // Begins an invocation: parses the payload, calls the handler, runs microtasks to the end.
  // `port` stays in use until the activation finished or was dropped.
  virtual TurnReport start(ActivationId id, const CallInput& input, HostCallPort& port) = 0;

  // Gives a waiting invocation what came in, and runs microtasks to the end.
  virtual TurnReport resume(ActivationId id, std::span<const HostCallCompletion> completions) = 0;

  // Fires `limits.signal` of an activation: the soft CPU limit. Part of the next turn.
  virtual void warn(ActivationId id) = 0;

  // Forgets an activation: its port is not used any more, its promises never settle.
  virtual void drop(ActivationId id) = 0;

  // Whether the context may serve another invocation after this one: Realm::kFrozen, State::kTenant.
  // False also where a turn was terminated, or left work behind that would run later.
  virtual bool reusable() const = 0;
};

// One V8 heap; belongs to one tenant for life. Entered by one thread at a time.
class Isolate {
 public:
  virtual ~Isolate() = default;  // not entered

  // Takes and gives back the calling thread for this isolate. `stack_room` is what the thread has
  // left for native frames and JavaScript together.
  virtual void enter() = 0;
  virtual void leave() = 0;

  // Entered:
  // Gives an unassigned isolate its tenant's limits; only lowers or raises budgets.
  virtual void assign(const IsolateOptions& options) = 0;
  // Null where the engine cannot make one.
  virtual std::unique_ptr<Context> create_context(Realm realm) = 0;
  // Lets V8 do what it put off (incremental collection). At most about a millisecond.
  virtual void run_idle_work() = 0;
  // Collects all garbage and gives memory back.
  virtual void collect_garbage() = 0;

  // Any thread:
  virtual Terminator& terminator() = 0;
  virtual MemoryReading memory() const = 0;
  virtual void reset_peaks() = 0;
  // True once the heap limit was reached: the isolate must not run again.
  virtual bool exhausted() const = 0;
  // True once the process that the isolate lives in has ended: nothing of it will answer again.
  virtual bool lost() const { return false; }
  // Its thread is given up: it gets no more memory, so that what still runs in it comes to its end.
  virtual void give_up() noexcept {}
  // The CPU time that its code has used beside the calling thread's: in a process of its own.
  virtual std::chrono::nanoseconds cpu_time_elsewhere() const noexcept { return {}; }
  // The clock that shows it, which may be read after the isolate is gone; 0: there is none.
  virtual clockid_t clock_elsewhere() const noexcept { return 0; }
  // Whether the heap limit was passed in dry-run mode since the last call.
  virtual bool take_heap_limit_passed() = 0;
  // Whether an allocation of external memory was refused since the last call.
  virtual bool take_external_limit_passed() = 0;
};

class EnteredIsolate {
 public:
  explicit EnteredIsolate(Isolate& isolate) : isolate_(isolate) { isolate_.enter(); }
  ~EnteredIsolate() { isolate_.leave(); }
  EnteredIsolate(const EnteredIsolate&) = delete;
  EnteredIsolate& operator=(const EnteredIsolate&) = delete;

 private:
  Isolate& isolate_;
};

// Makes isolates and prepares programs. Thread-safe.
class Engine {
 public:
  virtual ~Engine() = default;

  virtual Result<std::unique_ptr<Isolate>> create_isolate(const IsolateOptions& options,
                                                          FatalHandler on_fatal) = 0;

  // Resolves imports and compiles every module, rewrites the entry module for Realm::kFrozen, fills
  // the code caches that are empty. Errors name file, line and column. Runs no tenant code.
  virtual Result<void> prepare(Program& program) = 0;

  // Part of a code cache's file name: changes whenever the bytes cannot be used any more.
  virtual std::string cache_tag() const = 0;
};

}  // namespace sublet::engine
