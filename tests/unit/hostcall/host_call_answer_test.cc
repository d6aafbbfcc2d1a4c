// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sublet/host_function.h"

namespace sublet {
namespace {

class Receiver {
 public:
  HostCallAnswer::Deliver deliver() {
    return [this](Result<std::string> answer) { answers.push_back(std::move(answer)); };
  }
  std::vector<Result<std::string>> answers;
};

TEST_CASE("host call answer: the first answer counts") {
  Receiver receiver;
  const HostCallAnswer answer(receiver.deliver());
  const HostCallAnswer copy = answer;
  answer.resolve("1");
  copy.resolve("2");
  copy.reject("no");
  REQUIRE(receiver.answers.size() == 1);
  CHECK(*receiver.answers[0] == "1");
}

TEST_CASE("host call answer: a rejection keeps its message") {
  Receiver receiver;
  HostCallAnswer(receiver.deliver()).reject("no such contact");
  REQUIRE(receiver.answers.size() == 1);
  REQUIRE_FALSE(receiver.answers[0]);
  CHECK(receiver.answers[0].error().message == "no such contact");
}

TEST_CASE("host call answer: the last copy that is dropped without an answer rejects") {
  Receiver receiver;
  std::optional<HostCallAnswer> first(receiver.deliver());
  std::optional<HostCallAnswer> second(*first);
  HostCallAnswer moved = std::move(*first);
  first.reset();
  second.reset();
  CHECK(receiver.answers.empty());
  { const HostCallAnswer last = std::move(moved); }
  REQUIRE(receiver.answers.size() == 1);
  REQUIRE_FALSE(receiver.answers[0]);
  CHECK(receiver.answers[0].error().message == "no answer");
  moved.resolve("1");  // moved from: nobody to tell
  CHECK(receiver.answers.size() == 1);
}

TEST_CASE(
    "host call answer: what the receiver holds ends with the answer, not with the last copy") {
  auto held = std::make_shared<int>(1);
  const HostCallAnswer answer([held](Result<std::string>) {});
  CHECK(held.use_count() == 2);
  answer.resolve("1");
  CHECK(held.use_count() == 1);
}

TEST_CASE("host call answer: a receiver that throws does not reach the host's code") {
  const HostCallAnswer answer([](Result<std::string>) { throw 1; });
  CHECK_NOTHROW(answer.resolve("1"));
}

}  // namespace
}  // namespace sublet
