// How the data of each kind is made: from fixed randomness, the same in every run.
#include "payloads.hpp"

#include "support_deflate.hpp"

#include <array>
#include <cstddef>
#include <random>
#include <string_view>

namespace conformance {
namespace {

template <typename NextPart>
std::string filled(std::size_t size, NextPart next_part) {
    std::mt19937 random{20240701};
    std::string data;
    while (data.size() < size) {
        data += next_part(random);
    }
    data.resize(size);
    return data;
}

std::string sentence(std::mt19937& random) {
    constexpr std::array<std::string_view, 12> words = {
        "Habe ",     "nun, ",     "ach! ",      "Philosophie, ", "Juristerei ",  "und ",
        "Medizin, ", "durchaus ", "studiert, ", "mit ",          "hei\u00dfem ", "Bem\u00fchn.\n"};
    return std::string{words[random() % words.size()]};
}

std::string row(std::mt19937& random) {
    return "<tr class=\"case_row\"><td><a href=\"#case_" + std::to_string(random() % 500) +
           "\">Pass</a></td><td>" + std::to_string(random() % 9999) + " ms</td></tr>\n";
}

// A line of pixels that differ little from one another.
std::string pixels(std::mt19937& random) {
    std::string line;
    std::size_t shade = random() % 256;
    for (int i = 0; i != 512; ++i) {
        shade += static_cast<unsigned>(random() % 5);
        line += static_cast<char>(shade - 2);
    }
    return line;
}

}  // namespace

const std::string& json() {
    static const std::string data = deflate_support::sample_text(194'056);
    return data;
}

const std::string& bitmap() {
    static const std::string data = filled(263'222, pixels);
    return data;
}

const std::string& prose() {
    static const std::string data = filled(222'218, sentence);
    return data;
}

const std::string& html() {
    static const std::string data = filled(263'647, row);
    return data;
}

const std::string& document() {
    static const std::string data = deflate_support::mixed_data(1'042'328);
    return data;
}

}  // namespace conformance
