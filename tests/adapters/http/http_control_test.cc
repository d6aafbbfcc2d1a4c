// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

#include "adapters/http/http_test_side.h"

// Callbacks, cancellation, the end.
namespace sublet {
namespace {

// It tells when a request has come, and answers nothing.
struct Silent {
  std::promise<void> came;
  HttpPeer peer{[this](PeerConnection& connection) {
    if (!connection.read_request().empty()) came.set_value();
    connection.wait_closed();
  }};
};

void answer_briefly(PeerConnection& connection) {
  while (!connection.read_request().empty()) connection.write_answer("ok");
}

}  // namespace

TEST_CASE("http: a request under way is canceled, once") {
  Silent silent;
  const auto transport = open_transport();
  HttpAnswer answer;
  const auto id = transport->send(request_to(silent.peer), answer.callback());
  silent.came.get_future().wait();
  transport->cancel(id);
  transport->cancel(id);
  const HttpResponse response = answer.get();
  CHECK(response.failure == HttpFailure::kCanceled);
  CHECK(response.sent);
  transport->cancel(id);
  transport->cancel(id + 1000);
}

TEST_CASE("http: requests canceled at once, from another thread, in every state") {
  constexpr int kRequests = 300;
  const HttpPeer peer(answer_briefly);
  const auto transport = open_transport({.max_connections_per_host = 4});
  std::vector<HttpAnswer> answers(kRequests);
  int canceled = 0;
  for (HttpAnswer& answer : answers) {
    const auto id = transport->send(request_to(peer), answer.callback());
    if (++canceled % 2 == 0) transport->cancel(id);
  }
  for (HttpAnswer& answer : answers) {
    const HttpFailure failure = answer.get().failure;
    CHECK((failure == HttpFailure::kNone || failure == HttpFailure::kCanceled));
  }
  CHECK(send(*transport, request_to(peer)).body == "ok");
}

TEST_CASE("http: a request ends itself and others from its callbacks") {
  Silent silent;
  const HttpPeer peer(answer_briefly);
  const auto transport = open_transport();
  HttpAnswer other, own;
  const auto other_id = transport->send(request_to(silent.peer), other.callback());
  silent.came.get_future().wait();
  std::atomic<HttpTransport::Id> own_id{0};
  HttpRequest request = request_to(peer);
  request.on_body = [&](std::string_view) {
    transport->cancel(own_id);
    transport->cancel(other_id);
    return false;
  };
  own_id = transport->send(std::move(request), own.callback());
  CHECK(own.get().failure == HttpFailure::kCanceled);
  CHECK(other.get().failure == HttpFailure::kCanceled);
}

TEST_CASE("http: a request is sent from inside a callback") {
  const HttpPeer peer(answer_briefly);
  const auto transport = open_transport();
  std::promise<HttpResponse> last;
  int left = 50;
  std::function<void(HttpResponse)> next = [&](HttpResponse response) {
    if (--left == 0 || response.failure != HttpFailure::kNone) {
      return last.set_value(std::move(response));
    }
    transport->send(request_to(peer), next);
  };
  transport->send(request_to(peer), next);
  CHECK(last.get_future().get().body == "ok");
  CHECK(left == 0);
  CHECK(peer.requests() == 50);
}

TEST_CASE("http: callbacks that throw are passed over") {
  const HttpPeer peer(answer_briefly);
  const auto transport = open_transport();
  std::promise<void> called;
  transport->send(request_to(peer), [&](HttpResponse) {
    called.set_value();
    throw std::runtime_error("the host's");
  });
  called.get_future().wait();
  HttpRequest request = request_to(peer);
  request.on_body = [](std::string_view) -> bool { throw 7; };
  CHECK(send(*transport, std::move(request)).failure == HttpFailure::kCanceled);
  CHECK(send(*transport, request_to(peer)).body == "ok");
}

TEST_CASE("http: the end of the transport cancels everything, whatever its state") {
  Silent silent;
  const HttpPeer peer(answer_briefly);
  auto transport = open_transport({.max_connections_per_host = 2});
  HttpAnswer waiting;
  transport->send(request_to(silent.peer), waiting.callback());
  silent.came.get_future().wait();
  std::vector<HttpAnswer> answers(100);
  for (HttpAnswer& answer : answers) transport->send(request_to(peer), answer.callback());
  transport.reset();
  const HttpResponse response = waiting.get();
  CHECK(response.failure == HttpFailure::kCanceled);
  CHECK(response.message == "the transport ended");
  for (HttpAnswer& answer : answers) {
    const HttpFailure failure = answer.get().failure;
    CHECK((failure == HttpFailure::kNone || failure == HttpFailure::kCanceled));
  }
}

TEST_CASE("http: the transport ends in its own callback") {
  const HttpPeer peer(answer_briefly);
  auto transport = open_transport();
  std::promise<HttpResponse> answered;
  HttpAnswer other;
  Silent silent;
  transport->send(request_to(silent.peer), other.callback());
  transport->send(request_to(peer), [&](HttpResponse response) {
    transport.reset();
    answered.set_value(std::move(response));
  });
  CHECK(answered.get_future().get().body == "ok");
  CHECK(other.get().failure == HttpFailure::kCanceled);
}

TEST_CASE("http: 64 at once, from four threads") {
  constexpr int kEach = 500, kThreads = 4, kAtOnce = 16;
  const HttpPeer peer(echo);
  const auto transport = open_transport();
  std::atomic<int> good{0};
  const auto run = [&](int thread) {
    for (int sent = 0; sent < kEach;) {
      std::vector<HttpAnswer> answers(kAtOnce);
      std::vector<std::string> paths;
      for (HttpAnswer& answer : answers) {
        paths.push_back("/" + std::to_string(thread) + "/" + std::to_string(sent++));
        transport->send(request_to(peer, paths.back()), answer.callback());
      }
      for (std::size_t i = 0; i < answers.size(); ++i) {
        if (answers[i].get().body.starts_with("GET " + paths[i] + " HTTP/1.1\r\n")) ++good;
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(run, i);
  for (std::thread& thread : threads) thread.join();
  CHECK(good == peer.requests());
  CHECK(good >= kEach * kThreads);
  CHECK(peer.connections() <= 64);
}

}  // namespace sublet
