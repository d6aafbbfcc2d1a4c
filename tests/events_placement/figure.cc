// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "events_placement/simulation.h"

namespace sublet::test {
namespace {

constexpr std::array<std::string_view, 4> kColours = {"#9a9a9a", "#1b6ca8", "#2a9d6f", "#d1732c"};
constexpr std::array<std::string_view, 4> kNames = {"any member", "1 place", "2 places",
                                                    "3 places"};
constexpr double kTop = 70;
constexpr double kBottom = 300;
constexpr double kWidth = 260;

double height_of(double share) { return kBottom - share * (kBottom - kTop); }

std::string text(double x, double y, std::string_view what, std::string_view rest = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\"{}>{}</text>\n", x, y, rest, what);
}

std::string line(double x1, double y1, double x2, double y2, std::string_view colour) {
  return fmt::format(
      "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\"/>\n", x1, y1, x2,
      y2, colour);
}

// A panel's frame, with lines at quarters of `most`.
std::string frame(double x, std::string_view title, double most, std::string_view unit) {
  std::string out = text(x, 40, title, " font-weight=\"bold\"");
  for (int i = 0; i <= 4; ++i) {
    const double y = height_of(i / 4.0);
    out += line(x, y, x + kWidth, y, "#dddddd");
    out += text(x - 6, y + 4, fmt::format("{:.3g}{}", most * i / 4, unit), " text-anchor=\"end\"");
  }
  return out;
}

// Members by how many tenants they have, for each number of places a curve.
std::string balance_panel(double x, const Findings& findings) {
  constexpr double kFrom = 0.8, kTo = 1.2;
  constexpr std::size_t kBins = 40;
  constexpr double kMost = 25;
  std::string out = frame(x, "Tenants on a member", kMost, " %");
  for (std::size_t count = 1; count <= kMostPlaces; ++count) {
    const Balance& balance = findings.balance.at(count - 1);
    std::array<double, kBins> bins{};
    for (const std::uint32_t load : balance.load) {
      const double at = (load / balance.mean - kFrom) / (kTo - kFrom) * kBins;
      bins.at(static_cast<std::size_t>(std::clamp(at, 0.0, kBins - 1.0))) += 1;
    }
    std::string points;
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const double share = 100 * bins.at(bin) / static_cast<double>(balance.load.size());
      points += fmt::format("{:.1f},{:.1f} ", x + kWidth * (static_cast<double>(bin) + 0.5) / kBins,
                            height_of(std::min(share / kMost, 1.0)));
    }
    out += fmt::format("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"{}\" points=\"{}\"/>\n",
                       kColours.at(count), points);
  }
  for (const double at : {0.8, 0.9, 1.0, 1.1, 1.2}) {
    out += text(x + kWidth * (at - kFrom) / (kTo - kFrom), kBottom + 18, fmt::format("{:.1f}", at),
                " text-anchor=\"middle\"");
  }
  return out + text(x + kWidth / 2, kBottom + 38, "times the mean; share of the members",
                    " text-anchor=\"middle\"");
}

std::string moves_panel(double x, const Findings& findings) {
  struct Bar {
    std::string_view name;
    const Moves* moves;
    double least;  // that cannot but move
  };
  const auto members = static_cast<double>(findings.members);
  const std::array<Bar, 3> bars = {{{"one joins", &findings.joined, 1 / members},
                                    {"one goes", &findings.left, 1 / members},
                                    {"a tenth goes", &findings.tenth_gone, 0.1}}};
  constexpr double kMost = 12;
  std::string out = frame(x, "Places that move (2 places)", kMost, " %");
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const double left = x + 20 + static_cast<double>(i) * 80;
    const double share = 100 * bars.at(i).moves->places;
    const double y = height_of(std::min(share / kMost, 1.0));
    out += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"50\" height=\"{:.1f}\" fill=\"{}\"/>\n", left, y,
        kBottom - y, kColours[2]);
    out += text(left + 25, y - 6, fmt::format("{:.2f} %", share), " text-anchor=\"middle\"");
    out += text(left + 25, kBottom + 18, bars.at(i).name, " text-anchor=\"middle\"");
    const double least = height_of(100 * bars.at(i).least / kMost);
    out += line(left - 5, least, left + 55, least, "#000000");
  }
  return out +
         text(x + kWidth / 2, kBottom + 38, "black: the least that can", " text-anchor=\"middle\"");
}

std::string hits_panel(double x, const Findings& findings) {
  std::string out = frame(x, "Requests that find a warm isolate", 100, " %");
  const auto steps = static_cast<double>(findings.hits.size() - 1);
  for (std::size_t count = 0; count <= kMostPlaces; ++count) {
    std::string points;
    for (std::size_t i = 0; i < findings.hits.size(); ++i) {
      points += fmt::format("{:.1f},{:.1f} ", x + kWidth * static_cast<double>(i) / steps,
                            height_of(findings.hits[i].rate.at(count)));
    }
    out += fmt::format("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"{}\" points=\"{}\"/>\n",
                       kColours.at(count), points);
  }
  for (std::size_t i = 0; i < findings.hits.size(); ++i) {
    out += text(x + kWidth * static_cast<double>(i) / steps, kBottom + 18,
                fmt::format("{}", findings.hits[i].warm), " text-anchor=\"middle\"");
  }
  return out + text(x + kWidth / 2, kBottom + 38, "warm isolates a member keeps",
                    " text-anchor=\"middle\"");
}

}  // namespace

std::string figure_of(const Findings& findings) {
  std::string out =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1060\" height=\"390\" "
      "font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"1060\" height=\"390\" fill=\"#ffffff\"/>\n";
  out += text(
      60, 18,
      fmt::format("Placement of {} tenants on {} members", findings.tenants, findings.members));
  out += balance_panel(60, findings) + moves_panel(410, findings) + hits_panel(760, findings);
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const double x = 300 + 130 * static_cast<double>(i);
    out += fmt::format("<rect x=\"{:.1f}\" y=\"362\" width=\"14\" height=\"14\" fill=\"{}\"/>\n", x,
                       kColours.at(i));
    out += text(x + 20, 374, kNames.at(i));
  }
  return out + "</svg>\n";
}

}  // namespace sublet::test
