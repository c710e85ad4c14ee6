#include <wsproto/detail/pieces.hpp>

#include "catch.hpp"

#include "support_kernels.hpp"

#include <array>
#include <cstdint>

using namespace wsproto;
using namespace wsproto::detail;
using namespace support;

TEMPLATE_TEST_CASE("a piece is stored as it was loaded", "", std::uint8_t, std::uint16_t,
                   std::uint32_t, std::uint64_t, LongestPiece) {
    const Bytes in = pattern(sizeof(TestType) + 1);
    Bytes out(in.size());
    store(out.data() + 1, load<TestType>(in.data() + 1));
    out[0] = in[0];
    CHECK(out == in);
}

TEMPLATE_TEST_CASE("a key is repeated in the order of memory", "", std::uint8_t, std::uint16_t,
                   std::uint32_t, std::uint64_t, LongestPiece) {
    std::array<std::byte, sizeof(TestType)> bytes{};
    store(bytes.data(), repeat<TestType>(example_key));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        CHECK(bytes[i] == example_key[i % 4]);
    }
}

TEMPLATE_TEST_CASE("a piece is ASCII unless a byte of it is not, whichever", "", std::uint8_t,
                   std::uint16_t, std::uint32_t, std::uint64_t, LongestPiece) {
    Bytes bytes(sizeof(TestType), std::byte{0x7f});
    CHECK(is_ascii(load<TestType>(bytes.data())));
    for (std::byte& byte : bytes) {
        byte = std::byte{0x80};
        CHECK_FALSE(is_ascii(load<TestType>(bytes.data())));
        byte = std::byte{0x7f};
    }
}
