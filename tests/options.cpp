#include <wsproto/options.hpp>

#include "catch.hpp"

using namespace wsproto;

namespace {

static_assert(min_chunk_size == 64);

#ifndef WSPROTO_TESTS_MAXIMUM_LIMITS
constexpr Limits limits{};
static_assert(limits.handshake_size == 16 * 1024 && limits.handshake_headers == 100);
static_assert(limits.frame_size == 16 * 1024 * 1024 && limits.message_size == 16 * 1024 * 1024);
static_assert(limits.fragments == 131'072);
static_assert(limits.early_data == 64 * 1024 && limits.chunk_size == 64 * 1024);
#endif
static_assert(Limits{.frame_size = ~std::uint64_t{0}}.frame_size == 0xffff'ffff'ffff'ffff);

}  // namespace

TEST_CASE("messages come in chunks unless told otherwise") {
    CHECK(Options{}.delivery == Delivery::Chunks);
    CHECK(Options{.delivery = Delivery::Messages}.delivery == Delivery::Messages);
}

TEST_CASE("each option can be given alone") {
    CHECK(Options{.limits = {.message_size = 5}}.limits.message_size == 5);
    CHECK(Options{.limits = {.message_size = 5}}.limits.fragments == Limits{}.fragments);
    bool called = false;
    const Options options{.random = RandomSource{[&](MutableBytesView) { called = true; }}};
    options.random({});
    CHECK(called);
}
