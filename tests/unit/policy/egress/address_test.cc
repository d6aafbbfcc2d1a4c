// SPDX-License-Identifier: Apache-2.0
#include "policy/egress/address.h"

#include <doctest/doctest.h>

#include <string>

#include "policy/egress/address_kind.h"

namespace sublet::policy {
namespace {

IpAddress address(std::string_view text) {
  const auto parsed = IpAddress::parse(text);
  REQUIRE_MESSAGE(parsed, std::string(text));
  return *parsed;
}

std::string kind(std::string_view text) { return std::string(to_string(classify(address(text)))); }

}  // namespace

TEST_CASE("egress addresses: written and read") {
  for (const char* text : {"0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1", "2001:db8::1",
                           "fe80::", "::ffff:127.0.0.1", "1:2:3:4:5:6:7:8"}) {
    CHECK(address(text).to_string() == text);
  }
  CHECK(address("2001:DB8:0:0:0:0:0:1").to_string() == "2001:db8::1");
  CHECK(address("::ffff:7f00:1") == address("::ffff:127.0.0.1"));
  CHECK(address("127.0.0.1") == IpAddress::v4(0x7f000001));
  CHECK_FALSE(address("127.0.0.1") == address("::ffff:127.0.0.1"));
  CHECK(address("1.2.3.4").in_url() == "1.2.3.4");
  CHECK(address("::1").in_url() == "[::1]");
}

TEST_CASE("egress addresses: nothing but the strict forms is read") {
  for (const char* text : {"",
                           " ",
                           "1",
                           "127.1",
                           "127.0.1",
                           "0127.0.0.1",
                           "127.0.0.01",
                           "0x7f.0.0.1",
                           "256.0.0.1",
                           "1.2.3.4.5",
                           "1.2.3.4 ",
                           " 1.2.3.4",
                           "+1.2.3.4",
                           "1.2.3.",
                           ".1.2.3",
                           "[::1]",
                           "::1%lo",
                           "fe80::1%25eth0",
                           ":::",
                           "1::2::3",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "::12345",
                           "::g",
                           "::127.1",
                           "::0x7f.0.0.1",
                           "::1/128",
                           "::ffff:127.0.0.01",
                           "localhost"}) {
    CHECK_MESSAGE(!IpAddress::parse(text), text);
  }
  CHECK_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0", 8)));
  CHECK_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0.example.com", 20)));
  CHECK_FALSE(IpAddress::parse(std::string(10'000, ':')));
}

TEST_CASE("egress addresses: ranges") {
  const auto range = AddressRange::parse("172.16.0.0/12");
  REQUIRE(range);
  CHECK(range->contains(address("172.16.0.0")));
  CHECK(range->contains(address("172.31.255.255")));
  CHECK_FALSE(range->contains(address("172.32.0.0")));
  CHECK_FALSE(range->contains(address("172.15.255.255")));
  CHECK_FALSE(range->contains(address("::ffff:172.16.0.0")));
  CHECK_FALSE(range->is_single());
  const auto all = AddressRange::parse("::/0");
  REQUIRE(all);
  CHECK(all->contains(address("ffff::1")));
  CHECK_FALSE(all->contains(address("1.2.3.4")));
  const auto one = AddressRange::parse("fd00::7");
  REQUIRE(one);
  CHECK(one->is_single());
  CHECK(one->contains(address("fd00::7")));
  CHECK_FALSE(one->contains(address("fd00::6")));
  for (const char* text :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8 ",
        "10.0.0.1/8", "10.0.0.0/8/8", "::/129", "fe80::1/64", "10/8", "10.0.0.0/4294967304"}) {
    CHECK_MESSAGE(!AddressRange::parse(text), text);
  }
}

TEST_CASE("egress addresses: kinds of IPv4, at both ends of each range") {
  struct Row {
    const char* kind;
    const char* first;
    const char* last;
  };
  for (const Row& row : {Row{"unspecified", "0.0.0.0", "0.0.0.0"},
                         {"reserved", "0.0.0.1", "0.255.255.255"},
                         {"private", "10.0.0.0", "10.255.255.255"},
                         {"shared", "100.64.0.0", "100.127.255.255"},
                         {"loopback", "127.0.0.0", "127.255.255.255"},
                         {"link-local", "169.254.0.0", "169.254.255.255"},
                         {"private", "172.16.0.0", "172.31.255.255"},
                         {"reserved", "192.0.0.0", "192.0.0.255"},
                         {"documentation", "192.0.2.0", "192.0.2.255"},
                         {"reserved", "192.88.99.0", "192.88.99.255"},
                         {"private", "192.168.0.0", "192.168.255.255"},
                         {"benchmarking", "198.18.0.0", "198.19.255.255"},
                         {"documentation", "198.51.100.0", "198.51.100.255"},
                         {"documentation", "203.0.113.0", "203.0.113.255"},
                         {"multicast", "224.0.0.0", "239.255.255.255"},
                         {"reserved", "240.0.0.0", "255.255.255.254"},
                         {"broadcast", "255.255.255.255", "255.255.255.255"}}) {
    CHECK_MESSAGE(kind(row.first) == row.kind, row.first);
    CHECK_MESSAGE(kind(row.last) == row.kind, row.last);
  }
  for (const char* text :
       {"1.0.0.0",         "9.255.255.255",   "11.0.0.0",       "100.63.255.255",
        "100.128.0.0",     "126.255.255.255", "128.0.0.0",      "169.253.255.255",
        "169.255.0.0",     "172.15.255.255",  "172.32.0.0",     "191.255.255.255",
        "192.0.1.0",       "192.0.3.0",       "192.88.98.255",  "192.88.100.0",
        "192.167.255.255", "192.169.0.0",     "198.17.255.255", "198.20.0.0",
        "198.51.99.255",   "198.51.101.0",    "203.0.112.255",  "203.0.114.0",
        "223.255.255.255", "8.8.8.8",         "168.63.129.15"}) {
    CHECK_MESSAGE(kind(text) == "public", text);
  }
}

TEST_CASE("egress addresses: kinds of IPv6") {
  struct Row {
    const char* kind;
    const char* text;
  };
  for (const Row& row : {Row{"unspecified", "::"},
                         {"loopback", "::1"},
                         {"unique-local", "fc00::"},
                         {"unique-local", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
                         {"link-local", "fe80::1"},
                         {"link-local", "febf:ffff::1"},
                         {"unique-local", "fec0::1"},
                         {"unique-local", "feff::1"},
                         {"multicast", "ff02::1"},
                         {"benchmarking", "2001:2::1"},
                         {"documentation", "2001:db8::1"},
                         {"documentation", "3fff:fff::1"},
                         {"reserved", "2001:1::1"},
                         {"reserved", "2001:10::1"},
                         {"reserved", "2001:20::1"},
                         {"reserved", "2001:1ff:ffff::"},
                         {"reserved", "100::1"},
                         {"reserved", "100:0:0:1::1"},
                         {"reserved", "5f00::1"},
                         {"reserved", "4000::1"},
                         {"reserved", "fe00::1"},
                         {"reserved", "1fff::1"},
                         {"public", "2001:200::1"},
                         {"public", "2606:4700::1111"},
                         {"public", "2620:4f:8000::1"},
                         {"public", "2003::1"},
                         {"public", "3ffe::1"},
                         {"public", "3fff:1000::1"}}) {
    CHECK_MESSAGE(kind(row.text) == row.kind, row.text);
  }
}

TEST_CASE("egress addresses: metadata services") {
  for (const char* text :
       {"169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.169.253", "169.254.0.23",
        "169.254.42.42", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254",
        "fd00:ec2::253", "fd00:ec2::23", "fd20:ce::254", "fd00:42::42", "fd00:c1::a9fe:a9fe",
        "::ffff:169.254.169.254", "64:ff9b::169.254.169.254"}) {
    CHECK_MESSAGE(kind(text) == "metadata service", text);
  }
}

TEST_CASE("egress addresses: IPv4 inside IPv6 is judged by itself too") {
  struct Row {
    const char* form;
    const char* text;
    const char* embedded;
    const char* kind;
  };
  for (const Row& row :
       {Row{"v4-mapped", "::ffff:127.0.0.1", "127.0.0.1", "loopback"},
        {"v4-mapped", "::ffff:8.8.8.8", "8.8.8.8", "transition"},
        {"v4-translated", "::ffff:0:10.0.0.1", "10.0.0.1", "private"},
        {"v4-compatible", "::127.0.0.1", "127.0.0.1", "loopback"},
        {"v4-compatible", "::8.8.8.8", "8.8.8.8", "transition"},
        {"NAT64", "64:ff9b::10.0.0.1", "10.0.0.1", "private"},
        {"NAT64", "64:ff9b::8.8.8.8", "8.8.8.8", "public"},
        {"local NAT64", "64:ff9b:1::10.0.0.1", "10.0.0.1", "private"},
        {"local NAT64", "64:ff9b:1:ffff::8.8.8.8", "8.8.8.8", "transition"},
        {"6to4", "2002:c0a8:101::1", "192.168.1.1", "private"},
        {"6to4", "2002:808:808::1", "8.8.8.8", "transition"},
        {"Teredo", "2001:0:4136:e378:8000:63bf:80ff:fffe", "127.0.0.1", "loopback"},
        {"Teredo", "2001:0:4136:e378:8000:63bf:f7f7:f7f7", "8.8.8.8", "transition"},
        {"ISATAP", "2606:4700::5efe:10.0.0.1", "10.0.0.1", "private"},
        {"ISATAP", "2606:4700::200:5efe:127.0.0.1", "127.0.0.1", "loopback"},
        {"ISATAP", "2606:4700::200:5efe:8.8.8.8", "8.8.8.8", "transition"},
        {"ISATAP", "fe80::5efe:8.8.8.8", "8.8.8.8", "link-local"}}) {
    CAPTURE(row.text);
    const auto found = embedded_address(address(row.text));
    REQUIRE(found);
    CHECK(found->form == row.form);
    CHECK(found->address.to_string() == row.embedded);
    CHECK(kind(row.text) == row.kind);
  }
  for (const char* text : {"::", "::1", "127.0.0.1", "2606:4700::1111", "fe80::1"}) {
    CHECK_MESSAGE(!embedded_address(address(text)), text);
  }
}

}  // namespace sublet::policy
