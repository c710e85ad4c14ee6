#include <wsproto/detail/mask.hpp>

#include "catch.hpp"

#include "support_kernels.hpp"

#include <array>
#include <cstddef>

using namespace wsproto;
using namespace wsproto::detail;
using namespace support;

namespace {

constexpr std::array<std::byte, 5> masked_at_compile_time(std::array<std::byte, 5> bytes) {
    mask_in_place(bytes, example_key);
    std::array<std::byte, 5> back{};
    mask_copy(back.data(), bytes, example_key);
    mask_in_place(back, example_key);
    return back;
}

// RFC 6455 §5.7: a masked "Hello".
constexpr std::array hello{std::byte{0x48}, std::byte{0x65}, std::byte{0x6c}, std::byte{0x6c},
                           std::byte{0x6f}};
constexpr std::array masked_hello{std::byte{0x7f}, std::byte{0x9f}, std::byte{0x4d},
                                  std::byte{0x51}, std::byte{0x58}};

static_assert(masked_at_compile_time(hello) == masked_hello);

/// What masks in place as if it copied.
constexpr auto in_place = [](std::byte* out, const std::byte* /*in*/, std::size_t size,
                             MaskingKey key) {
    mask_in_place({out, size}, key);
};
constexpr auto copying = [](std::byte* out, const std::byte* in, std::size_t size, MaskingKey key) {
    mask_copy(out, {in, size}, key);
};

}  // namespace

TEST_CASE("the example of the RFC is masked as it stands there") {
    Bytes text(hello.begin(), hello.end());
    mask_in_place(text, example_key);
    CHECK(text == Bytes(masked_hello.begin(), masked_hello.end()));
    CHECK(masked_plain(hello) == text);
}

TEST_CASE(
    "fast unmasking wrong at odd splits: in place it is the plain one at every size and alignment",
    "[attack]") {
    CHECK(count_wrong_in_place(0, in_place) == 0);
}

TEST_CASE("the masking copy is the plain one at every size and alignment, and stays inside") {
    CHECK(count_wrong_copies(0, copying) == 0);
}

TEST_CASE("fast unmasking wrong at odd splits: two pieces, the key rotated, are masked as one",
          "[attack]") {
    int wrong = 0;
    for (std::size_t size = 0; size <= max_size; ++size) {
        const Bytes whole = pattern(size);
        const Bytes expected = masked_plain(whole);
        for (std::size_t split = 0; split <= size; ++split) {
            Bytes actual = whole;
            mask_in_place(MutableBytesView{actual}.first(split), example_key);
            mask_in_place(MutableBytesView{actual}.subspan(split), rotate(example_key, split));
            wrong += actual != expected;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("masking twice restores the bytes") {
    Bytes bytes = pattern(1000);
    mask_in_place(bytes, example_key);
    CHECK(bytes != pattern(1000));
    mask_in_place(bytes, example_key);
    CHECK(bytes == pattern(1000));
}

TEST_CASE("masking many bytes is the plain one") {
    const Bytes before = pattern(100'003);
    Bytes bytes = before;
    mask_in_place(bytes, rotate(example_key, 3));
    CHECK(bytes == masked_plain(before, rotate(example_key, 3)));
    mask_copy(bytes.data(), before, example_key);
    CHECK(bytes == masked_plain(before));
}

TEST_CASE("masking no bytes needs no memory") {
    Bytes nothing = pattern(0);
    mask_in_place(nothing, example_key);
    mask_copy(nothing.data(), nothing, example_key);
    CHECK(nothing.empty());
}
