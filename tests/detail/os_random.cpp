#include <wsproto/detail/os_random.hpp>

#include "catch.hpp"

#include <algorithm>

using namespace wsproto;
using namespace wsproto::detail;

TEST_CASE("the operating system fills every byte that is asked for, and no other",
          "[rfc6455-5.3-entropy]") {
    // That none of 16 runs changes a byte has the probability 2^-128.
    const std::size_t size = GENERATE(as<std::size_t>{}, 0, 1, 4, 256, 257, 5000);
    Bytes changed(size + 2);
    for (int run = 0; run < 16; ++run) {
        Bytes bytes(size + 2);
        std::fill(bytes.begin(), bytes.end(), std::byte{});
        fill_from_os(MutableBytesView{bytes}.subspan(1, size));
        std::transform(
            bytes.begin(), bytes.end(), changed.begin(), changed.begin(),
            [run](std::byte now, std::byte before) { return run == 0 ? now : now | before; });
    }
    CHECK(changed.front() == std::byte{});
    CHECK(changed.back() == std::byte{});
    CHECK(std::count(changed.begin() + 1, changed.end() - 1, std::byte{}) == 0);
}

TEST_CASE("requests that no system serves at once are filled") {
    Bytes bytes(3 << 20, std::byte{});
    fill_from_os(bytes);
    const auto end_has_zeros_only = std::all_of(bytes.end() - 64, bytes.end(),
                                                [](std::byte byte) { return byte == std::byte{}; });
    CHECK_FALSE(end_has_zeros_only);
}
