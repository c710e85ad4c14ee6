#include <wsproto/detail/unmask_ascii.hpp>

#include "catch.hpp"

#include "support_kernels.hpp"

#include <cstdint>

using namespace wsproto;
using namespace wsproto::detail;
using namespace support;

namespace {

/// ASCII with one byte that is not, masked.
Bytes masked_text(std::size_t size, std::size_t place) {
    Bytes text(size, std::byte{'a'});
    if (place < size) {
        text[place] = std::byte{0xc3};
    }
    return masked_plain(text);
}

/// How often `unmask`, of blocks of `block_size`, does not unmask just what it says, or stops
/// early, or unmasks a block that is not ASCII.
template <typename Unmask>
int count_wrong(std::size_t block_size, Unmask unmask) {
    int wrong = 0;
    for (std::size_t size = 129; size <= 400; size += 9) {
        for (std::size_t place = 0; place <= size; ++place) {
            const std::size_t offset = (place * 7) % cache_line;
            const Bytes masked = masked_text(size, place);
            Bytes data = at_end_of_buffer(offset, masked);
            const std::size_t done = unmask(MutableBytesView{data}.subspan(offset), example_key);
            wrong += done > place || std::min(place, size) - done >= block_size + 32;
            const Bytes text = masked_plain(masked);
            Bytes expected = at_end_of_buffer(offset, masked);
            std::copy_n(text.begin(), done, expected.begin() + static_cast<std::ptrdiff_t>(offset));
            wrong += data != expected;
        }
    }
    return wrong;
}

}  // namespace

TEMPLATE_TEST_CASE("ASCII is unmasked piece by piece up to the block that is not", "",
                   std::uint64_t, LongestPiece) {
    CHECK(count_wrong(4 * sizeof(TestType), unmask_ascii_pieces<TestType>) == 0);
}

TEST_CASE("ASCII is unmasked with AVX2 up to the block that is not") {
#if WSPROTO_DETAIL_X86_64
    if (can_test(has_avx2(), "AVX2")) {
        CHECK(count_wrong(128, unmask_ascii_avx2) == 0);
    }
#else
    can_test(false, "AVX2");
#endif
}

TEST_CASE("ASCII is unmasked, by whoever is chosen, up to the block that is not") {
    CHECK(count_wrong(128, unmask_ascii) == 0);
}
