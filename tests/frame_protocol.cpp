#include <wsproto/frame_protocol.hpp>

#include "support.hpp"
#include "support_extension.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>

using namespace wsproto;
using namespace support;
using enum wsproto::ConnectionType;

namespace {

Trace decoded(ConnectionType role, BytesView wire) {
    FrameProtocol whole{role};
    const Trace lines = decode(whole, {wire});
    for_each_split(wire, [&](const Pieces& pieces) {
        FrameProtocol protocol{role};
        CHECK(decode(protocol, pieces) == lines);
    });
    return lines;
}

Bytes closed(FrameProtocol& protocol, CloseReason code, std::string_view reason = {}) {
    Bytes out;
    CHECK(protocol.close(code, reason, out) == Error::None);
    return out;
}

}  // namespace

TEST_CASE("a protocol joins frames, messages and control frames") {
    const auto role = GENERATE(Client, Server);
    CHECK(decoded(role, concat({frame_to(role, 0x01, "Hel\xe2"), frame_to(role, 0x89, "p"),
                                frame_to(role, 0x80, "\x82\xac"), frame_to(role, 0x82, "\xff"),
                                frame_to(role, 0x88,
                                         "\x03\xe8"
                                         "bye")})) == Trace{"text 'Hel' more", "ping 'p'",
                                                            "text '\u20ac'", "binary '\\xff'",
                                                            "close frame '\\x03\\xe8bye'"});
}

TEST_CASE("after a Close, input is dropped") {
    const auto role = GENERATE(Client, Server);
    CHECK(decoded(role, concat({frame_to(role, 0x88, ""), hex("83 ff")})) ==
          Trace{"close frame ''"});
}

TEST_CASE("a Close payload is judged when it is complete, and the failure is final") {
    const auto role = GENERATE(Client, Server);
    const auto [payload, error] = GENERATE(table<std::string, std::string>({
        {"03", "error 1002 CLOSE with 1 byte payload"},
        {"00 00", "error 1002 CLOSE with invalid code"},
        {"03 ed", "error 1002 remote CLOSE with local-only reason"},
        {"03 ec", "error 1002 CLOSE with unknown reserved code"},
        {"03 e8 ff", "error 1007 Error decoding CLOSE reason"},
    }));
    const Bytes wire = frame_to(role, 0x88, as_text(hex(payload)));
    CHECK(decoded(role, wire) == Trace{error});
    FrameProtocol protocol{role};
    CHECK(decode(protocol, {BytesView{wire}.first(wire.size() - 1)}).empty());
    CHECK(decode(protocol, {BytesView{wire}.last(1)}) == Trace{error});
    CHECK(decode(protocol, {wire}) == Trace{error});
}

TEST_CASE("a protocol tells whose complaint it is") {
    FrameProtocol header{Client};
    CHECK(decode(header, {hex("83")}) == Trace{"error 1002 Invalid opcode 0x3"});
    CHECK(header.error() == Error::InvalidOpcode);
    FrameProtocol payload{Client};
    CHECK(decode(payload, {hex("81 01 ff")}) ==
          Trace{"error 1007 Text message is not valid UTF-8"});
    CHECK(payload.error() == Error::InvalidUtf8);
}

TEST_CASE("what one end sends, the other receives, at every length of a length") {
    const auto role = GENERATE(Client, Server);
    for (const std::size_t size : {0U, 1U, 125U, 126U, 127U, 65535U, 65536U, 70000U}) {
        CAPTURE(size);
        FrameProtocol sender{role};
        FrameProtocol receiver{other(role)};
        const std::string payload(size, 'x');
        Bytes wire;
        CHECK(sender.send_data({Opcode::Binary, as_bytes(payload)}, wire) == Error::None);
        CHECK((decode(receiver, {wire}) == Trace{"binary '" + payload + "'"}));
    }
}

TEST_CASE("what one end sends in fragments and control frames, the other receives") {
    const auto role = GENERATE(Client, Server);
    FrameProtocol sender{role};
    Bytes wire;
    CHECK(sender.send_data({Opcode::Text, as_bytes("Hel"), false}, wire) == Error::None);
    CHECK(sender.ping(as_bytes("p"), wire) == Error::None);
    CHECK(sender.pong(as_bytes("q"), wire) == Error::None);
    CHECK(sender.send_data({Opcode::Text, as_bytes("lo"), true}, wire) == Error::None);
    CHECK(sender.close(CloseReason::GoingAway, "bye", wire) == Error::None);
    CHECK(decoded(other(role), wire) == Trace{"text 'Hel' more frames", "ping 'p'", "pong 'q'",
                                              "text 'lo'", "close frame '\\x03\\xe9bye'"});
}

