#include <wsproto/detail/utf8_grammar.hpp>

#include "catch.hpp"

#include <cstddef>
#include <cstdint>

using namespace wsproto;
using namespace wsproto::detail;

namespace {

static_assert(utf8_plain({}) == Utf8Result{.complete = 0, .valid = true});
static_assert(utf8_tail.contains(std::byte{0x80}) && utf8_tail.contains(std::byte{0xbf}));
static_assert(!utf8_tail.contains(std::byte{0x7f}) && !utf8_tail.contains(std::byte{0xc0}));
static_assert(!ByteRange{}.contains(std::byte{0}) && !ByteRange{}.contains(std::byte{1}));
static_assert(ByteRange{1, 2}.contains(std::byte{2}) && !ByteRange{1, 2}.contains(std::byte{3}));

/// The bits of a number in `size` bytes, whether that is legal or not. RFC 3629 §3.
Bytes encode(std::uint32_t number, std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = size - 1; i > 0; --i, number >>= 6) {
        bytes[i] = static_cast<std::byte>(0x80 | (number & 0x3f));
    }
    const unsigned marks = size == 1 ? 0 : 0xf00U >> size & 0xff;
    bytes[0] = static_cast<std::byte>(marks | number);
    return bytes;
}

std::size_t shortest_size(std::uint32_t number) {
    return number < 0x80 ? 1 : number < 0x800 ? 2 : number < 0x10000 ? 3 : 4;
}

bool is_scalar_value(std::uint32_t number) {
    return number < 0xd800 || (number > 0xdfff && number <= 0x10ffff);
}

Utf8Result plain(std::string_view text) {
    return utf8_plain(as_bytes(text));
}

}  // namespace

TEST_CASE("every number in every size is a code point if it may be one and is shortest") {
    int wrong = 0;
    for (std::size_t size = 1; size <= 4; ++size) {
        const std::uint32_t end = size == 1 ? 0x80 : 1U << (5 * size + 1);
        for (std::uint32_t number = 0; number < end; ++number) {
            const bool legal = is_scalar_value(number) && shortest_size(number) == size;
            const Utf8Result expected{.complete = legal ? size : 0, .valid = legal};
            wrong += utf8_plain(encode(number, size)) != expected;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("no code point begins with a tail, or with a byte of a longer form") {
    for (unsigned byte = 0x80; byte <= 0xff; ++byte) {
        const bool begins = byte >= 0xc2 && byte <= 0xf4;
        const std::array text{static_cast<std::byte>(byte)};
        CAPTURE(byte);
        CHECK(utf8_plain(text) == Utf8Result{.complete = 0, .valid = begins});
    }
}

TEST_CASE("a text is complete up to its cut or wrong code point") {
    CHECK(plain("a\u00e4\u20ac\U0001f600") == Utf8Result{.complete = 10});
    CHECK(plain("a\xc3") == Utf8Result{.complete = 1});
    CHECK(plain("ab\xe2\x82") == Utf8Result{.complete = 2});
    CHECK(plain("\u20ac\xf0\x9f\x98") == Utf8Result{.complete = 3});
    CHECK(plain("ab\xff") == Utf8Result{.complete = 2, .valid = false});
    CHECK(plain("ab\xe2\x82z") == Utf8Result{.complete = 2, .valid = false});
}
