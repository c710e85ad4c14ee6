#include <wsproto/detail/utf8_lookup.hpp>

#include "catch.hpp"

#include "support_kernels.hpp"
#include "support_text.hpp"

using namespace wsproto;
using namespace wsproto::detail;
using namespace support;

#if WSPROTO_DETAIL_X86_64 || WSPROTO_DETAIL_NEON

namespace {

bool is_supported() {
#if WSPROTO_DETAIL_X86_64
    return can_test(has_ssse3(), "SSSE3");
#else
    return true;
#endif
}

}  // namespace

TEST_CASE(
    "vectors of 16 bytes: every mistake in every place of a block has the state of the plain run") {
    if (is_supported()) {
        CHECK(count_wrong_on_events(min_utf8_lookup, utf8_run_lookup) == 0);
    }
}

TEST_CASE(
    "vectors of 16 bytes: every sequence of two and three bytes has the state of the plain run") {
    if (is_supported()) {
        CHECK(count_wrong_on_sequences(min_utf8_lookup, utf8_run_lookup) == 0);
    }
}

TEST_CASE("vectors of 16 bytes: every code point that is cut off has the state of the plain run") {
    if (is_supported()) {
        CHECK(count_wrong_on_truncated_sequences(min_utf8_lookup, utf8_run_lookup) == 0);
    }
}

TEST_CASE(
    "vectors of 16 bytes: every code point has the state of the plain run, cut at every place") {
    if (is_supported()) {
        CHECK(count_wrong_on_code_points(min_utf8_lookup, utf8_run_lookup) == 0);
    }
}

TEST_CASE("vectors of 16 bytes: every size, from every state on, has the state of the plain run") {
    if (is_supported()) {
        CHECK(count_wrong_on_sizes(min_utf8_lookup, utf8_run_lookup) == 0);
    }
}

TEST_CASE("vectors of 16 bytes: random texts have the state of the plain run") {
    if (is_supported()) {
        CHECK(count_wrong_on_random_texts(min_utf8_lookup, utf8_run_lookup) == 0);
    }
}

#else

TEST_CASE("without vectors of 16 bytes there is nothing to look up in") {
    can_test(false, "SSSE3 or NEON");
}

#endif
