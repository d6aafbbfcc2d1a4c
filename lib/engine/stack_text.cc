// SPDX-License-Identifier: Apache-2.0
#include "engine/stack_text.h"

#include <charconv>
#include <optional>

#include "base/utf8.h"

namespace sublet::engine {
namespace {

constexpr std::size_t kMaxFrames = 32;
constexpr std::size_t kMaxBytes = 16 << 10;
constexpr std::size_t kMaxSource = 1 << 10;
constexpr std::string_view kOwnFrames = "sublet:";

struct Location {
  std::size_t begin = 0;  // of the whole "path:line:column" in the frame
  std::size_t end = 0;
  std::string_view path;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

// Reads ":<number>" that ends at `end`; moves `end` before it.
std::optional<std::uint32_t> take_number(std::string_view text, std::size_t& end) {
  const std::size_t colon = text.rfind(':', end == 0 ? 0 : end - 1);
  if (colon == std::string_view::npos || colon + 1 >= end) return std::nullopt;
  std::uint32_t value = 0;
  const char* const last = text.data() + end;
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, last, value);
  if (error != std::errc() || stop != last) return std::nullopt;
  end = colon;
  return value;
}

// "    at name (path:line:column)" or "    at path:line:column".
std::optional<Location> find_location(std::string_view frame) {
  Location found;
  found.end = frame.size();
  if (!frame.empty() && frame.back() == ')') --found.end;
  std::size_t end = found.end;
  const auto column = take_number(frame, end);
  if (!column) return std::nullopt;
  const auto line = take_number(frame, end);
  if (!line) return std::nullopt;
  const std::size_t bracket = frame.rfind('(', end);
  const std::size_t space = frame.rfind(' ', end);
  found.begin = bracket != std::string_view::npos ? bracket + 1
                : space != std::string_view::npos ? space + 1
                                                  : 0;
  found.path = frame.substr(found.begin, end - found.begin);
  found.line = *line;
  found.column = *column;
  return found;
}

const ProgramModule* find_module(const Program& program, std::string_view path) {
  for (const auto& module : program.modules) {
    if (module->path == path) return module.get();
  }
  return nullptr;
}

std::string map_frame(std::string_view frame, const Program& program) {
  const std::optional<Location> at = find_location(frame);
  if (!at) return std::string(frame);
  std::string mapped(frame.substr(0, at->begin));
  mapped += map_position(program, at->path, at->line, at->column);
  mapped += frame.substr(at->end);
  return mapped;
}

}  // namespace

std::string map_position(const Program& program, std::string_view path, std::uint32_t line,
                         std::uint32_t column) {
  const ProgramModule* module = find_module(program, path);
  if (module != nullptr && module->source_map != nullptr) {
    if (const auto original = module->source_map->find(line, column)) {
      return std::string(base::cut_utf8(original->source, kMaxSource)) + ":" +
             std::to_string(original->line) + ":" + std::to_string(original->column);
    }
  }
  return std::string(path) + ":" + std::to_string(line) + ":" + std::to_string(column);
}

std::string map_stack(std::string_view stack, const Program& program) {
  std::string out;
  std::size_t frames = 0;
  while (!stack.empty() && frames < kMaxFrames && out.size() < kMaxBytes) {
    const std::size_t newline = stack.find('\n');
    const std::string_view line = stack.substr(0, newline);
    stack = newline == std::string_view::npos ? std::string_view() : stack.substr(newline + 1);
    const std::size_t text = line.find_first_not_of(' ');
    if (text == std::string_view::npos || line.substr(text, 3) != "at ") continue;
    if (line.find(kOwnFrames) != std::string_view::npos) continue;
    if (!out.empty()) out += '\n';
    out += map_frame(line.substr(0, kMaxBytes), program);
    ++frames;
  }
  return out;
}

}  // namespace sublet::engine
