#include <wsproto/detail/frame_encoder.hpp>

#include "support.hpp"
#include "support_extension.hpp"

#include <memory>
#include <new>
#include <set>
#include <string>
#include <string_view>

using namespace wsproto;
using namespace wsproto::detail;
using namespace support;
using enum wsproto::ConnectionType;

namespace {

FrameEncoder encoder(ConnectionType role, std::string_view random = "37 fa 21 3d") {
    return FrameEncoder{role, fixed_random(hex(random))};
}

OutgoingMessage text(std::string_view payload, bool fin = true) {
    return {.opcode = Opcode::Text, .payload = as_bytes(payload), .fin = fin};
}

OutgoingMessage binary(BytesView payload, bool fin = true) {
    return {.opcode = Opcode::Binary, .payload = payload, .fin = fin};
}

std::string sent(FrameEncoder& encoder, const OutgoingMessage& message) {
    Bytes out;
    REQUIRE(encoder.message(nullptr, message, out) == Error::None);
    return to_hex(out);
}

std::string control(FrameEncoder& encoder, Opcode opcode, std::string_view payload) {
    Bytes out;
    REQUIRE(encoder.control(opcode, as_bytes(payload), out) == Error::None);
    return to_hex(out);
}

// The complaint; whatever was refused must leave `out` alone.
Error refused(FrameEncoder& encoder, const OutgoingMessage& message,
              ExtensionStack* extensions = nullptr) {
    Bytes out = hex("01 02");
    const Error error = encoder.message(extensions, message, out);
    CHECK(to_hex(out) == "01 02");
    Bytes scratch;
    OutgoingFrame frame;
    CHECK(encoder.gather(extensions, message, frame, scratch) == error);
    CHECK(frame.size() == 0);
    return error;
}

struct Refusing : Disguise {
    bool refuses = true;

    Error frame_outbound(FrameHeader& header, BytesView payload, bool fin, Bytes& out) override {
        if (!refuses) return Disguise::frame_outbound(header, payload, fin, out);
        append(out, as_bytes("half of"));
        return Error::ExtensionRefusedToSend;
    }
};

}  // namespace

TEST_CASE("frames are those of the examples in RFC 6455 section 5.7",
          "[rfc6455-6.1-frames][rfc6455-6.1-opcode][rfc6455-6.1-fin]") {
    FrameEncoder server = encoder(Server);
    CHECK(sent(server, text("Hello")) == "81 05 48 65 6c 6c 6f");
    CHECK(sent(server, text("Hel", false)) == "01 03 48 65 6c");
    CHECK(sent(server, text("lo")) == "80 02 6c 6f");
    CHECK(control(server, Opcode::Ping, "Hello") == "89 05 48 65 6c 6c 6f");
    FrameEncoder client = encoder(Client);
    CHECK(sent(client, text("Hello")) == "81 85 37 fa 21 3d 7f 9f 4d 51 58");
    FrameEncoder answering = encoder(Client);
    CHECK(control(answering, Opcode::Pong, "Hello") == "8a 85 37 fa 21 3d 7f 9f 4d 51 58");
}

TEST_CASE("larger frames are those of the examples in RFC 6455 section 5.7",
          "[rfc6455-6.1-frames]") {
    FrameEncoder server = encoder(Server);
    const Bytes payload(65536, std::byte{0x2a});
    const std::string medium = sent(server, binary(BytesView{payload}.first(256)));
    CHECK(medium.starts_with("82 7e 01 00 2a"));
    CHECK(medium.size() == 3 * (4 + 256) - 1);
    const std::string large = sent(server, binary(payload));
    CHECK(large.starts_with("82 7f 00 00 00 00 00 01 00 00 2a"));
    CHECK(large.size() == 3 * (10 + 65536) - 1);
}

