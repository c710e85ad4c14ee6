#include <wsproto/detail/head_run.hpp>

#include "catch.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

using namespace wsproto::detail;

namespace {

/// Compares a count with one by one, at every place of every byte between legal ones.
template <typename Count, typename Legal>
void check_count(Count count, Legal legal, char filler) {
    for (std::size_t place = 0; place != 40; ++place) {
        for (int code = 0; code != 256; ++code) {
            std::string text(40, filler);
            text[place] = static_cast<char>(code);
            text[39 - place / 2] = '\x01';
            for (std::size_t from = 0; from != 9; ++from) {
                const std::string_view rest = std::string_view{text}.substr(from);
                const auto end = std::find_if_not(rest.begin(), rest.end(), legal);
                REQUIRE(count(rest) == static_cast<std::size_t>(end - rest.begin()));
            }
        }
    }
}

}  // namespace

TEST_CASE("printable bytes are counted like one by one") {
    const auto legal = [](char c) { return c != '\t' && is_field_value({&c, 1}); };
    check_count(count_printable, legal, '\xfe');
    check_count(count_printable, legal, '\x20');
}

TEST_CASE("visible characters are counted like one by one") {
    check_count(count_visible, is_visible_char, '!');
    check_count(count_visible, is_visible_char, '~');
}

TEST_CASE("token characters are counted like one by one") {
    check_count(count_token_chars, is_token_char, 'z');
    check_count(count_token_chars, is_token_char, '9');
}
