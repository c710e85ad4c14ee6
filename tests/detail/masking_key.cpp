#include <wsproto/detail/masking_key.hpp>

#include "catch.hpp"

using namespace wsproto::detail;

namespace {

constexpr MaskingKey key{std::byte{0x37}, std::byte{0xfa}, std::byte{0x21}, std::byte{0x3d}};

static_assert(rotate(key, 0) == key);
static_assert(rotate(key, 1) == MaskingKey{key[1], key[2], key[3], key[0]});
static_assert(rotate(key, 6) == MaskingKey{key[2], key[3], key[0], key[1]});
static_assert(rotate(key, 1'000'003) == MaskingKey{key[3], key[0], key[1], key[2]});

}  // namespace

TEST_CASE("a key that is rotated in steps is as when it is rotated at once") {
    for (std::size_t first = 0; first < 9; ++first) {
        for (std::size_t second = 0; second < 9; ++second) {
            CHECK(rotate(rotate(key, first), second) == rotate(key, first + second));
        }
    }
}
