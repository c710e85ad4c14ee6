#include <wsproto/detail/ascii.hpp>

#include "catch.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

using namespace wsproto::detail;
using namespace std::string_view_literals;

namespace {

static_assert(to_lower('A') == 'a' && to_lower('Z') == 'z');
static_assert(equals_ignoring_case("WebSocket", "wEBsOCKET"));
static_assert(is_in_any_case("Sec-WebSocket-Key", "sec-websocket-key"));
static_assert(is_token("permessage-deflate"));
static_assert(is_visible_ascii("/chat?x=%20"));
static_assert(is_field_value("a b"));
static_assert(trim(" \ta b\t ") == "a b");

/// The characters for which a predicate holds, in the order of their codes.
template <typename Predicate>
std::string all_chars(Predicate predicate) {
    std::string chars;
    for (int code = 0; code < 256; ++code) {
        if (const char c = static_cast<char>(code); predicate(c)) {
            chars += c;
        }
    }
    return chars;
}

/// Calls `check` with every prefix, and with what it becomes when one character is replaced by any.
template <typename Check>
void for_each_change(std::string_view whole, Check check) {
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const std::string_view prefix = whole.substr(0, size);
        check(prefix, std::string{prefix});
        for (std::size_t at = 0; at < size; ++at) {
            for (int code = 0; code < 256; ++code) {
                std::string changed{prefix};
                changed[at] = static_cast<char>(code);
                check(prefix, changed);
            }
        }
    }
}

}  // namespace

TEST_CASE("only the letters A to Z have a lower case") {
    CHECK(all_chars([](char c) { return to_lower(c) != c; }) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    CHECK(to_lower('Q') == 'q');
}

TEST_CASE("texts that differ in more than case are not equal") {
    CHECK_FALSE(equals_ignoring_case("a", "ab"));
    CHECK_FALSE(equals_ignoring_case("ab", "a"));
    CHECK_FALSE(equals_ignoring_case("a", "b"));
    CHECK_FALSE(equals_ignoring_case("[", "{"));  // 0x20 apart, as letters are
    CHECK_FALSE(equals_ignoring_case("\xc4", "\xe4"));
    CHECK(equals_ignoring_case("", ""));
}

TEST_CASE("a text is compared in words like character by character") {
    const std::string_view lower = "q-x9z0a-mb1t-sec-ny4o";
    for_each_change(lower, [](std::string_view wanted, const std::string& text) {
        REQUIRE(is_in_any_case(text, wanted) == equals_ignoring_case(text, wanted));
        REQUIRE_FALSE(is_in_any_case(text + 'a', wanted));
    });
}

TEST_CASE("a text is lowered in words like character by character") {
    const std::string_view lower = "q-x{z`a@0\xe1~m1_n[o";
    for_each_change(lower, [](std::string_view, std::string text) {
        std::string expected;
        std::transform(text.begin(), text.end(), std::back_inserter(expected), to_lower);
        make_lower(text.data(), text.size());
        REQUIRE(text == expected);
    });
}

TEST_CASE("the token characters are those of the RFC") {
    // RFC 9110 §5.6.2.
    CHECK(all_chars(is_token_char) ==
          "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~");
}

TEST_CASE("a token has at least one character, all of them token characters") {
    CHECK(is_token("a"));
    CHECK_FALSE(is_token(""));
    CHECK_FALSE(is_token("a b"));
    CHECK_FALSE(is_token(" a"));
    CHECK_FALSE(is_token("a,"));
    CHECK_FALSE(is_token("a\0"sv));
    CHECK_FALSE(is_token("\xc3\xa4"));
}

TEST_CASE("visible ASCII reaches from 21 to 7E and is not empty") {
    const std::string visible = all_chars([](char c) { return is_visible_ascii({&c, 1}); });
    CHECK(visible.size() == 0x7e - 0x21 + 1);
    CHECK(visible.front() == '!');
    CHECK(visible.back() == '~');
    CHECK_FALSE(is_visible_ascii(""));
    CHECK_FALSE(is_visible_ascii("a b"));
}

TEST_CASE("a field value has no control but the tab") {
    // RFC 9110 §5.5.
    const std::string refused = all_chars([](char c) { return !is_field_value({&c, 1}); });
    CHECK(refused ==
          "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0a\x0b\x0c\x0d\x0e\x0f"
          "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f"sv);
    CHECK(is_field_value(""));
    CHECK(is_field_value("caf\xc3\xa9"));
    CHECK_FALSE(is_field_value("a\r\nb: c"));
}

TEST_CASE("trim takes spaces and tabs, at the ends only") {
    CHECK(trim("").empty());
    CHECK(trim(" \t ").empty());
    CHECK(trim("a") == "a");
    CHECK(trim("\t a") == "a");
    CHECK(trim("a \t") == "a");
    CHECK(trim(" a \t b ") == "a \t b");
    CHECK(trim("\r\na\v") == "\r\na\v");
}
