// SPDX-License-Identifier: Apache-2.0
#include "policy/events/webhook_secrets.h"

#include <doctest/doctest.h>

namespace sublet::policy {
namespace {

using Keys = std::vector<std::string>;

Keys keys(std::string_view secret, SignatureScheme scheme = SignatureScheme::kHmac) {
  return webhook_keys(scheme, secret);
}

constexpr const char* kOne = "0123456789abcdef";
constexpr const char* kTwo = "fedcba9876543210-";

}  // namespace

TEST_CASE("webhook secrets: nothing is no key") {
  CHECK(keys("").empty());
  CHECK(keys("   ").empty());
  CHECK(keys(",\n,").empty());
}

TEST_CASE("webhook secrets: a text is one key, with its spaces") {
  CHECK(keys("short") == Keys{"short"});
  CHECK(keys("It's a Secret to Everybody") == Keys{"It's a Secret to Everybody"});
}

TEST_CASE("webhook secrets: long parts are keys too, so that one can replace another") {
  const std::string one = kOne;
  const std::string two = kTwo;
  CHECK(keys(one + "," + two) == Keys{one + "," + two, one, two});
  CHECK(keys(one + " \n" + two) == Keys{one + " \n" + two, one, two});
  CHECK(keys(one + "\n") == Keys{one + "\n", one});
  // One part is too short to be a secret: so is none of them.
  CHECK(keys(one + " and " + two) == Keys{one + " and " + two});
}

TEST_CASE("webhook secrets: four parts at most") {
  std::string many = kOne;
  for (int i = 0; i < 3; ++i) many += std::string(",") + kOne;
  CHECK(keys(many).size() == 5);
  CHECK(keys(many + "," + kOne).size() == 1);
}

TEST_CASE("webhook secrets: those of Standard Webhooks are base64") {
  const auto standard = [](std::string_view secret) {
    return keys(secret, SignatureScheme::kStandard);
  };
  CHECK(standard("whsec_aGVsbG8=") == Keys{"hello"});
  CHECK(standard("aGVsbG8") == Keys{"hello"});
  CHECK(standard("whsec_").empty());
  CHECK(standard("whsec_not base64!").empty());
  CHECK(standard("whsec_MDEyMzQ1Njc4OWFiY2RlZg== whsec_ZmVkY2JhOTg3NjU0MzIxMC0=") ==
        Keys{kOne, kTwo});
}

TEST_CASE("webhook secrets: keys are wiped") {
  Keys some = {"a secret"};
  wipe_keys(some);
  CHECK(some.empty());
}

}  // namespace sublet::policy
