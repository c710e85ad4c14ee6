#include <wsproto/frame.hpp>

#include "support.hpp"

#include <cstdint>
#include <string>
#include <utility>

using namespace wsproto;
using namespace support;

namespace {

constexpr MaskingKey rfc_key{std::byte{0x37}, std::byte{0xfa}, std::byte{0x21}, std::byte{0x3d}};

static_assert(is_control(Opcode::Close) && is_control(Opcode::Ping) && is_control(Opcode::Pong));
static_assert(!is_control(Opcode::Continuation) && !is_control(Opcode::Text));
static_assert(to_string(Opcode::Continuation) == "CONTINUATION");
static_assert((RsvBits{.rsv1 = true} | RsvBits{.rsv3 = true}) == RsvBits{true, false, true});
static_assert((RsvBits{true, true, false} & RsvBits{false, true, true}) == RsvBits{.rsv2 = true});
static_assert(!RsvBits{}.any() && RsvBits{.rsv3 = true}.any());
static_assert(encode_header({.opcode = Opcode::Ping, .payload_length = 5}).size == 2);

std::string encoded(const FrameHeader& header) {
    const EncodedHeader bytes = encode_header(header);
    return to_hex(bytes.view());
}

template <typename Header>
concept Viewed = requires(Header&& header) {
    std::forward<Header>(header).view();
};
static_assert(Viewed<const EncodedHeader&> && !Viewed<EncodedHeader>);

}  // namespace

TEST_CASE("the six opcodes of the RFC are known, the ten reserved ones are not") {
    for (unsigned value = 0; value != 16; ++value) {
        CAPTURE(value);
        const auto opcode = static_cast<Opcode>(value);
        CHECK(is_known(opcode) == (value <= 2 || (value >= 8 && value <= 10)));
        CHECK(to_string(opcode).empty() == !is_known(opcode));
        CHECK(is_control(opcode) == (value >= 8));
    }
}

TEST_CASE("reserved bits are compared, joined and intersected each for itself") {
    const auto bits = [](unsigned value) {
        return RsvBits{(value & 4U) != 0, (value & 2U) != 0, (value & 1U) != 0};
    };
    for (unsigned a = 0; a != 8; ++a) {
        CHECK(bits(a).any() == (a != 0));
        for (unsigned b = 0; b != 8; ++b) {
            CAPTURE(a, b);
            CHECK((bits(a) == bits(b)) == (a == b));
            CHECK((bits(a) | bits(b)) == bits(a | b));
            CHECK((bits(a) & bits(b)) == bits(a & b));
        }
    }
}

TEST_CASE("headers are those of the examples in RFC 6455 section 5.7") {
    CHECK(encoded({.opcode = Opcode::Text, .payload_length = 5}) == "81 05");
    CHECK(encoded({.opcode = Opcode::Text, .payload_length = 5, .masking_key = rfc_key}) ==
          "81 85 37 fa 21 3d");
    CHECK(encoded({.fin = false, .opcode = Opcode::Text, .payload_length = 3}) == "01 03");
    CHECK(encoded({.opcode = Opcode::Continuation, .payload_length = 2}) == "80 02");
    CHECK(encoded({.opcode = Opcode::Ping, .payload_length = 5}) == "89 05");
    CHECK(encoded({.opcode = Opcode::Pong, .payload_length = 5, .masking_key = rfc_key}) ==
          "8a 85 37 fa 21 3d");
    CHECK(encoded({.opcode = Opcode::Binary, .payload_length = 256}) == "82 7e 01 00");
    CHECK(encoded({.opcode = Opcode::Binary, .payload_length = 65536}) ==
          "82 7f 00 00 00 00 00 01 00 00");
}

TEST_CASE("a length takes the shortest form", "[rfc6455-5.2-length-minimal]") {
    const auto [length, bytes] = GENERATE(table<std::uint64_t, std::string>({
        {0, "82 00"},
        {125, "82 7d"},
        {126, "82 7e 00 7e"},
        {0xffff, "82 7e ff ff"},
        {0x10000, "82 7f 00 00 00 00 00 01 00 00"},
        {0x7fffffffffffffff, "82 7f 7f ff ff ff ff ff ff ff"},
    }));
    CHECK(encoded({.opcode = Opcode::Binary, .payload_length = length}) == bytes);
    CHECK(header_size(length, false) == hex(bytes).size());
    CHECK(header_size(length, true) == hex(bytes).size() + 4);
}

TEST_CASE("each reserved bit has its place") {
    CHECK(encoded({.rsv = {.rsv1 = true}}) == "c1 00");
    CHECK(encoded({.rsv = {.rsv2 = true}}) == "a1 00");
    CHECK(encoded({.rsv = {.rsv3 = true}}) == "91 00");
}

TEST_CASE("the largest header has 14 bytes") {
    const FrameHeader header{.payload_length = 0x10000, .masking_key = rfc_key};
    CHECK(encode_header(header).size == max_header_size);
}

TEST_CASE("headers compare by every field") {
    const FrameHeader header{};
    CHECK(header == FrameHeader{});
    CHECK_FALSE(header == FrameHeader{.fin = false});
    CHECK_FALSE(header == FrameHeader{.rsv = {.rsv2 = true}});
    CHECK_FALSE(header == FrameHeader{.opcode = Opcode::Binary});
    CHECK_FALSE(header == FrameHeader{.payload_length = 1});
    CHECK_FALSE(header == FrameHeader{.masking_key = rfc_key});
}