TEST_CASE("a Close has a code and a reason, or neither") {
    FrameProtocol server{Server};
    CHECK(to_hex(closed(server, CloseReason::NormalClosure, "ok")) == "88 04 03 e8 6f 6b");
    CHECK(to_hex(closed(server, CloseReason::NoStatusRcvd)) == "88 00");
    FrameProtocol client{Client, {}, {.random = fixed_random(hex("01 02 03 04"))}};
    CHECK(to_hex(closed(client, CloseReason::NormalClosure)) == "88 82 01 02 03 04 02 ea");
}

TEST_CASE("a Close that must not be sent is not sent") {
    FrameProtocol server{Server};
    Bytes out = hex("01");
    CHECK(server.close(CloseReason::AbnormalClosure, "", out) == Error::BadCloseCode);
    CHECK(server.close(CloseReason::NoStatusRcvd, "x", out) == Error::ReasonWithoutCode);
    CHECK(server.close(CloseReason::NormalClosure, "\xff", out) == Error::ReasonNotUtf8);
    CHECK(out == hex("01"));
}

TEST_CASE("a long reason is cut at a code point") {
    FrameProtocol server{Server};
    std::string reason(122, 'x');
    reason += "\u20ac";
    CHECK(closed(server, CloseReason::NormalClosure, reason).size() == 2 + 2 + 122);
}

TEST_CASE("only enabled extensions are used, in the order of the response header",
          "[rfc6455-5.2-extension-data]") {
    struct Named : Disguise {
        Named(std::string trailer, bool enabled, std::size_t position)
            : Disguise{{.bits = {}, .key = {}, .outbound_trailer = std::move(trailer)}},
              enabled_{enabled} {
            agree(position);
        }
        [[nodiscard]] bool enabled() const override { return enabled_; }

      private:
        bool enabled_;
    };
    FrameProtocol server{
        Server,
        {std::make_shared<Named>("2", true, 2), std::make_shared<Named>("x", false, 0),
         std::make_shared<Named>("1", true, 1)}};
    Bytes out;
    CHECK(server.send_data({Opcode::Text, as_bytes("Hello")}, out) == Error::None);
    CHECK(as_text(BytesView{out}.subspan(2)) == "Hello12");
}

TEST_CASE("extensions that no response header placed are used in the order they were given in") {
    Extensions extensions;
    for (const char* trailer : {"1", "2", "3"}) {
        extensions.push_back(std::make_shared<Disguise>(
            Disguise::Settings{.bits = {}, .key = {}, .outbound_trailer = trailer}));
    }
    FrameProtocol server{Server, extensions};
    Bytes out;
    CHECK(server.send_data({Opcode::Text, as_bytes("Hello")}, out) == Error::None);
    CHECK(as_text(BytesView{out}.subspan(2)) == "Hello123");
}

TEST_CASE("limits that are set hold from the next frame on") {
    const auto role = GENERATE(Client, Server);
    const Bytes wire = frame_to(role, 0x82, "abc");
    FrameProtocol protocol{role};
    CHECK(decode(protocol, {BytesView{wire}.first(wire.size() - 1)}) == Trace{"binary 'ab' more"});
    protocol.set_limits({.frame_size = 2});
    CHECK(decode(protocol, {BytesView{wire}.last(1)}) == Trace{"binary 'c'"});
    CHECK(decode(protocol, {wire}) == Trace{"error 1009 Frame exceeds the size limit"});
}

TEST_CASE("a protocol receives what was kept") {
    Bytes buffer = concat({frame_to(Client, 0x01, "\xe2\x82"), frame_to(Client, 0x80, "\xacz")});
    FrameProtocol protocol{Client};
    MutableBytesView in{buffer};
    Frame frame;
    REQUIRE(protocol.next(in, frame) == Progress::Ready);
    CHECK(line(frame) == "text '\u20ac' more");
    protocol.keep_input();
    std::fill(buffer.begin(), buffer.end(), std::byte{0xdd});
    REQUIRE(protocol.next(in, frame) == Progress::Ready);
    CHECK(line(frame) == "text 'z'");
}

TEST_CASE("once settled, whole messages are taken in one step, and what is not whole is left") {
    const auto role = GENERATE(Client, Server);
    Bytes bytes = concat({frame_to(role, 0x81, "\u20ac"), frame_to(role, 0x82, "\xff"),
                          frame_to(role, 0x89, "p"), frame_to(role, 0x81, "x")});
    MutableBytesView in{bytes};
    FrameProtocol protocol{role};
    Frame frame;
    REQUIRE(protocol.settle());
    CHECK(protocol.next_whole(in, 0, frame));
    CHECK(line(frame) == "text '\u20ac'");
    CHECK(protocol.next_whole(in, 0, frame));
    CHECK(line(frame) == "binary '\\xff'");
    CHECK_FALSE(protocol.next_whole(in, 0, frame));
    CHECK(protocol.next(in, frame) == Progress::Ready);
    CHECK(line(frame) == "ping 'p'");
    REQUIRE(protocol.settle());
    CHECK(protocol.next_whole(in, 0, frame));
    CHECK(line(frame) == "text 'x'");
}

