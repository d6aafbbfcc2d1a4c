// SPDX-License-Identifier: Apache-2.0
// Runs hostile programs as tenants beside a good one, in a host that it watches from another
// process.
//
//   hostile_run [options] PROGRAM         one program; prints one JSON object
//   hostile_run [options] --all DIR...    all programs in one host, a JSON object on a line for
//   each,
//                                         and one with the sums at the end
//
// Exit status 0: the host lives and the good tenant was not disturbed. 1: it does not, or was. 2:
// the command line is wrong, or nothing could be run.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hostile/host_side.h"
#include "hostile/modes.h"

namespace sublet::hostile {
namespace {

constexpr std::string_view kUsage = R"(usage: run [options] PROGRAM.js | FOLDER-OF-A-BUNDLE
       run [options] --all DIR...
  --tier in_process|sandboxed  where the programs run (in_process)
  --json                       compact JSON, one line
  --all                        every program below the folders, in one host, one after the other
  --limit MS                   CPU and wall time of an invocation (500)
  --invocations N              of each program (2)
  --workers N                  of the host (2)
  --quiet-calls N              of the good tenant before anything else runs (300)
  --calls-beside N             of the good tenant beside each program, at least (100)
  --again N                    a program that delays the good tenant is run so often again (2)
  --patience MS                how long the host may take to answer (60000)
  --disturbed-at-most N        with --all: so many may delay the good tenant (0)
  --abandoned-at-most N        with --all: more is a failure
  --strict                     with --all: an outcome that a program's first line forbids is a failure
  --regain-at-most MS          with --all: more, at the 99th percentile, is a failure
  --growth-at-most MB          with --all: more memory at the end than at the start is a failure
  --soak SECONDS               random programs of the folders among good load, for so long
  --attackers N                with --soak: so many at once (2)
  --seed N                     with --soak (1)
)";

// Takes words off the command line.
class Words {
 public:
  Words(int argc, char** argv) : words_(argv + 1, argv + argc) {}
  bool done() const { return at_ == words_.size(); }
  std::string next() {
    if (done()) throw CommandLineError("a value is missing");
    return words_[at_++];
  }
  int number() {
    const std::string word = next();
    char* end = nullptr;
    const long value = std::strtol(word.c_str(), &end, 10);
    if (word.empty() || *end != '\0' || value < 0) throw CommandLineError("no number: " + word);
    return static_cast<int>(value);
  }

 private:
  std::vector<std::string> words_;
  std::size_t at_ = 0;
};

Isolation tier_of(const std::string& word) {
  if (word == "in_process") return Isolation::kInProcess;
  if (word == "sandboxed") return Isolation::kSandboxed;
  throw CommandLineError("no such tier: " + word);
}

bool take_setting(const std::string& word, Words& words, HostSettings& settings) {
  if (word == "--tier") {
    settings.tier = tier_of(words.next());
  } else if (word == "--workers") {
    settings.workers = words.number();
  } else if (word == "--limit") {
    settings.limit_ms = words.number();
  } else if (word == "--invocations") {
    settings.invocations = words.number();
  } else if (word == "--quiet-calls") {
    settings.quiet_calls = words.number();
  } else if (word == "--calls-beside") {
    settings.calls_beside = words.number();
  } else if (word == "--again") {
    settings.again = words.number();
  } else {
    return false;
  }
  return true;
}

CommandLine read(int argc, char** argv) {
  CommandLine line;
  for (Words words(argc, argv); !words.done();) {
    const std::string word = words.next();
    if (take_setting(word, words, line.host)) continue;
    if (word == "--json") {
      line.compact = true;
    } else if (word == "--all") {
      line.all = true;
    } else if (word == "--json-lines") {
      // What --all prints anyway.
    } else if (word == "--strict") {
      line.strict = true;
    } else if (word == "--patience") {
      line.patience_ms = words.number();
    } else if (word == "--disturbed-at-most") {
      line.disturbed_at_most = words.number();
    } else if (word == "--abandoned-at-most") {
      line.abandoned_at_most = words.number();
    } else if (word == "--regain-at-most") {
      line.regain_at_most_ms = words.number();
    } else if (word == "--growth-at-most") {
      line.growth_at_most_mb = words.number();
    } else if (word == "--soak") {
      line.soak_seconds = words.number();
    } else if (word == "--attackers") {
      line.attackers = words.number();
    } else if (word == "--seed") {
      line.seed = words.number();
    } else if (word == "--serve") {
      line.serve = true;
    } else if (word.starts_with("--")) {
      throw CommandLineError("no such option: " + word);
    } else {
      line.paths.push_back(word);
    }
  }
  if (!line.serve && line.paths.empty()) throw CommandLineError("no program is named");
  return line;
}

int run(int argc, char** argv) {
  const CommandLine line = read(argc, argv);
  if (line.serve) return serve(line.host, kHostDescriptor);
  if (line.soak_seconds > 0) return run_soak(line);
  return line.all ? run_all(line) : run_one(line);
}

}  // namespace
}  // namespace sublet::hostile

int main(int argc, char** argv) {
  try {
    return sublet::hostile::run(argc, argv);
  } catch (const sublet::hostile::CommandLineError& error) {
    std::fprintf(stderr, "run: %s\n%s", error.what(), sublet::hostile::kUsage.data());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "run: %s\n", error.what());
  }
  return 2;
}
