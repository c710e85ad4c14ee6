#include <wsproto/detail/cpu.hpp>

#include "catch.hpp"

using namespace wsproto::detail;

static_assert(!(is_x86_64 && has_neon));

#if WSPROTO_DETAIL_X86_64

TEST_CASE("what came later is there only with what came before") {
    if (has_avx2()) {
        CHECK(has_ssse3());
    }
    if (has_sha()) {
        CHECK(has_ssse3());
    }
}

TEST_CASE("what the compiler may use everywhere, the processor has") {
    CHECK((!built_for_avx2 || has_avx2()));
}

namespace {

const bool had_avx2_early = has_avx2();
const bool had_sha_early = has_sha();

}  // namespace

TEST_CASE("constructors that run before main get the same answers") {
    CHECK(had_avx2_early == has_avx2());
    CHECK(had_sha_early == has_sha());
}

#else

TEST_CASE("other processors are asked nothing") {
    CHECK_FALSE(is_x86_64);
}

#endif
