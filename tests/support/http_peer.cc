// SPDX-License-Identifier: Apache-2.0
#include "support/http_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "base/thread_start.h"

namespace sublet::test {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
  });
  return text;
}

std::size_t body_size(const std::string& head) {
  const std::size_t at = lower(head).find("\r\ncontent-length:");
  return at == std::string::npos ? 0 : std::strtoul(head.c_str() + at + 17, nullptr, 10);
}

std::shared_ptr<SSL_CTX> make_context(const HttpPeer::Options& options) {
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  const auto read = [](const std::string& pem) {
    return std::shared_ptr<BIO>(BIO_new_mem_buf(pem.data(), -1), BIO_free);
  };
  const std::shared_ptr<X509> certificate(
      PEM_read_bio_X509(read(options.identity->certificate).get(), nullptr, nullptr, nullptr),
      X509_free);
  const std::shared_ptr<EVP_PKEY> key(
      PEM_read_bio_PrivateKey(read(options.identity->key).get(), nullptr, nullptr, nullptr),
      EVP_PKEY_free);
  if (SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1) {
    throw std::runtime_error("the peer's certificate is none");
  }
  if (options.http2) {
    const auto select = [](SSL*, const unsigned char** chosen, unsigned char* size,
                           const unsigned char*, unsigned, void*) {
      *chosen = reinterpret_cast<const unsigned char*>("h2");
      *size = 2;
      return SSL_TLSEXT_ERR_OK;
    };
    SSL_CTX_set_alpn_select_cb(context.get(), select, nullptr);
  }
  if (options.only_tls_1_1) {
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
  }
  return context;
}

}  // namespace

struct PeerConnection::Tls {
  SSL* ssl = nullptr;
  ~Tls() { SSL_free(ssl); }
};

PeerConnection::PeerConnection(int socket, int number, HttpPeer& peer)
    : socket_(socket), number_(number), peer_(peer) {}

PeerConnection::~PeerConnection() {
  if (tls_ && !over_) SSL_shutdown(tls_->ssl);
}

bool PeerConnection::begin_tls() {
  if (!peer_.context_) return true;
  tls_ = std::make_unique<Tls>();
  tls_->ssl = SSL_new(static_cast<SSL_CTX*>(peer_.context_.get()));
  return SSL_set_fd(tls_->ssl, socket_) == 1 && SSL_accept(tls_->ssl) == 1;
}

bool PeerConnection::read_more() {
  char bytes[16384];
  const auto size = tls_ ? SSL_read(tls_->ssl, bytes, sizeof bytes)
                         : static_cast<int>(::recv(socket_, bytes, sizeof bytes, 0));
  if (size <= 0) over_ = true;
  if (size > 0) buffered_.append(bytes, static_cast<std::size_t>(size));
  return size > 0;
}

std::string PeerConnection::read_request() {
  std::size_t end = 0;
  while ((end = buffered_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more()) return {};
  }
  const std::size_t whole = end + 4 + body_size(buffered_.substr(0, end));
  while (buffered_.size() < whole) {
    if (!read_more()) return {};
  }
  ++peer_.requests_;
  std::string request = buffered_.substr(0, whole);
  buffered_.erase(0, whole);
  return request;
}

std::string PeerConnection::read_bytes(std::size_t count) {
  while (buffered_.size() < count && read_more()) {
  }
  std::string bytes = buffered_.substr(0, count);
  buffered_.erase(0, bytes.size());
  return bytes;
}

bool PeerConnection::write(std::string_view bytes) {
  while (!bytes.empty() && !over_) {
    const auto size =
        tls_ ? SSL_write(tls_->ssl, bytes.data(), static_cast<int>(bytes.size()))
             : static_cast<int>(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    if (size <= 0) over_ = true;
    if (size > 0) bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return !over_;
}

bool PeerConnection::write_answer(std::string_view body, std::string_view headers) {
  std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  return write(answer.append(headers).append("\r\n").append(body));
}

void PeerConnection::wait_closed() {
  while (read_more()) buffered_.clear();
}

void PeerConnection::wait_without_reading() {
  pollfd gone{.fd = socket_, .events = POLLRDHUP, .revents = 0};
  (void)::poll(&gone, 1, -1);
}

void PeerConnection::reset() {
  // Closed by the peer, with the reset that this makes of it.
  const linger hard{.l_onoff = 1, .l_linger = 0};
  (void)::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  over_ = true;
}

HttpPeer::HttpPeer(Options options, Program program)
    : options_(std::move(options)), program_(std::move(program)) {
  if (options_.identity) context_ = make_context(options_);
  listen();
  acceptor_ = base::start_thread("peer", [this] { accept_all(); });
}

HttpPeer::~HttpPeer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
  }
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
}

void HttpPeer::listen() {
  sockaddr_storage address{};
  socklen_t size = 0;
  if (options_.ipv6) {
    auto& six = reinterpret_cast<sockaddr_in6&>(address);
    six.sin6_family = AF_INET6;
    six.sin6_addr = in6addr_loopback;
    six.sin6_port = htons(options_.port);
    size = sizeof six;
  } else {
    auto& four = reinterpret_cast<sockaddr_in&>(address);
    four.sin_family = AF_INET;
    four.sin_addr.s_addr = ::inet_addr(options_.address.c_str());
    four.sin_port = htons(options_.port);
    size = sizeof four;
  }
  auto* bare = reinterpret_cast<sockaddr*>(&address);
  listener_ = ::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(listener_, bare, size) != 0 || ::listen(listener_, 512) != 0 ||
      ::getsockname(listener_, bare, &size) != 0) {
    ::close(listener_);
    throw std::runtime_error("the peer cannot listen");
  }
  port_ = ntohs(options_.ipv6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                              : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

void HttpPeer::accept_all() {
  for (int socket = 0; (socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    const std::lock_guard lock(mutex_);
    if (ending_) {
      ::close(socket);
      return;
    }
    open_.push_back(socket);
    const int number = ++connections_;
    threads_.push_back(base::start_thread("peer", [=, this] { serve(socket, number); }));
  }
}

void HttpPeer::serve(int socket, int number) {
  {
    PeerConnection connection(socket, number, *this);
    if (connection.begin_tls()) program_(connection);
  }
  const std::lock_guard lock(mutex_);
  open_.remove(socket);
  ::close(socket);
  ++closed_;
  one_closed_.notify_all();
}

void HttpPeer::wait_until_closed(int connections) {
  std::unique_lock lock(mutex_);
  one_closed_.wait(lock, [&] { return closed_ >= connections; });
}

std::string HttpPeer::url(const std::string& host, const std::string& path) const {
  return (context_ ? "https://" : "http://") + host + ":" + std::to_string(port_) + path;
}

}  // namespace sublet::test