TEST_CASE("pieces of a message are taken in one step, unless messages are collected") {
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    for (const unsigned first : {0x81U, 0x82U}) {
        Bytes bytes = frame_to(Server, first, "abcd");
        const std::string kind = first == 0x81 ? "text" : "binary";
        MutableBytesView in = MutableBytesView{bytes}.first(bytes.size() - 2);
        FrameProtocol protocol{Server, {}, {.delivery = delivery}};
        Frame frame;
        REQUIRE(protocol.settle());
        CHECK_FALSE(protocol.next_whole(in, 0, frame));
        REQUIRE(protocol.next_piece(in, frame) == (delivery == Delivery::Chunks));
        if (delivery == Delivery::Messages) continue;
        CHECK(line(frame) == kind + " 'ab' more");
        CHECK_FALSE(protocol.next_piece(in, frame));
        in = MutableBytesView{bytes}.last(2);
        CHECK(protocol.next_piece(in, frame));
        CHECK(line(frame) == kind + " 'cd'");
        CHECK_FALSE(protocol.next_piece(in, frame));
    }
}

TEST_CASE("of an invalid piece of text the fast path leaves the complaint to the general one") {
    for (const std::string_view text : {"abc\xff", "abc\xe2\x82"}) {
        Bytes bytes = frame_to(Server, 0x81, text);
        MutableBytesView in = MutableBytesView{bytes}.first(8);
        FrameProtocol protocol{Server};
        Frame frame;
        REQUIRE(protocol.settle());
        CHECK_FALSE(protocol.next_whole(in, 0, frame));
        REQUIRE(protocol.next_piece(in, frame));
        CHECK(line(frame) == "text 'ab' more");
        in = MutableBytesView{bytes}.subspan(8);
        CHECK_FALSE(protocol.next_piece(in, frame));
        CHECK_FALSE(protocol.settle());
        REQUIRE(protocol.next(in, frame) == Progress::Ready);
        CHECK(line(frame) == "text 'c' more");
        CHECK(protocol.next(in, frame) == Progress::Failed);
        CHECK(protocol.error() == Error::InvalidUtf8);
    }
}

TEST_CASE("a code point that is cut is left to the general path, and then the fast one goes on") {
    Bytes bytes = frame_to(Server, 0x81, "a\u20acbc");
    FrameProtocol protocol{Server};
    MutableBytesView in = MutableBytesView{bytes}.first(8);
    Frame frame;
    REQUIRE(protocol.settle());
    CHECK_FALSE(protocol.next_whole(in, 0, frame));
    REQUIRE(protocol.next_piece(in, frame));
    CHECK(line(frame) == "text 'a' more");
    in = MutableBytesView{bytes}.subspan(8, 2);
    CHECK_FALSE(protocol.next_piece(in, frame));
    REQUIRE(protocol.next(in, frame) == Progress::Ready);
    CHECK(line(frame) == "text '\u20ac' more");
    in = MutableBytesView{bytes}.subspan(10);
    CHECK(protocol.next(in, frame) == Progress::Ready);
    CHECK(line(frame) == "text 'bc'");
}

TEST_CASE("of invalid text the fast path leaves the complaint to the general one") {
    const auto role = GENERATE(Client, Server);
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    Bytes bytes = concat({frame_to(role, 0x81, "ab\xff"), frame_to(role, 0x81, "x")});
    MutableBytesView in{bytes};
    FrameProtocol protocol{role, {}, {.delivery = delivery}};
    Frame frame;
    REQUIRE(protocol.settle());
    CHECK_FALSE(protocol.next_whole(in, 0, frame));
    CHECK_FALSE(protocol.settle());
    if (delivery == Delivery::Chunks) {
        CHECK(protocol.next(in, frame) == Progress::Ready);
        CHECK(line(frame) == "text 'ab' more");
    }
    CHECK(protocol.next(in, frame) == Progress::Failed);
    CHECK(protocol.error() == Error::InvalidUtf8);
    CHECK_FALSE(protocol.settle());
}

TEST_CASE("nothing settles after a Close, or while a message is pending") {
    const auto role = GENERATE(Client, Server);
    FrameProtocol closed_one{role};
    decode(closed_one, {frame_to(role, 0x88, "")});
    CHECK_FALSE(closed_one.settle());
    FrameProtocol pending{role};
    decode(pending, {frame_to(role, 0x01, "")});
    CHECK_FALSE(pending.settle());
}

TEST_CASE("the frame layer alone is used by receiving until there is no frame") {
    Bytes bytes = concat({frame_to(Client, 0x81, "a"), frame_to(Client, 0x81, "b"), hex("ff")});
    MutableBytesView in{bytes};
    FrameProtocol protocol{Client};
    Trace lines;
    std::error_code ec;
    while (const auto frame = protocol.receive(in, ec)) {
        lines.push_back(line(*frame));
    }
    CHECK(lines == Trace{"text 'a'", "text 'b'"});
    CHECK(ec == Error::InvalidOpcode);
}
