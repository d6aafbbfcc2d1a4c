// SPDX-License-Identifier: Apache-2.0
#include "support/dns_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "base/thread_start.h"

namespace sublet::test {
namespace {

constexpr std::size_t kHeader = 12;
// Of a record whose name is a pointer, without its data.
constexpr std::size_t kRecordHead = 12;

struct Question {
  std::string name;
  std::size_t end = 0;  // behind it in the message
  bool ipv6 = false;
};

Question question_of(const std::string& message) {
  Question question;
  std::size_t at = kHeader;
  while (at < message.size() && message[at] != 0) {
    const auto size = static_cast<std::size_t>(message[at]);
    if (!question.name.empty()) question.name += '.';
    for (const char c : message.substr(at + 1, size)) {
      question.name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    at += size + 1;
  }
  question.end = at + 5;
  question.ipv6 = at + 2 < message.size() && message[at + 2] == 28;
  return question;
}

// "a.b" as a message has it.
std::string encoded(const std::string& name) {
  std::string out;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    out += static_cast<char>(end - at);
    out += name.substr(at, end - at);
    at = end + 1;
  }
  return out + '\0';
}

std::string record(const std::string& name, int type, unsigned char ttl, const std::string& data) {
  const char head[] = {0,
                       static_cast<char>(type),
                       0,
                       1,
                       0,
                       0,
                       0,
                       static_cast<char>(ttl),
                       static_cast<char>(data.size() >> 8),
                       static_cast<char>(data.size() & 0xff)};
  return name + std::string(head, sizeof head) + data;
}

std::string message_of(const std::string& asked, const Question& question,
                       const DnsPeer::Answer& answer) {
  std::string message = asked.substr(0, question.end);
  message[2] = static_cast<char>(0x81);
  message[3] = static_cast<char>(0x80 | answer.code);
  std::string records;
  char count = 0;
  // The name that was asked for stands at byte 12; an alias where its record has it.
  std::string name("\xc0\x0c", 2);
  if (!answer.alias.empty()) {
    const std::string alias = encoded(answer.alias);
    const std::size_t at = message.size() + kRecordHead;
    records += record(name, 5, answer.ttl, alias);
    name = {static_cast<char>(0xc0 | (at >> 8)), static_cast<char>(at & 0xff)};
    ++count;
  }
  for (const std::string& address : answer.addresses) {
    char bytes[sizeof(in6_addr)];
    if (::inet_pton(question.ipv6 ? AF_INET6 : AF_INET, address.c_str(), bytes) != 1) continue;
    records += record(name, question.ipv6 ? 28 : 1, answer.ttl,
                      {bytes, static_cast<std::size_t>(question.ipv6 ? 16 : 4)});
    ++count;
  }
  message[6] = 0;
  message[7] = count;
  for (std::size_t at = 8; at < kHeader; ++at) message[at] = 0;
  return message + records;
}

}  // namespace

DnsPeer::DnsPeer(Program program) : program_(std::move(program)) {
  socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* bare = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket_, bare, size) != 0 || ::getsockname(socket_, bare, &size) != 0) {
    throw std::runtime_error("the DNS server cannot listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = base::start_thread("dns-peer", [this] { serve(); });
}

DnsPeer::~DnsPeer() {
  ending_ = true;
  // A message of its own wakes the thread.
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  own.sin_port = htons(static_cast<std::uint16_t>(port_));
  (void)::sendto(socket_, "", 1, 0, reinterpret_cast<sockaddr*>(&own), sizeof own);
  thread_.join();
  ::close(socket_);
}

std::string DnsPeer::address() const { return "127.0.0.1:" + std::to_string(port_); }

void DnsPeer::serve() {
  while (!ending_) {
    char bytes[1500];
    sockaddr_in from{};
    socklen_t size = sizeof from;
    auto* bare = reinterpret_cast<sockaddr*>(&from);
    const auto count = ::recvfrom(socket_, bytes, sizeof bytes, 0, bare, &size);
    if (count < static_cast<ssize_t>(kHeader)) continue;
    ++questions_;
    const std::string asked(bytes, static_cast<std::size_t>(count));
    const Question question = question_of(asked);
    const auto answer = program_(question.name, question.ipv6);
    if (!answer) continue;
    const std::string message = message_of(asked, question, *answer);
    (void)::sendto(socket_, message.data(), message.size(), 0, bare, size);
  }
}

}  // namespace sublet::test
