// SPDX-License-Identifier: Apache-2.0
#include "policy/names.h"

#include <doctest/doctest.h>

#include <string>

namespace sublet::policy {
namespace {

std::string message(const Result<void>& checked) {
  return checked ? "accepted" : checked.error().message;
}

}  // namespace

TEST_CASE("names: tenants") {
  for (const char* name : {"a", "acme", "Acme.eu-1:shop_2", "0"})
    CHECK(check_tenant_id("tenant", name));
  CHECK(check_tenant_id("tenant", std::string(128, 'a')));
  CHECK(message(check_tenant_id("tenant", "")) == "tenant is empty; it must have 1 to 128 bytes");
  CHECK(message(check_tenant_id("tenant", std::string(129, 'a'))) ==
        "tenant has 129 bytes; it may have at most 128");
  for (const char* name : {"a b", "a/b", "\xC3\xA9", "a\n", "$"}) {
    CHECK_FALSE(check_tenant_id("tenant", name));
  }
  CHECK(message(check_tenant_id("tenant", "a\nb")) ==
        "tenant \"a\\x0ab\" may only have A-Z a-z 0-9 . _ : -");
}

TEST_CASE("names: events") {
  for (const char* name : {"onTicketCreate", "ticket.created", "a/b:c-d_$", "1"}) {
    CHECK(check_event_name("event", name));
  }
  for (const char* name : {"", "a b", "a\"", "\xC3\xA9", "a\\b"}) {
    CHECK_FALSE(check_event_name("event", name));
  }
  CHECK(message(check_event_name("event", std::string(129, 'e'))).find("at most 128") !=
        std::string::npos);
}

TEST_CASE("names: extensions") {
  for (const char* name : {"a", "0", "jira-sync", "a.b_c-1"})
    CHECK(check_extension_name("name", name));
  CHECK(check_extension_name("name", std::string(64, 'a')));
  for (const char* name : {"", "-a", ".a", "_a", "Jira", "a b", "a/b"}) {
    CAPTURE(name);
    CHECK_FALSE(check_extension_name("name", name));
  }
  CHECK(message(check_extension_name("name", std::string(65, 'a'))) ==
        "name has 65 bytes; it may have at most 64");
}

TEST_CASE("names: host functions and exports") {
  for (const char* name : {"f", "crm.contacts.find", "_a.$b", "a1"}) {
    CHECK(check_host_function_name("name", name));
  }
  for (const char* name : {"", ".", "a.", ".a", "a..b", "1a", "a.1", "a-b", "*"}) {
    CAPTURE(name);
    CHECK_FALSE(check_host_function_name("name", name));
  }
  for (const char* name : {"f", "onTicketCreate", "_", "$", "a1", "default"}) {
    CHECK(check_export_name("export", name));
  }
  for (const char* name : {"", "1a", "a.b", "a-b", "a b", "\xC3\xA9", "a;b"}) {
    CHECK_FALSE(check_export_name("export", name));
  }
}

TEST_CASE("names: event ids may be empty and are printable ASCII") {
  CHECK(check_event_id("id", ""));
  CHECK(check_event_id("id", "evt_01/x?y=\"z\""));
  for (const char* id : {" ", "a b", "\x7f", "\xC3\xA9", "a\n"})
    CHECK_FALSE(check_event_id("id", id));
  CHECK_FALSE(check_event_id("id", std::string(257, 'a')));
}

TEST_CASE("names: what a message quotes can neither end the quotes nor the line") {
  CHECK(in_quotes("a\"b\\c\n\x80") == "\"a\\\"b\\\\c\\x0a\\x80\"");
  CHECK(in_quotes(std::string(1000, 'x')).size() < 100);
}

}  // namespace sublet::policy