TEST_CASE("predictable masking keys: every frame draws its own",
          "[attack][rfc6455-5.3-fresh-key]") {
    FrameEncoder client = encoder(Client, "01 02 03 04  05 06 07 08  09 0a 0b 0c  0d 0e 0f 10");
    Bytes scratch;
    OutgoingFrame frame;
    CHECK(sent(client, text("", false)) == "01 80 01 02 03 04");
    CHECK(control(client, Opcode::Ping, "") == "89 80 05 06 07 08");
    CHECK(client.gather(nullptr, text(""), frame, scratch) == Error::None);
    CHECK(to_hex(frame.header()) == "80 80 09 0a 0b 0c");
    CHECK(control(client, Opcode::Close, "") == "88 80 0d 0e 0f 10");
}

TEST_CASE("predictable masking keys: where there is room, a short frame draws its own as well",
          "[attack]") {
    const bool injected = GENERATE(true, false);
    FrameEncoder client = injected ? encoder(Client, "01 02 03 04  05 06 07 08  09 0a 0b 0c")
                                   : FrameEncoder{Client, RandomSource{}};
    Bytes out;
    out.reserve(100);
    std::set<std::string> keys;
    for (int frame = 0; frame != 3; ++frame) {
        CHECK(client.message(nullptr, text("", frame != 0), out) == Error::None);
        keys.insert(to_hex(BytesView{out}.last(4)));
    }
    CHECK(keys.size() == 3);
    CHECK(
        (!injected || keys == std::set<std::string>{"01 02 03 04", "05 06 07 08", "09 0a 0b 0c"}));
    CHECK(out.size() == 3 * 6);
}

