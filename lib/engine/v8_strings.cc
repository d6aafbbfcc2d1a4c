// SPDX-License-Identifier: Apache-2.0
#include "engine/v8_strings.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"
#include "engine/v8_compat.h"

namespace sublet::engine {
namespace {

class SharedText final : public v8::String::ExternalOneByteStringResource {
 public:
  SharedText(std::string_view text, std::shared_ptr<const void> owner)
      : text_(text), owner_(std::move(owner)) {}
  const char* data() const override { return text_.data(); }
  std::size_t length() const override { return text_.size(); }

 private:
  std::string_view text_;
  std::shared_ptr<const void> owner_;
};

bool fits(std::string_view text) {
  return text.size() <= static_cast<std::size_t>(v8::String::kMaxLength);
}

}  // namespace

v8::MaybeLocal<v8::String> make_string(v8::Isolate* isolate, std::string_view utf8) {
  if (!fits(utf8)) return {};
  return v8::String::NewFromUtf8(isolate, utf8.data(), v8::NewStringType::kNormal,
                                 static_cast<int>(utf8.size()));
}

v8::MaybeLocal<v8::String> make_ascii(v8::Isolate* isolate, std::string_view ascii) {
  if (!fits(ascii)) return {};
  return v8::String::NewFromOneByte(isolate, reinterpret_cast<const std::uint8_t*>(ascii.data()),
                                    v8::NewStringType::kNormal, static_cast<int>(ascii.size()));
}

v8::MaybeLocal<v8::String> make_payload(v8::Isolate* isolate, std::string_view ascii) {
  constexpr std::size_t kLarge = 64 << 10;
  if (ascii.size() < kLarge) return make_ascii(isolate, ascii);
  auto copy = std::make_shared<const std::string>(ascii);
  const std::string_view text = *copy;
  return make_external_ascii(isolate, text, std::move(copy));
}

v8::Local<v8::String> literal(v8::Isolate* isolate, std::string_view ascii) {
  return make_ascii(isolate, ascii).FromMaybe(v8::String::Empty(isolate));
}

v8::Local<v8::String> name(v8::Isolate* isolate, std::string_view ascii) {
  return v8::String::NewFromOneByte(isolate, reinterpret_cast<const std::uint8_t*>(ascii.data()),
                                    v8::NewStringType::kInternalized,
                                    static_cast<int>(ascii.size()))
      .FromMaybe(v8::String::Empty(isolate));
}

v8::MaybeLocal<v8::String> make_external_ascii(v8::Isolate* isolate, std::string_view ascii,
                                               std::shared_ptr<const void> owner) {
  if (!fits(ascii)) return {};
  auto resource = std::make_unique<SharedText>(ascii, std::move(owner));
  v8::MaybeLocal<v8::String> text = v8::String::NewExternalOneByte(isolate, resource.get());
  if (!text.IsEmpty()) resource.release();  // V8 owns it now, and deletes it by Dispose()
  return text;
}

namespace {

// Blocks of a constant size without aliasing, which compilers turn into vector instructions.
bool narrow_characters(const std::uint16_t* __restrict wide, int count, char* __restrict out) {
  constexpr int kBlock = 16;
  std::uint16_t seen = 0;
  int i = 0;
  for (; i + kBlock <= count; i += kBlock) {
    for (int k = 0; k < kBlock; ++k) {
      seen |= wide[i + k];
      out[i + k] = static_cast<char>(wide[i + k]);
    }
  }
  for (; i < count; ++i) {
    seen |= wide[i];
    out[i] = static_cast<char>(wide[i]);
  }
  return seen < 0x80;
}

// The text where all of a two-byte string is ASCII, which V8 often makes of ASCII parts; about four
// times as fast as V8's conversion.
bool narrow(v8::Isolate* isolate, v8::Local<v8::String> text, std::string& out) {
  constexpr int kChunk = 512;
  std::array<std::uint16_t, kChunk> wide;
  const int length = text->Length();
  out.resize(static_cast<std::size_t>(length));
  for (int from = 0; from < length; from += kChunk) {
    const int count = std::min(kChunk, length - from);
    compat::write_characters(isolate, text, from, count, wide.data());
    if (!narrow_characters(wide.data(), count, out.data() + from)) return false;
  }
  return true;
}

}  // namespace

std::string to_utf8(v8::Isolate* isolate, v8::Local<v8::String> text) {
  std::string out;
  // One-byte strings are Latin-1, which is UTF-8 only where it is ASCII.
  if (text->IsOneByte()) {
    compat::write_one_byte(isolate, text, out);
    if (base::is_ascii(out)) return out;
  } else if (narrow(isolate, text, out)) {
    return out;
  }
  compat::write_utf8(isolate, text, out);
  return out;
}

std::string describe(v8::Local<v8::Context> context, v8::Local<v8::Value> value,
                     std::string_view otherwise) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::TryCatch caught(isolate);
  v8::Local<v8::String> text;
  if (value.IsEmpty() || value->IsSymbol() || !value->ToString(context).ToLocal(&text)) {
    return std::string(otherwise);
  }
  return to_utf8(isolate, text);
}

}  // namespace sublet::engine
