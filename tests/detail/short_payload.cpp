#include <wsproto/detail/short_payload.hpp>

#include "catch.hpp"

#include "support_kernels.hpp"

#include <cstdint>

using namespace wsproto;
using namespace wsproto::detail;
using namespace support;

namespace {

/// Masked ASCII, at the end of a buffer.
Bytes masked_ascii(std::size_t offset, std::size_t size) {
    return at_end_of_buffer(offset, masked_plain(Bytes(size, std::byte{'a'})));
}

}  // namespace

TEMPLATE_TEST_CASE("a short payload is masked as the plain definition does, and nothing else", "",
                   std::uint64_t, LongestPiece) {
    const auto mask = [](std::byte* out, const std::byte* in, std::size_t size, MaskingKey key) {
        if (size <= max_short_payload) {
            mask_short<TestType>(out, in, size, key);
        } else {
            mask_copy_plain(out, {in, size}, key);
        }
    };
    CHECK(count_wrong_in_place(0, mask) == 0);
    CHECK(count_wrong_copies(0, mask) == 0);
}

TEMPLATE_TEST_CASE("a short payload is copied, and nothing else changes", "", std::uint64_t,
                   LongestPiece) {
    int wrong = 0;
    for (std::size_t size = 0; size <= max_short_payload; ++size) {
        Bytes expected(size + 2, std::byte{0x99});
        Bytes copy = expected;
        for (std::size_t i = 0; i < size; ++i) {
            expected[i + 1] = static_cast<std::byte>(i);
        }
        copy_short<TestType>(copy.data() + 1, BytesView{expected}.subspan(1, size));
        wrong += copy != expected;
    }
    CHECK(wrong == 0);
}

TEMPLATE_TEST_CASE("a short text is ASCII unless a byte of it is not, whichever", "", std::uint64_t,
                   LongestPiece) {
    int wrong = 0;
    for (std::size_t size = 0; size <= max_short_payload; ++size) {
        Bytes text(size, std::byte{0x7f});
        wrong += !is_short_ascii<TestType>(text);
        for (std::byte& byte : text) {
            byte = std::byte{0x80};
            wrong += is_short_ascii<TestType>(text);
            byte = std::byte{0x7f};
        }
    }
    CHECK(wrong == 0);
}

TEMPLATE_TEST_CASE("a short text is unmasked, whether it is ASCII or not", "", std::uint64_t,
                   LongestPiece) {
    int wrong = 0;
    for (std::size_t size = 0; size <= max_short_payload; ++size) {
        for (std::size_t place = 0; place <= size; ++place) {
            Bytes text(size, std::byte{'a'});
            if (place < size) {
                text[place] = std::byte{0xc3};
            }
            Bytes data = masked_plain(text);
            wrong += unmask_short<TestType>(data, example_key) != (place == size);
            wrong += data != text;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("a short text is unmasked at every alignment, and nothing else") {
    int wrong = 0;
    for (std::size_t size = 0; size <= max_short_payload; ++size) {
        for (std::size_t offset = 0; offset < cache_line; ++offset) {
            Bytes data = masked_ascii(offset, size);
            wrong += !unmask_short(MutableBytesView{data}.subspan(offset), example_key);
            wrong += data != at_end_of_buffer(offset, Bytes(size, std::byte{'a'}));
        }
    }
    CHECK(wrong == 0);
}
