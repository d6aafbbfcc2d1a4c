// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "leak_search.h"
#include "support/certificates.h"
#include "support/http_peer.h"

namespace sublet::scenario {

// A service that writes down whatever it gets where tenant code may read it, and an OAuth server
// that does so too: /token grants, /token_error refuses, and /echo?place=PLACE&encoding=ENCODING
// answers with the request in one of leak_encodings(), at some place of the answer.
class LeakPeer {
 public:
  // `other`: where it redirects to, another origin.
  LeakPeer(const test::Identity& identity, std::string other);

  std::uint16_t port() const { return peer_.port(); }
  // Where tenant code can read, and where nobody should.
  static const std::vector<std::string>& places();
  static const std::vector<std::string>& places_elsewhere();

  // Everything that it was told and that it answered.
  std::vector<std::string> received() const;
  std::vector<std::string> sent() const;
  std::set<std::string> tokens() const;

 private:
  void serve(test::PeerConnection& connection);
  bool answer(test::PeerConnection& connection, const std::string& request);
  bool echo(test::PeerConnection& connection, const std::string& request);
  bool echo_in_head(test::PeerConnection& connection, const std::string& place,
                    const std::string& text, const std::string& request);
  bool go_wrong(test::PeerConnection& connection, const std::string& place,
                const std::string& request);
  bool grant(test::PeerConnection& connection);
  bool expire(test::PeerConnection& connection, const std::string& request);
  bool write(test::PeerConnection& connection, const std::string& text);

  const std::string other_;
  mutable std::mutex mutex_;
  std::vector<std::string> received_;
  std::vector<std::string> sent_;
  std::set<std::string> tokens_;
  std::set<std::string> refused_;  // access tokens
  test::HttpPeer peer_;
};

// The value of a header, or of a parameter of the request line; empty: there is none.
std::string header_of(const std::string& request, const std::string& name);
std::string parameter_of(const std::string& request, const std::string& name);

}  // namespace sublet::scenario
