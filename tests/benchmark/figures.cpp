// The figures that wsproto is to reach, each against rows that were measured.
#include "report.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <span>
#include <string_view>

namespace benchmark {
namespace {

/// One contestant of one row. "%" in the name of the row stands for each of some words in turn.
struct Place {
    std::string_view group;
    std::string_view row;
    std::string_view contestant;
};

/// `what` takes at most `most`: of its unit, or of the sum of the references.
struct Figure {
    Place what;
    double most;
    std::span<const std::string_view> words;
    std::array<Place, 2> references{};
};

using Words = std::string_view;
constexpr Words none[] = {""};
constexpr Words small_sizes[] = {"2 B", "16 B", "125 B"};
constexpr Words page_sizes[] = {"4 KiB, reads of 16 KiB",  "4 KiB, reads of 64 KiB",
                                "16 KiB, reads of 16 KiB", "16 KiB, reads of 64 KiB",
                                "64 KiB, reads of 16 KiB", "64 KiB, reads of 64 KiB"};
constexpr Words reads[] = {"16 KiB", "64 KiB"};
constexpr Words one_frame_sizes[] = {"16 B", "125 B", "1 KiB", "16 KiB"};
constexpr Words large_sizes[] = {"1 KiB", "4 KiB", "16 KiB", "64 KiB", "1 MiB"};
constexpr Words gather_sizes[] = {"2 B", "16 B", "1 KiB", "64 KiB", "1 MiB"};
constexpr Words deflate_sizes[] = {"100 B", "1 KiB", "16 KiB"};

constexpr Words small_row = "server, binary, %, reads of 64 KiB";
constexpr Words one_row = "server, binary, 125 B, one frame a read";
constexpr Words mega_row = "server, binary, 1 MiB, reads of %";
constexpr Words multibyte_row = "server, multi-byte text, 16 KiB, reads of %";
constexpr Words ascii_row = "server, ASCII text, 16 KiB, reads of %";
constexpr Words accept_row = "server: 430-byte request in, 101 out";

constexpr Place in_row(Words row, Words contestant) {
    return {"receive", row, contestant};
}

constexpr Figure figures[] = {
    {in_row(small_row, "chunks"), 1.0 / 6, small_sizes, {in_row(small_row, "Beast")}},
    {in_row("server, binary, 16 B, reads of 64 KiB", "chunks"), 8, none},
    {in_row(one_row, "chunks"), 0.25, none, {in_row(one_row, "Beast")}},
    {in_row("server, binary, %", "chunks"),
     1.15,
     page_sizes,
     {in_row("server, binary, %", "limit")}},
    {in_row(mega_row, "messages"), 1.05, reads, {in_row(mega_row, "Beast")}},
    {in_row(multibyte_row, "chunks"), 0.05, reads, {in_row(multibyte_row, "Beast")}},
    {in_row(multibyte_row, "chunks"), 1.2, reads, {in_row(multibyte_row, "limit")}},
    {in_row(ascii_row, "chunks"), 1.25, reads, {in_row(ascii_row, "limit")}},
    {in_row(small_row, "messages"), 1.1, one_frame_sizes, {in_row(small_row, "chunks")}},
    {in_row(small_row, "chunks copied"),
     1,
     one_frame_sizes,
     {in_row(small_row, "chunks"), {"limits", "%, in 64 KiB", "copy a read"}}},
    {{"send", "server, appended, %", "wsproto"},
     1.1,
     large_sizes,
     {Place{"send", "server, appended, %", "limit"}}},
    {{"send", "server, appended, 16 B", "wsproto"}, 6, none},
    {{"send", "server, gathered, %", "wsproto"}, 6, gather_sizes},
    {{"send", "client, appended, 16 KiB", "wsproto"},
     1.25,
     none,
     {Place{"send", "client, appended, 16 KiB", "limit"}}},
    {{"send", "client, appended, 16 B", "wsproto"}, 15, none},
    {{"deflate", "round trip, %", "wsproto"},
     1.03,
     deflate_sizes,
     {Place{"deflate", "round trip, %", "zlib alone"}}},
    {{"handshake", accept_row, "wsproto"}, 0.25, none, {Place{"handshake", accept_row, "Beast"}}},
    {{"handshake", accept_row, "wsproto"}, 900, none},
    {{"memory", "idle, no deflate", "chunks"}, 512, none},
    {{"memory", "used, no deflate", "chunks"}, 512, none},
    {{"memory", "used, deflate, no context takeover", "chunks"}, 1024, none},
    {{"memory", "allocations of a message received, %", "chunks"}, 0, one_frame_sizes},
    {{"memory", "allocations of a message sent, %", "chunks"}, 0, one_frame_sizes},
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

/// The sum of the references, round by round; empty if one was not measured.
Samples sum_of_references(const Harness& harness, const Figure& figure, Words word) {
    Samples sum;
    for (const Place& place : figure.references) {
        if (place.group.empty()) {
            continue;
        }
        const Series* const series = find(harness, place, word);
        if (series == nullptr) {
            return {};
        }
        sum.resize(series->samples.size());
        for (std::size_t round = 0; round < sum.size(); ++round) {
            sum[round] += series->samples[round];
        }
    }
    return sum;
}

std::string shown(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
}

std::string describe(const Figure& figure, Words word) {
    const auto name = [&](const Place& place) {
        return row_name(place.row, word) + ": " + std::string{place.contestant};
    };
    std::string text = std::string{figure.what.group} + ": " + name(figure.what);
    for (const Place& place : figure.references) {
        if (!place.group.empty()) {
            text += &place == figure.references.data() ? " / " : " + ";
            text += place.row == figure.what.row ? std::string{place.contestant} : name(place);
        }
    }
    return text;
}

/// What is near 1 is decided by the lower quartile, because noise only adds.
std::vector<std::string> judge(const Harness& harness, const Figure& figure, Words word) {
    const Series* const series = find(harness, figure.what, word);
    const bool relative = !figure.references.front().group.empty();
    const Samples below = sum_of_references(harness, figure, word);
    if (series == nullptr || (relative && below.empty())) {
        return {};
    }
    const Samples values = relative ? paired_ratios(series->samples, below) : series->samples;
    const double low = lower_quartile(values);
    const double middle = median(values);
    const bool close = relative && figure.most > 0.5;
    const bool reached = (close ? low : middle) <= figure.most;
    return {describe(figure, word), shown(middle), shown(low), shown(figure.most),
            reached ? "reached" : "MISSED"};
}

}  // namespace

void print_figures(std::ostream& out, const Harness& harness) {
    std::vector<std::vector<std::string>> lines{
        {"figures to reach", "median", "lower quartile", "at most", ""}};
    for (const Figure& figure : figures) {
        for (const Words word : figure.words) {
            if (auto line = judge(harness, figure, word); !line.empty()) {
                lines.push_back(std::move(line));
            }
        }
    }
    if (lines.size() > 1) {
        print_columns(out, lines);
    }
}

}  // namespace benchmark
