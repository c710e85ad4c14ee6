#include <wsproto/detail/mask_avx2.hpp>

#include "catch.hpp"

#include "support_kernels.hpp"

using namespace wsproto::detail;
using namespace support;

TEST_CASE("AVX2 masks as the plain definition does, and nothing else") {
#if WSPROTO_DETAIL_X86_64
    if (can_test(has_avx2(), "AVX2")) {
        CHECK(count_wrong_in_place(128, mask_avx2) == 0);
        CHECK(count_wrong_copies(128, mask_avx2) == 0);
    }
#else
    can_test(false, "AVX2");
#endif
}
