// SPDX-License-Identifier: Apache-2.0
#include "proxy/scrubbers.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/base64.h"
#include "policy/http_fields.h"
#include "policy/request/escape.h"

namespace sublet::proxy {

namespace {

// JSON as PHP writes it has "\/".
std::string with_escaped_slashes(std::string_view json) {
  std::string out;
  for (const char c : json) {
    if (c == '/') out += '\\';
    out += c;
  }
  return out;
}

// The scrubber undoes escapes, and it undoes hexadecimal and base64, but not one inside the other:
// a service that encodes what it was sent, in a token or an envelope, has one of these in it.
std::vector<std::string> forms_of(const std::vector<std::string>& secrets) {
  std::vector<std::string> forms;
  for (const std::string& secret : secrets) {
    if (secret.size() < policy::kMinScrubbedBytes) continue;
    std::string json, url, form;
    policy::append_json_escaped(json, secret);
    policy::append_percent_encoded(url, secret);
    policy::append_form_encoded(form, secret);
    std::string base64 = base::encode_base64(secret);
    base64.erase(base64.find_last_not_of('=') + 1);
    const std::string slashes = with_escaped_slashes(json);
    for (const std::string& one :
         {secret, json, slashes, url, form, base64, base::to_hex(secret)}) {
      if (std::find(forms.begin(), forms.end(), one) == forms.end()) forms.push_back(one);
    }
  }
  return forms;
}

}  // namespace

Scrubbing::Scrubbing(std::vector<std::string> of)
    : secrets(std::move(of)), scrubber(forms_of(secrets)) {
  for (const std::string& secret : secrets) {
    if (secret.size() < policy::kMinScrubbedBytes) continue;
    in_lower_case.push_back(policy::lower_case(secret));
  }
}

std::shared_ptr<const Scrubbing> Scrubbers::get(const std::vector<std::string>& secrets) {
  if (auto found = find(secrets)) return found;
  auto made = std::make_shared<const Scrubbing>(secrets);
  std::shared_ptr<const Scrubbing> forgotten;  // outside the lock
  base::MutexLock lock(mutex_);
  if (kept_.size() == kKept) {
    forgotten = std::move(kept_.back());
    kept_.pop_back();
  }
  kept_.insert(kept_.begin(), made);
  return made;
}

std::shared_ptr<const Scrubbing> Scrubbers::find(const std::vector<std::string>& secrets) {
  base::MutexLock lock(mutex_);
  const auto found = std::find_if(kept_.begin(), kept_.end(),
                                  [&](const auto& one) { return one->secrets == secrets; });
  if (found == kept_.end()) return nullptr;
  std::rotate(kept_.begin(), found, found + 1);
  return kept_.front();
}

}  // namespace sublet::proxy
