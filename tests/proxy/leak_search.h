// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sublet::scenario {

// How a peer may write down what it got.
const std::map<std::string, std::string (*)(const std::string&)>& leak_encodings();

// Looks for secrets in texts, in whatever encoding: written for the test alone, and with nothing
// in common with what it judges.
class LeakSearch {
 public:
  void add(const std::string& name, const std::string& secret);
  // The names of those that the text has, and how it has them.
  std::vector<std::string> find(std::string_view text) const;

 private:
  struct Needle {
    std::string name;
    std::string text;
  };
  std::vector<Needle> needles_;
};

}  // namespace sublet::scenario