TEST_CASE("a frame is the same where there is room for it and where there is none") {
    for (const std::size_t size :
         {0U, 1U, 16U, 124U, 125U, 126U, 127U, 128U, 129U, 300U, 65'536U}) {
        CAPTURE(size);
        const Bytes payload(size, std::byte{0x5a});
        for (const ConnectionType role : {Client, Server}) {
            Bytes grown = hex("77");
            Bytes reserved = hex("77");
            reserved.reserve(size + 100);
            CHECK(encoder(role).message(nullptr, binary(payload), grown) == Error::None);
            CHECK(encoder(role).message(nullptr, binary(payload), reserved) == Error::None);
            CHECK((grown == reserved));
        }
    }
}

TEST_CASE("a message keeps its type until it is finished", "[rfc6455-5.4-one-type]") {
    FrameEncoder server = encoder(Server);
    CHECK(sent(server, text("a", false)) == "01 01 61");
    CHECK(refused(server, binary({})) == Error::DataTypeMismatch);
    CHECK(sent(server, text("b", false)) == "00 01 62");
    CHECK(control(server, Opcode::Pong, "") == "8a 00");
    CHECK(sent(server, text("")) == "80 00");
    CHECK(sent(server, binary({}, false)) == "02 00");
    CHECK(refused(server, text("")) == Error::DataTypeMismatch);
    CHECK(sent(server, binary({})) == "80 00");
}

TEST_CASE("text that is sent must be valid, across fragments", "[rfc6455-5.6-text-sent]") {
    FrameEncoder server = encoder(Server);
    CHECK(refused(server, text("a\xff")) == Error::TextNotUtf8);
    CHECK(refused(server, text("\xe2\x82")) == Error::TextNotUtf8);
    CHECK(sent(server, text("\xe2", false)) == "01 01 e2");
    CHECK(refused(server, text("a", false)) == Error::TextNotUtf8);
    CHECK(refused(server, text("")) == Error::TextNotUtf8);
    CHECK(sent(server, text("", false)) == "00 00");
    CHECK(sent(server, text("\x82\xac")) == "80 02 82 ac");
    CHECK(sent(server, binary(hex("ff"))) == "82 01 ff");
}

TEST_CASE("a control payload has at most 125 bytes", "[rfc6455-5.5-control-length]") {
    FrameEncoder server = encoder(Server);
    const std::string payload(126, 'x');
    CHECK(control(server, Opcode::Ping, payload.substr(1)).size() == 3 * 127 - 1);
    Bytes out = hex("01 02");
    CHECK(server.control(Opcode::Ping, as_bytes(payload), out) == Error::ControlPayloadTooLong);
    CHECK(to_hex(out) == "01 02");
}

TEST_CASE("a gathered frame is the same as an appended one, at every length") {
    const auto role = GENERATE(Client, Server);
    for (const std::size_t size : {0U, 1U, 7U, 125U, 126U, 1000U, 65535U, 65536U}) {
        CAPTURE(size);
        FrameEncoder appending = encoder(role);
        FrameEncoder gathering = encoder(role);
        const Bytes payload(size, std::byte{'x'});
        Bytes out = hex("01");
        Bytes scratch = hex("02");
        OutgoingFrame frame;
        CHECK(appending.message(nullptr, binary(payload), out) == Error::None);
        CHECK(gathering.gather(nullptr, binary(payload), frame, scratch) == Error::None);
        CHECK((concat({hex("01"), frame.header(), frame.payload()}) == out));
        CHECK(frame.size() == out.size() - 1);
        CHECK(scratch.size() == (role == Client ? size : 0));
    }
}

TEST_CASE("a server gathers the payload where it lies, a client masks it into the scratch memory") {
    const Bytes payload = hex("48 65 6c 6c 6f");
    Bytes scratch;
    OutgoingFrame frame;
    FrameEncoder server = encoder(Server);
    CHECK(server.gather(nullptr, binary(payload), frame, scratch) == Error::None);
    CHECK(frame.payload().data() == payload.data());
    FrameEncoder client = encoder(Client);
    CHECK(client.gather(nullptr, binary(payload), frame, scratch) == Error::None);
    CHECK(frame.payload().data() == scratch.data());
    CHECK(to_hex(frame.payload()) == "7f 9f 4d 51 58");
    CHECK(to_hex(payload) == "48 65 6c 6c 6f");
}

TEST_CASE("an extension transforms what is sent, whatever the form") {
    const auto role = GENERATE(Client, Server);
    const std::string trailer = GENERATE("", "<out>");
    for (const std::size_t size : {0U, 5U, 112U, 120U, 125U, 126U, 240U, 300U, 65530U, 130'000U}) {
        CAPTURE(size);
        const Disguise::Settings settings{.outbound_trailer = trailer};
        ExtensionStack stack{{std::make_shared<Disguise>(settings)}};
        const std::string payload(size, 'x');
        FrameEncoder appending = encoder(role);
        FrameEncoder gathering = encoder(role);
        Bytes out;
        Bytes scratch = hex("02");
        OutgoingFrame frame;
        CHECK(appending.message(&stack, text(payload), out) == Error::None);
        CHECK(gathering.gather(&stack, text(payload), frame, scratch) == Error::None);
        const Bytes expected = frame_to(other(role), 0xa1, disguised(payload + trailer));
        CHECK((out == expected));
        CHECK((concat({frame.header(), frame.payload()}) == expected));
    }
}

TEST_CASE("an extension sees which fragment is the first and which the last") {
    ExtensionStack stack{{std::make_shared<Disguise>()}};
    FrameEncoder server = encoder(Server);
    Bytes out;
    CHECK(server.message(&stack, text("a", false), out) == Error::None);
    CHECK(server.message(&stack, text("b", false), out) == Error::None);
    CHECK(server.message(&stack, text("c"), out) == Error::None);
    CHECK(out ==
          concat({frame_to(Client, 0x21, disguised("a")), frame_to(Client, 0, disguised("b")),
                  frame_to(Client, 0x80, disguised("c<out>"))}));
}

TEST_CASE("whether a message is compressed is read at its first frame") {
    struct Compressing : Disguise {
        [[nodiscard]] bool compresses() const override { return true; }
    };
    ExtensionStack stack{{std::make_shared<Compressing>()}};
    FrameEncoder server = encoder(Server);
    Bytes out;
    OutgoingMessage first = text("a", false);
    first.compress = false;
    CHECK(server.message(&stack, first, out) == Error::None);
    CHECK(server.message(&stack, text("b"), out) == Error::None);
    CHECK(to_hex(out) == "01 01 61 80 01 62");
}

TEST_CASE("a frame that an extension refuses changes nothing, the next one is sent") {
    const auto extension = std::make_shared<Refusing>();
    ExtensionStack stack{{extension}};
    FrameEncoder server = encoder(Server);
    CHECK(refused(server, text("Hello"), &stack) == Error::ExtensionRefusedToSend);
    extension->refuses = false;
    Bytes out;
    CHECK(server.message(&stack, text("a", false), out) == Error::None);
    extension->refuses = true;
    CHECK(refused(server, text("b"), &stack) == Error::ExtensionRefusedToSend);
    CHECK(control(server, Opcode::Ping, "") == "89 00");
    extension->refuses = false;
    CHECK(server.message(&stack, text("c"), out) == Error::None);
    CHECK(out == concat({frame_to(Client, 0x21, disguised("a")),
                         frame_to(Client, 0x80, disguised("c<out>"))}));
}

TEST_CASE("behind a frame that one extension took and another refused, no message passes them") {
    struct Compressing : Disguise {
        [[nodiscard]] bool compresses() const override { return true; }
    };
    struct RefusingToCompress : Refusing {
        [[nodiscard]] bool compresses() const override { return true; }
    };
    const auto refusing = std::make_shared<RefusingToCompress>();
    ExtensionStack stack{{std::make_shared<Compressing>(), refusing}};
    FrameEncoder server = encoder(Server);
    CHECK(refused(server, text("Hello"), &stack) == Error::ExtensionRefusedToSend);
    refusing->refuses = false;
    CHECK(refused(server, text("Hello"), &stack) == Error::ExtensionRefusedToSend);
    CHECK(control(server, Opcode::Ping, "") == "89 00");
    OutgoingMessage plain = text("a");
    plain.compress = false;
    Bytes out;
    CHECK(server.message(&stack, plain, out) == Error::None);
    CHECK(to_hex(out) == "81 01 61");
    Bytes scratch;
    OutgoingFrame frame;
    CHECK(server.gather(&stack, plain, frame, scratch) == Error::None);
    CHECK(refused(server, text("Hello"), &stack) == Error::ExtensionRefusedToSend);
}

TEST_CASE("where memory lacks, nothing is sent and the message goes on") {
    const Bytes payload(1000, std::byte{'x'});
    FrameEncoder server = encoder(Server);
    CHECK(sent(server, text("a", false)) == "01 01 61");
    Bytes out = hex("01 02");
    {
        const FailingAllocations failing{0};
        CHECK_THROWS_AS(server.message(nullptr, text(as_text(payload)), out), std::bad_alloc);
    }
    CHECK(to_hex(out) == "01 02");
    CHECK(sent(server, text("b")) == "80 01 62");
}

TEST_CASE("where memory lacks behind an extension, its state is lost and no message is sent") {
    const std::string payload(130, 'x');
    const std::size_t successes = GENERATE(1U, 2U);  // the payload, then its larger header
    ExtensionStack stack{{std::make_shared<Disguise>(Disguise::Settings{.outbound_trailer = ""})}};
    FrameEncoder server = encoder(Server);
    Bytes out = hex("01 02");
    out.shrink_to_fit();
    {
        const FailingAllocations failing{successes};
        CHECK_THROWS_AS(server.message(&stack, text(payload), out), std::bad_alloc);
    }
    CHECK(to_hex(out) == "01 02");
    CHECK(refused(server, text(payload), &stack) == Error::ExtensionRefusedToSend);
}

TEST_CASE("sending into memory that has grown allocates nothing") {
    const auto role = GENERATE(Client, Server);
    FrameEncoder encoder{role, fixed_random({})};
    Bytes out;
    out.reserve(10'000);
    const std::size_t before = allocations().count;
    for (int round = 0; round != 10; ++round) {
        static_cast<void>(encoder.message(nullptr, text("Hello"), out));
        static_cast<void>(encoder.control(Opcode::Ping, as_bytes("Hello"), out));
    }
    CHECK(allocations().count == before);
}
