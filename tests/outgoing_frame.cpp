#include <wsproto/outgoing_frame.hpp>

#include "support.hpp"

#include <type_traits>
#include <utility>

using namespace wsproto;
using namespace support;

static_assert(std::is_copy_constructible_v<OutgoingFrame>);
static_assert(sizeof(OutgoingFrame) <= 48);

template <typename Frame>
concept Viewed = requires(Frame&& frame) {
    std::forward<Frame>(frame).header();
};
static_assert(Viewed<const OutgoingFrame&> && !Viewed<OutgoingFrame>);

TEST_CASE("an outgoing frame owns its header and views its payload") {
    const Bytes payload = hex("48 65 6c 6c 6f");
    const EncodedHeader header = encode_header({.payload_length = 5});
    const OutgoingFrame frame{header, payload};
    const OutgoingFrame copy = frame;
    CHECK(to_hex(copy.header()) == "81 05");
    CHECK(copy.header().data() != frame.header().data());
    CHECK(copy.payload().data() == payload.data());
    CHECK(copy.size() == 7);
}

TEST_CASE("an outgoing frame without content is empty") {
    const OutgoingFrame frame{};
    CHECK(frame.header().empty());
    CHECK(frame.payload().empty());
    CHECK(frame.size() == 0);
}
