#include <wsproto/detail/mask_pieces.hpp>

#include "catch.hpp"

#include "support_kernels.hpp"

#include <cstdint>

using namespace wsproto::detail;
using namespace support;

TEMPLATE_TEST_CASE("a payload is masked piece by piece as the plain definition does", "",
                   std::uint64_t, LongestPiece) {
    CHECK(count_wrong_in_place(64, mask_pieces<TestType>) == 0);
    CHECK(count_wrong_copies(64, mask_pieces<TestType>) == 0);
}
