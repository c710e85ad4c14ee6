#include <wsproto/detail/vector_256.hpp>

#include "catch.hpp"

#include "support_kernels.hpp"

using namespace wsproto;
using namespace wsproto::detail;
using namespace support;

#if WSPROTO_DETAIL_X86_64

namespace {

[[gnu::target("avx2")]] Bytes masked(BytesView in) {
    Bytes out(in.size());
    store_256(out.data(), load_256(in.data()) ^ repeat_256(example_key));
    return out;
}

[[gnu::target("avx2")]] bool is_ascii(BytesView in) {
    return is_ascii_256(load_256(in.data()));
}

}  // namespace

#endif

TEST_CASE("a vector of 32 bytes is loaded, combined with a key, stored, and looked through") {
#if WSPROTO_DETAIL_X86_64
    if (can_test(has_avx2(), "AVX2")) {
        CHECK(masked(pattern(32)) == masked_plain(pattern(32)));
        Bytes bytes(32, std::byte{0x7f});
        CHECK(is_ascii(bytes));
        for (std::byte& byte : bytes) {
            byte = std::byte{0x80};
            CHECK_FALSE(is_ascii(bytes));
            byte = std::byte{0x7f};
        }
    }
#else
    can_test(false, "AVX2");
#endif
}
