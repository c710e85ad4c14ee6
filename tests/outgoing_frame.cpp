#include <wsproto/outgoing_frame.hpp>

#include "support.hpp"

#include <type_traits>
#include <utility>

using namespace wsproto;
using namespace support;

static_assert(std::is_copy_constructible_v<OutgoingFrame>);
static_assert(sizeof(OutgoingFrame) <= 32);

template <typename Frame>
concept Viewed = requires(Frame&& frame) {
    std::forward<Frame>(frame).header();
};
static_assert(Viewed<const OutgoingFrame&> && !Viewed<OutgoingFrame>);

TEST_CASE("an outgoing frame owns its header and views its payload") {
    const Bytes payload = hex("48 65 6c 6c 6f");
    const OutgoingFrame frame{std::byte{0x81}, nullptr, payload};
    const OutgoingFrame copy = frame;
    CHECK(to_hex(copy.header()) == "81 05");
    CHECK(copy.header().data() != frame.header().data());
    CHECK(copy.payload().data() == payload.data());
    CHECK(copy.size() == 7);
}

TEST_CASE("the header of an outgoing frame is that of its payload and key, at every length") {
    const MaskingKey key{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
    for (const std::size_t size : {0U, 1U, 125U, 126U, 65535U, 65536U}) {
        const Bytes payload(size);
        const OutgoingFrame plain{std::byte{0x82}, nullptr, payload};
        const OutgoingFrame masked{std::byte{0x82}, &key, payload};
        FrameHeader header{.opcode = Opcode::Binary, .payload_length = size};
        const EncodedHeader expected = encode_header(header);
        header.masking_key = key;
        const EncodedHeader expected_masked = encode_header(header);
        CHECK(to_hex(plain.header()) == to_hex(expected.view()));
        CHECK(to_hex(masked.header()) == to_hex(expected_masked.view()));
        CHECK(masked.size() == expected_masked.size + size);
    }
}

TEST_CASE("an outgoing frame without content is empty") {
    const OutgoingFrame frame{};
    CHECK(frame.header().empty());
    CHECK(frame.payload().empty());
    CHECK(frame.size() == 0);
}
