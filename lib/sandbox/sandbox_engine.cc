// SPDX-License-Identifier: Apache-2.0
#include "sandbox/sandbox_engine.h"

#include <utility>

#include "sandbox/remote_isolate.h"

namespace sublet::sandbox {

Result<std::unique_ptr<RemoteIsolate>> SandboxEngine::take() {
  Result<ZygoteLink::Child> child = link_->take();
  if (!child) return child.error();
  auto isolate = std::make_unique<RemoteIsolate>(std::move(child).value(), link_);
  if (!isolate->wait_until_ready()) return Error{ErrorCode::kUnavailable, isolate->why_lost()};
  return isolate;
}

Result<std::unique_ptr<engine::Isolate>> SandboxEngine::create_isolate(
    const engine::IsolateOptions& options, engine::FatalHandler) {
  Result<std::unique_ptr<RemoteIsolate>> taken = take();
  if (!taken) return taken.error();
  (*taken)->assign(options);
  return std::unique_ptr<engine::Isolate>(std::move(taken).value());
}

Result<void> SandboxEngine::prepare(engine::Program& program) {
  Result<std::unique_ptr<RemoteIsolate>> taken = take();
  if (!taken) return taken.error();
  RemoteIsolate& isolate = **taken;
  // The parser takes many times the text's size for a while.
  engine::IsolateOptions options;
  options.heap = Bytes::mebibytes(512);
  isolate.assign(options);
  const auto answer =
      isolate.ask(MessageType::kPrepare, encode(program), MessageType::kPrepared, nullptr);
  if (!answer) {
    return Error{ErrorCode::kResourceExhausted,
                 "the bundle could not be compiled: " + isolate.why_lost()};
  }
  std::optional<Result<void>> result = decode_prepared(*answer, program);
  if (!result) return Error{ErrorCode::kInternal, "the sandboxed process broke its protocol"};
  return std::move(*result);
}

}  // namespace sublet::sandbox
