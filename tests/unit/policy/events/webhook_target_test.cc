// SPDX-License-Identifier: Apache-2.0
#include "policy/events/webhook_target.h"

#include <doctest/doctest.h>

namespace sublet::policy {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;
const std::string kAddress = "abcdefghijklmnopqrstuvwxyz012-_Z";

}  // namespace

TEST_CASE("webhook targets: the last segment of the path is the address") {
  CHECK(webhook_address("/" + kAddress) == kAddress);
  CHECK(webhook_address("/a/b/" + kAddress + "?x=/y") == kAddress);
  CHECK(webhook_address("https://h.example:8080/hooks/" + kAddress + "#f") == kAddress);
}

TEST_CASE("webhook targets: what is no address") {
  CHECK(kAddress.size() == kWebhookAddressBytes);
  for (const std::string& target :
       {std::string(), std::string("/"), kAddress, "/" + kAddress + "/", "/" + kAddress + "a",
        "/" + kAddress.substr(1), "/?" + kAddress, "/" + kAddress.substr(1) + "%",
        "/x?/" + kAddress, "/#/" + kAddress}) {
    CAPTURE(target);
    CHECK(webhook_address(target).empty());
  }
}

TEST_CASE("webhook targets: the query is a form's") {
  CHECK(webhook_query("/a").empty());
  CHECK(webhook_query("/a?").empty());
  CHECK(webhook_query("/a?x=1&y=a%20b+c&&z&=v#&f=1") ==
        Query{{"x", "1"}, {"y", "a b c"}, {"z", ""}, {"", "v"}});
  CHECK(webhook_query("/a?x=1&x=2&%78=3") == Query{{"x", "1"}});
  CHECK(webhook_query("/a?x=%4&y=%zz&u=?=") == Query{{"x", "%4"}, {"y", "%zz"}, {"u", "?="}});
}

TEST_CASE("webhook targets: the query is bounded") {
  std::string target = "/a?";
  for (int i = 0; i < 500; ++i) target += "n" + std::to_string(i) + "=1&";
  CHECK(webhook_query(target).size() == kMostQueryFields);
}

}  // namespace sublet::policy
