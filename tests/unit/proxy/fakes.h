// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proxy/shared_limits.h"
#include "proxy/token_source.h"
#include "sublet/adapters/http_transport.h"
#include "sublet/adapters/name_resolver.h"

namespace sublet::test {

inline HttpResponse response(int status, std::string body = "",
                             std::vector<HttpHeader> headers = {}) {
  HttpResponse answer;
  answer.status = status;
  answer.body = std::move(body);
  answer.headers = std::move(headers);
  answer.sent = true;
  answer.bytes_sent = 100;
  answer.bytes_received = 200 + answer.body.size();
  return answer;
}

inline HttpResponse failed(HttpFailure failure, std::string message = "") {
  HttpResponse answer;
  answer.failure = failure;
  answer.message = std::move(message);
  return answer;
}

// Answers inside send() what its program says, or, where that says nothing, when the test does.
//
// Thread safety: none; one thread.
class FakeTransport final : public HttpTransport {
 public:
  using Program = std::function<std::optional<HttpResponse>(const HttpRequest&)>;

  Id send(HttpRequest request, HttpCallback done) noexcept override {
    const Id id = ++last_;
    sent.push_back(request);
    if (on_send) on_send();
    std::optional<HttpResponse> answer = program ? program(request) : std::nullopt;
    if (answer) {
      done(*std::move(answer));
    } else {
      waiting.emplace(id, std::move(done));
    }
    return id;
  }

  void cancel(Id id) noexcept override {
    const auto found = waiting.find(id);
    if (found == waiting.end()) return;
    const HttpCallback done = std::move(found->second);
    waiting.erase(found);
    ++canceled;
    done(failed(HttpFailure::kCanceled));
  }

  // The request that waits longest.
  void answer(HttpResponse with) {
    const HttpCallback done = std::move(waiting.begin()->second);
    waiting.erase(waiting.begin());
    done(std::move(with));
  }

  Program program;
  std::function<void()> on_send;
  std::vector<HttpRequest> sent;
  std::map<Id, HttpCallback> waiting;
  int canceled = 0;

 private:
  Id last_ = 0;
};

// Every name is 93.184.216.34 unless a test says otherwise; with `holds`, when a test says so.
//
// Thread safety: none; one thread.
class FakeResolver final : public NameResolver {
 public:
  void resolve(std::string name, ResolveCallback done) noexcept override {
    asked.push_back(name);
    if (holds) {
      waiting.push_back(std::move(done));
    } else {
      done(of(name));
    }
  }

  Result<std::vector<std::string>> of(const std::string& name) {
    if (fault) return *fault;
    const auto found = addresses.find(name);
    if (found == addresses.end()) return std::vector<std::string>{"93.184.216.34"};
    return found->second;
  }

  void answer(Result<std::vector<std::string>> with) {
    const ResolveCallback done = std::move(waiting.front());
    waiting.erase(waiting.begin());
    done(std::move(with));
  }

  bool holds = false;
  std::optional<Error> fault;
  std::map<std::string, std::vector<std::string>> addresses;
  std::vector<std::string> asked;
  std::vector<ResolveCallback> waiting;
};

// Thread safety: none; one thread.
class FakeTokens final : public proxy::TokenSource {
 public:
  void get(const std::string& provider, const std::string& user,
           proxy::TokenCallback done) override {
    asked.push_back("get " + provider + "/" + user);
    answer_or_hold(std::move(done));
  }
  void renew(const std::string& provider, const std::string& user, std::string_view refused,
             proxy::TokenCallback done) override {
    asked.push_back("renew " + provider + "/" + user + " " + std::string(refused));
    answer_or_hold(std::move(done));
  }
  void answer(proxy::Tokened with) {
    const proxy::TokenCallback done = std::move(waiting.front());
    waiting.erase(waiting.begin());
    done(std::move(with));
  }

  bool holds = false;
  std::vector<proxy::Tokened> next;  // the first one is answered next
  std::vector<std::string> asked;
  std::vector<proxy::TokenCallback> waiting;

 private:
  void answer_or_hold(proxy::TokenCallback done) {
    if (holds) return waiting.push_back(std::move(done));
    const proxy::Tokened tokened = next.front();
    next.erase(next.begin());
    done(tokened);
  }
};

// Thread safety: none; one thread.
class FakeSharedLimits final : public proxy::SharedLimits {
 public:
  void take(std::vector<proxy::SharedBucket> buckets, std::function<void(Taken)> done) override {
    taken.push_back(std::move(buckets));
    if (holds) return waiting.push_back(std::move(done));
    done(answer);
  }
  void breaker_opened(const std::string& key, base::Nanoseconds) override {
    told.push_back("opened " + key);
  }
  void breaker_closed(const std::string& key) override { told.push_back("closed " + key); }
  std::optional<base::Nanoseconds> open_elsewhere(const std::string& key) override {
    const auto found = open.find(key);
    if (found == open.end()) return std::nullopt;
    return found->second;
  }

  bool holds = false;
  Taken answer;
  std::map<std::string, base::Nanoseconds> open;
  std::vector<std::vector<proxy::SharedBucket>> taken;
  std::vector<std::string> told;
  std::vector<std::function<void(Taken)>> waiting;
};

}  // namespace sublet::test
