#include <wsproto/detail/utf8_avx2.hpp>

#include "catch.hpp"

#include "support_kernels.hpp"
#include "support_text.hpp"

using namespace wsproto;
using namespace wsproto::detail;
using namespace support;

#if WSPROTO_DETAIL_X86_64

TEST_CASE("AVX2: every mistake in every place of a block has the state of the plain run") {
    if (can_test(has_avx2(), "AVX2")) {
        CHECK(count_wrong_on_events(min_utf8_avx2, utf8_run_avx2) == 0);
    }
}

TEST_CASE("AVX2: every sequence of two and three bytes has the state of the plain run") {
    if (can_test(has_avx2(), "AVX2")) {
        CHECK(count_wrong_on_sequences(min_utf8_avx2, utf8_run_avx2) == 0);
    }
}

TEST_CASE("AVX2: every code point that is cut off has the state of the plain run") {
    if (can_test(has_avx2(), "AVX2")) {
        CHECK(count_wrong_on_truncated_sequences(min_utf8_avx2, utf8_run_avx2) == 0);
    }
}

TEST_CASE("AVX2: every code point has the state of the plain run, cut at every place") {
    if (can_test(has_avx2(), "AVX2")) {
        CHECK(count_wrong_on_code_points(min_utf8_avx2, utf8_run_avx2) == 0);
    }
}

TEST_CASE("AVX2: every size, from every state on, has the state of the plain run") {
    if (can_test(has_avx2(), "AVX2")) {
        CHECK(count_wrong_on_sizes(min_utf8_avx2, utf8_run_avx2) == 0);
    }
}

TEST_CASE("AVX2: random texts have the state of the plain run") {
    if (can_test(has_avx2(), "AVX2")) {
        CHECK(count_wrong_on_random_texts(min_utf8_avx2, utf8_run_avx2) == 0);
    }
}

#else

TEST_CASE("without AVX2 there is nothing to look up in") {
    can_test(false, "AVX2");
}

#endif
