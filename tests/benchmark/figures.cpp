// The figures that wsproto is to reach, each against rows that were measured.
#include "report.hpp"

#include <algorithm>
#include <cstdio>
#include <ostream>
#include <span>
#include <string_view>
#include <utility>

namespace benchmark {
namespace {

/// One contestant of one row. "%" in the name of the row stands for each of some words in turn.
struct Place {
    std::string_view group;
    std::string_view row;
    std::string_view contestant;
};

/// `what` takes at most `most`: of its unit, or of the reference if there is one.
struct Figure {
    Place what;
    double most;
    std::span<const std::string_view> words;
    Place reference{};

    [[nodiscard]] bool relative() const noexcept { return !reference.group.empty(); }
};

/// Of the contestants of a row, the dearest takes at most `most` of the cheapest.
struct FlatFigure {
    std::string_view group;
    std::string_view row;
    double most;
};

using Words = std::string_view;
constexpr Words none[] = {""};
constexpr Words small_sizes[] = {"2 B", "16 B", "125 B"};
constexpr Words page_sizes[] = {"4 KiB, reads of 16 KiB",  "4 KiB, reads of 64 KiB",
                                "16 KiB, reads of 16 KiB", "16 KiB, reads of 64 KiB",
                                "64 KiB, reads of 16 KiB", "64 KiB, reads of 64 KiB"};
constexpr Words reads[] = {"16 KiB", "64 KiB"};
constexpr Words one_frame_sizes[] = {"16 B", "125 B", "1 KiB", "16 KiB"};
constexpr Words copied_sizes[] = {"2 B", "16 B", "125 B", "1 KiB", "16 KiB", "64 KiB"};
constexpr Words large_sizes[] = {"1 KiB", "4 KiB", "16 KiB", "64 KiB", "1 MiB"};
constexpr Words gather_sizes[] = {"2 B", "16 B", "1 KiB", "64 KiB", "1 MiB"};
constexpr Words deflate_sizes[] = {"100 B", "1 KiB", "16 KiB"};

constexpr Words small_row = "server, binary, %, reads of 64 KiB";
constexpr Words whole_row = "server, binary, %, one frame a read";
constexpr Words one_row = "server, binary, 125 B, one frame a read";
constexpr Words mega_row = "server, binary, 1 MiB, reads of %";
constexpr Words multibyte_row = "server, multi-byte text, 16 KiB, reads of %";
constexpr Words ascii_row = "server, ASCII text, 16 KiB, reads of %";
constexpr Words accept_row = "server: 430-byte request in, 101 out";

constexpr Place in_row(Words row, Words contestant) {
    return {"receive", row, contestant};
}

constexpr Figure figures[] = {
    {in_row(small_row, "chunks"), 1.0 / 6, small_sizes, in_row(small_row, "Beast")},
    {in_row("server, binary, 16 B, reads of 64 KiB", "chunks"), 8, none},
    {in_row(one_row, "chunks"), 0.25, none, in_row(one_row, "Beast")},
    {in_row("server, binary, %", "chunks"), 1.15, page_sizes, in_row("server, binary, %", "limit")},
    {in_row(mega_row, "messages"), 1.05, reads, in_row(mega_row, "Beast")},
    {in_row(multibyte_row, "chunks"), 0.05, reads, in_row(multibyte_row, "Beast")},
    {in_row(multibyte_row, "chunks"), 1.2, reads, in_row(multibyte_row, "limit")},
    {in_row(ascii_row, "chunks"), 1.25, reads, in_row(ascii_row, "limit")},
    {in_row(small_row, "messages"), 1.1, small_sizes, in_row(small_row, "chunks")},
    {in_row(whole_row, "messages"), 1.1, one_frame_sizes, in_row(whole_row, "chunks")},
    {in_row(small_row, "chunks copied"), 1, copied_sizes, in_row(small_row, "memcpy + chunks")},
    {{"send", "server, appended, %", "wsproto"},
     1.1,
     large_sizes,
     {"send", "server, appended, %", "memcpy"}},
    {{"send", "server, appended, 16 B", "wsproto"}, 6, none},
    {{"send", "server, gathered, %", "wsproto"}, 6, gather_sizes},
    {{"send", "client, appended, 16 KiB", "wsproto"},
     1.25,
     none,
     {"send", "client, appended, 16 KiB", "limit"}},
    {{"send", "client, appended, 16 B", "wsproto"}, 15, none},
    {{"deflate", "round trip, %", "wsproto"},
     1.03,
     deflate_sizes,
     {"deflate", "round trip, %", "zlib alone"}},
    {{"handshake", accept_row, "wsproto"}, 0.25, none, {"handshake", accept_row, "Beast"}},
    {{"handshake", accept_row, "wsproto"}, 900, none},
    {{"memory", "idle, no deflate", "chunks"}, 512, none},
    {{"memory", "used, no deflate", "chunks"}, 512, none},
    {{"memory", "idle, deflate, no context takeover", "chunks"}, 1024, none},
    {{"memory", "used, deflate, no context takeover", "chunks"}, 1024, none},
    {{"memory", "allocations of a message received, %", "chunks"}, 0, one_frame_sizes},
    {{"memory", "allocations of a message sent, %", "chunks"}, 0, one_frame_sizes},
};

constexpr FlatFigure flat_figures[] = {
    {"linearity", "1 KiB of a binary message of this size, reads of 64 KiB", 1.15},
    {"linearity", "1 B of a request of this size, byte by byte", 1.25},
};

std::string row_name(Words row, Words word) {
    std::string name{row};
    if (const std::size_t at = name.find('%'); at != std::string::npos) {
        name.replace(at, 1, word);
    }
    return name;
}

const Series* find(const Harness& harness, const Place& place, Words word) {
    const Row* const row = harness.find(place.group, row_name(place.row, word));
    const Series* const series = row == nullptr ? nullptr : row->find(place.contestant);
    return series == nullptr || series->samples.empty() ? nullptr : series;
}

std::string shown(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
}

std::string describe(const Figure& figure, Words word) {
    const Place& what = figure.what;
    std::string text{what.group};
    text += ": " + row_name(what.row, word) + ": " + std::string{what.contestant};
    if (figure.relative()) {
        text += " / " + std::string{figure.reference.contestant};
    }
    return text;
}

/// What is near 1 is judged by the lower quartile, because noise only adds; all else by the median.
std::vector<std::string> verdict(std::string what, const Samples& values, double most, bool close) {
    const double judged = close ? lower_quartile(values) : median(values);
    return {std::move(what), shown(median(values)),         shown(lower_quartile(values)),
            shown(most),     close ? "quartile" : "median", judged <= most ? "reached" : "MISSED"};
}

/// Nothing if it was not measured.
std::vector<std::string> judge(const Harness& harness, const Figure& figure, Words word) {
    const Series* const series = find(harness, figure.what, word);
    const Series* const below = figure.relative() ? find(harness, figure.reference, word) : nullptr;
    if (series == nullptr || (figure.relative() && below == nullptr)) {
        return {};
    }
    const bool close = figure.relative() && figure.most > 0.5 && figure.most < 1.1;
    return verdict(
        describe(figure, word),
        below == nullptr ? series->samples : paired_ratios(series->samples, below->samples),
        figure.most, close);
}

std::vector<std::string> judge(const Harness& harness, const FlatFigure& figure) {
    const Row* const row = harness.find(figure.group, figure.row);
    if (row == nullptr || row->series.size() < 2 || row->series.front().samples.empty()) {
        return {};
    }
    const auto [least, most] = std::minmax_element(
        row->series.begin(), row->series.end(), [](const Series& one, const Series& other) {
            return median(one.samples) < median(other.samples);
        });
    const std::string text = std::string{figure.group} + ": " + std::string{figure.row} + ": " +
                             most->name + " / " + least->name;
    return verdict(text, paired_ratios(most->samples, least->samples), figure.most, false);
}

}  // namespace

void print_figures(std::ostream& out, const Harness& harness) {
    std::vector<std::vector<std::string>> lines{
        {"figures to reach", "median", "lower quartile", "at most", "judged by", ""}};
    const auto add = [&](std::vector<std::string> line) {
        if (!line.empty()) {
            lines.push_back(std::move(line));
        }
    };
    for (const Figure& figure : figures) {
        for (const Words word : figure.words) {
            add(judge(harness, figure, word));
        }
    }
    for (const FlatFigure& figure : flat_figures) {
        add(judge(harness, figure));
    }
    if (lines.size() > 1) {
        print_columns(out, lines);
    }
}

}  // namespace benchmark
