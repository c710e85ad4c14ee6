#include <wsproto/detail/mask.hpp>

#include "catch.hpp"

#include <array>
#include <cstddef>

using namespace wsproto;
using namespace wsproto::detail;

namespace {

constexpr std::size_t max_size = 300;
constexpr std::size_t max_offset = 64;

constexpr MaskingKey key{std::byte{0x37}, std::byte{0xfa}, std::byte{0x21}, std::byte{0x3d}};

/// Bytes that differ from their neighbours.
Bytes pattern(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<std::byte>(i * 167 + 13);
    }
    return bytes;
}

Bytes masked_plain(BytesView in, MaskingKey masking_key = key) {
    Bytes out(in.size());
    mask_copy_plain(out.data(), in, masking_key);
    return out;
}

/// Calls `check(size, offset)` for every size and every place in a cache line.
template <typename Check>
void for_each_size_and_offset(Check check) {
    for (std::size_t size = 0; size <= max_size; ++size) {
        for (std::size_t offset = 0; offset < max_offset; ++offset) {
            check(size, offset);
        }
    }
}

constexpr std::array<std::byte, 5> masked_at_compile_time(std::array<std::byte, 5> bytes) {
    mask_in_place(bytes, key);
    std::array<std::byte, 5> back{};
    mask_copy(back.data(), bytes, key);
    mask_in_place(back, key);
    return back;
}

// RFC 6455 §5.7: a masked "Hello".
constexpr std::array hello{std::byte{0x48}, std::byte{0x65}, std::byte{0x6c}, std::byte{0x6c},
                           std::byte{0x6f}};
constexpr std::array masked_hello{std::byte{0x7f}, std::byte{0x9f}, std::byte{0x4d},
                                  std::byte{0x51}, std::byte{0x58}};

static_assert(masked_at_compile_time(hello) == masked_hello);
static_assert(rotate(key, 0) == key);
static_assert(rotate(key, 1) == MaskingKey{key[1], key[2], key[3], key[0]});
static_assert(rotate(key, 6) == MaskingKey{key[2], key[3], key[0], key[1]});
static_assert(rotate(key, 1'000'003) == MaskingKey{key[3], key[0], key[1], key[2]});

}  // namespace

TEST_CASE("the example of the RFC is masked as it stands there") {
    Bytes text(hello.begin(), hello.end());
    mask_in_place(text, key);
    CHECK(text == Bytes(masked_hello.begin(), masked_hello.end()));
    CHECK(masked_plain(hello) == text);
}

TEST_CASE("masking in place is the plain one at every size and alignment, and stays inside") {
    const Bytes before = pattern(max_offset + max_size + max_offset);
    int wrong = 0;
    for_each_size_and_offset([&](std::size_t size, std::size_t offset) {
        Bytes expected = before;
        mask_in_place_plain(MutableBytesView{expected}.subspan(offset, size), key);
        Bytes actual = before;
        mask_in_place(MutableBytesView{actual}.subspan(offset, size), key);
        wrong += actual != expected;
    });
    CHECK(wrong == 0);
}

TEST_CASE("the masking copy is the plain one at every size and alignment, and stays inside") {
    const Bytes in = pattern(max_offset + max_size);
    const Bytes before(max_offset + max_size + max_offset, std::byte{0xee});
    int wrong = 0;
    for_each_size_and_offset([&](std::size_t size, std::size_t offset) {
        const std::size_t out_offset = (offset * 5 + size) % max_offset;
        const BytesView piece = BytesView{in}.subspan(offset, size);
        Bytes expected = before;
        mask_copy_plain(expected.data() + out_offset, piece, key);
        Bytes actual = before;
        mask_copy(actual.data() + out_offset, piece, key);
        wrong += actual != expected;
    });
    CHECK(wrong == 0);
    CHECK(in == pattern(in.size()));
}

TEST_CASE("masking in two pieces, the key rotated, is masking at once, for every split") {
    int wrong = 0;
    for (std::size_t size = 0; size <= max_size; ++size) {
        const Bytes whole = pattern(size);
        const Bytes expected = masked_plain(whole);
        for (std::size_t split = 0; split <= size; ++split) {
            Bytes actual = whole;
            mask_in_place(MutableBytesView{actual}.first(split), key);
            mask_in_place(MutableBytesView{actual}.subspan(split), rotate(key, split));
            wrong += actual != expected;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("masking twice restores the bytes") {
    Bytes bytes = pattern(1000);
    mask_in_place(bytes, key);
    CHECK(bytes != pattern(1000));
    mask_in_place(bytes, key);
    CHECK(bytes == pattern(1000));
}

TEST_CASE("masking many bytes is the plain one") {
    const Bytes before = pattern(100'003);
    Bytes bytes = before;
    mask_in_place(bytes, rotate(key, 3));
    CHECK(bytes == masked_plain(before, rotate(key, 3)));
}

TEST_CASE("masking no bytes needs no memory") {
    Bytes nothing = pattern(0);
    mask_in_place(nothing, key);
    mask_copy(nothing.data(), nothing, key);
    CHECK(nothing.empty());
}
