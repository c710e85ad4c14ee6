#include <wsproto/detail/sha1_ni.hpp>

#include "catch.hpp"

#include "support_kernels.hpp"

#include <random>

using namespace wsproto::detail;

TEST_CASE("the instructions for SHA-1 give the hash of two blocks that the portable rounds give") {
#if WSPROTO_DETAIL_X86_64
    const bool has = support::can_test(has_sha(), "SHA-1");
    std::mt19937 random{20240612};
    for (int i = 0; has && i < 1000; ++i) {
        std::array<std::byte, 2 * sha1_block_size> bytes{};
        for (std::byte& byte : bytes) {
            byte = static_cast<std::byte>(random());
        }
        const std::span blocks{bytes};
        Sha1State expected = sha1_initial;
        sha1_add_block(expected, blocks.first<sha1_block_size>());
        sha1_add_block(expected, blocks.last<sha1_block_size>());
        const Sha1Schedule schedule = sha1_schedule(blocks.last<sha1_block_size>());
        CHECK(sha1_two_blocks_ni(blocks.first<sha1_block_size>(), schedule) == expected);
    }
#else
    support::can_test(false, "SHA-1");
#endif
}
