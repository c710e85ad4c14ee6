#include <wsproto/extension.hpp>

#include "support.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

using namespace wsproto;
using namespace support;

namespace {

static_assert(std::has_virtual_destructor_v<Extension>);
static_assert(!std::is_copy_constructible_v<Extension>);
static_assert(std::is_abstract_v<Extension>);

// Has nothing but what it must have.
struct Plain : Extension {
    [[nodiscard]] std::string_view name() const override { return "x-plain"; }
    [[nodiscard]] std::optional<std::string> offer() const override { return std::nullopt; }
};

}  // namespace

TEST_CASE("an extension that says nothing claims nothing and declines all offers") {
    Plain plain;
    CHECK_FALSE(plain.reserved_bits().any());
    CHECK_FALSE(plain.compresses());
    CHECK(plain.validate() == Error::None);
    CHECK_FALSE(plain.accept("x-plain"));
    CHECK(plain.finalize("x-plain") == Error::None);
    CHECK(plain.frame_inbound_header({}) == Error::None);
}

TEST_CASE("an extension takes part once a handshake agreed on it") {
    Plain plain;
    CHECK_FALSE(plain.enabled());
    plain.agree(3);
    CHECK(plain.enabled());
    CHECK(plain.position() == 3);
}

TEST_CASE("an extension belongs to one connection") {
    Plain plain;
    CHECK_FALSE(plain.attached());
    CHECK(plain.attach());
    CHECK(plain.attached());
    CHECK_FALSE(plain.attach());
}

TEST_CASE("an extension that does nothing copies, as far as there is room") {
    Plain plain;
    const Bytes input = hex("01 02 03");
    Bytes output(2);
    BytesView in{input};
    Step step = plain.frame_inbound_payload_data(in, output);
    CHECK(step.produced == 2);
    CHECK(step.more);
    CHECK(in.size() == 1);
    step = plain.frame_inbound_payload_data(in, output);
    CHECK(step.produced == 1);
    CHECK_FALSE(step.more);
    CHECK(to_hex(output) == "03 02");
    step = plain.frame_inbound_complete(true, output);
    CHECK(step.produced == 0);
    CHECK_FALSE(step.more);
}

TEST_CASE("an extension that does nothing sends the payload as it is") {
    Plain plain;
    FrameHeader header{};
    Bytes out = hex("01");
    CHECK(plain.frame_outbound(header, hex("02 03"), true, out) == Error::None);
    CHECK(to_hex(out) == "01 02 03");
    CHECK(header == FrameHeader{});
}
