// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <thread>

#include "engine/engine_fixture.h"

namespace sublet::engine {
namespace {

using namespace std::chrono_literals;

TEST_SUITE_BEGIN("engine");

// Whether a handler's endless work comes back when it is terminated. Where it does not, its thread
// is left behind, so that the test can say so.
bool comes_back(const std::string& work, Realm realm) {
  struct Shared {
    std::atomic<bool> over{false};
    std::promise<bool> done;
  };
  auto shared = std::make_shared<Shared>();
  auto done = shared->done.get_future();
  std::thread([shared, work, realm] {
    IsolateOptions options;
    options.heap = Bytes::mebibytes(256);
    Running js("export const run = () => { for (;;) { try { " + work + " } catch {} } };", realm,
               State::kInvocation, options);
    std::thread impatient([&] {
      while (!shared->over.load()) {
        std::this_thread::sleep_for(20ms);
        js.isolate->terminator().terminate();
      }
    });
    const bool ended = js.run().outcome == Outcome::kInternalError;
    shared->over = true;
    impatient.join();
    shared->done.set_value(ended);
  }).detach();
  return done.wait_for(60s) == std::future_status::ready && done.get();
}

// For each, V8's own built-in works for minutes or longer without looking whether it should stop.
const char* const kEndless[] = {
    "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);",
    "Array.prototype.forEach.call({ length: 2 ** 53 - 1 }, () => {});",
    "Array.prototype.find.call({ length: 2 ** 53 - 1 }, isNaN);",
    "Array.prototype.reverse.call({ length: 2 ** 53 - 1 });",
    "Array.prototype.splice.call({ length: 2 ** 53 - 1 }, 0, 1);",
    "Array.prototype.sort.call({ length: 2 ** 32 });",
    "Array.prototype.lastIndexOf.call(new Proxy({ length: 2 ** 53 - 1 }, {}), 1);",
    "const a = []; a[2 ** 32 - 2] = 1; a.copyWithin(0, 1);",
    "const a = []; a[2 ** 32 - 2] = 1; [a].flat();",
    "String.raw({ raw: { length: 2 ** 53 - 1 } });",
    "'a'.repeat(1.6e7).indexOf('ab' + 'a'.repeat(1e5));",
    "'a'.repeat(1.6e7).split('ab' + 'a'.repeat(1e5));",
    "('a' + '\\u0316\\u0300'.repeat(1e5)).normalize('NFD');",
    "JSON.parse('[' + '1,'.repeat(4e6) + '1]');",
    "Array.from({ length: 2 ** 32 - 1 });",
    "new Uint8Array(30 << 20).set({ length: 30 << 20 });",
};

TEST_CASE("guards: built-ins with huge lengths end when they are terminated") {
  for (const char* work : kEndless) {
    CAPTURE(work);
    CHECK(comes_back(work, Realm::kStandard));
  }
}

TEST_CASE("guards: a sort by a collator ends when it is terminated") {
  const std::string work =
      "const texts = Array.from({ length: 50 }, (_, i) => 'a' + '\\u0323\\u0302'.repeat(1900 + i));"
      "Array.from({ length: 2e5 }, (_, i) => texts[i % 50]).sort(new Intl.Collator('vi').compare);";
  CHECK(comes_back(work, Realm::kStandard));
}

TEST_CASE("guards: those of a frozen realm do too") {
  CHECK(comes_back(kEndless[0], Realm::kFrozen));
  CHECK(comes_back("'a'.repeat(1.6e7).includes('ab' + 'a'.repeat(1e5));", Realm::kFrozen));
}

TEST_CASE("guards: what is ordinary works as ever, in both realms") {
  const std::string ordinary =
      "export const run = () => [[3, 1, 2].sort().indexOf(2), 'a-b'.split('-').join('+'), "
      "[[1], [2]].flat().concat([3]).map((x) => x * 2), Math.max.apply(null, [1, 5]), "
      "Array.from(new Set([1, 1])), String.raw`a${1}b`, new Array(300000).fill(1).indexOf(2), "
      "`${[].map}`, 'x'.repeat(3e5).replaceAll('x', 'y').length];";
  for (const Realm realm : {Realm::kStandard, Realm::kFrozen}) {
    Running js(ordinary, realm);
    REQUIRE(js.loaded.ok);
    CHECK(js.run().json ==
          "[1,\"a+b\",[2,4,6],5,[1],\"a1b\",-1,\"function map() { [native code] }\",300000]");
  }
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::engine
