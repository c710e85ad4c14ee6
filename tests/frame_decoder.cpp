#include <wsproto/frame_decoder.hpp>

#include "support.hpp"
#include "support_extension.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

using namespace wsproto;
using namespace support;
using enum wsproto::ConnectionType;

namespace {

static_assert(sizeof(FrameDecoder) <= 224);

constexpr std::uint64_t everything = std::numeric_limits<std::uint64_t>::max();
constexpr Limits no_limits{.frame_size = everything,
                           .message_size = everything,
                           .fragments = std::numeric_limits<std::uint32_t>::max()};

// What a decoder makes of `bytes` must not depend on how they are cut.
Trace decoded(ConnectionType role, BytesView bytes, const Limits& limits = {}) {
    FrameDecoder whole{role, limits};
    const Trace lines = decode(whole, {bytes});
    for_each_split(bytes, [&](const Pieces& pieces) {
        FrameDecoder decoder{role, limits};
        CHECK(decode(decoder, pieces) == lines);
    });
    return lines;
}

Trace decoded(ConnectionType role, std::string_view digits, const Limits& limits = {}) {
    return decoded(role, hex(digits), limits);
}

// The place of the byte at which the decoder fails, or the number of bytes.
std::size_t failing_byte(FrameDecoder& decoder, BytesView bytes) {
    for (std::size_t at = 0; at != bytes.size(); ++at) {
        decode(decoder, {bytes.subspan(at, 1)});
        if (decoder.error() != Error::None) return at;
    }
    return bytes.size();
}

struct Refusing : Disguise {
    Error frame_inbound_header(const FrameHeader& header) override {
        return header.payload_length == 3 ? Error::ExtensionProtocolError : Error::None;
    }
};

}  // namespace

TEST_CASE("the examples of RFC 6455 section 5.7 are decoded") {
    CHECK(decoded(Client, "81 05 48 65 6c 6c 6f") == Trace{"text 'Hello'"});
    CHECK(decoded(Server, "81 85 37 fa 21 3d 7f 9f 4d 51 58") == Trace{"text 'Hello'"});
    CHECK(decoded(Client, "01 03 48 65 6c 80 02 6c 6f") ==
          Trace{"text 'Hel' more frames", "text 'lo'"});
    CHECK(decoded(Client, "89 05 48 65 6c 6c 6f") == Trace{"ping 'Hello'"});
    CHECK(decoded(Server, "8a 85 37 fa 21 3d 7f 9f 4d 51 58") == Trace{"pong 'Hello'"});
}

TEST_CASE("the larger examples of RFC 6455 section 5.7 are decoded") {
    const std::string payload(65536, '*');
    FrameDecoder decoder{Client};
    const Bytes medium = concat({hex("82 7e 01 00"), as_bytes(payload).first(256)});
    CHECK((decode(decoder, {medium}) == Trace{"binary '" + payload.substr(0, 256) + "'"}));
    const Bytes large = concat({hex("82 7f 00 00 00 00 00 01 00 00"), as_bytes(payload)});
    CHECK((decode(decoder, {large}) == Trace{"binary '" + payload + "'"}));
}

TEST_CASE("payload is unmasked where it lies", "[rfc6455-6.2-unmask]") {
    Bytes bytes = hex("82 85 37 fa 21 3d 7f 9f 4d 51 58  89 81 37 fa 21 3d 4f");
    MutableBytesView in{bytes};
    FrameDecoder decoder{Server};
    Frame frame;
    REQUIRE(decoder.next(in, frame) == Progress::Ready);
    CHECK(frame.payload.data() == bytes.data() + 6);
    CHECK(as_text(frame.payload) == "Hello");
    REQUIRE(decoder.next(in, frame) == Progress::Ready);
    CHECK(frame.payload.data() == bytes.data() + 17);
    CHECK(as_text(frame.payload) == "x");
    CHECK(in.empty());
}

TEST_CASE("fast unmasking wrong at odd splits: a decoder unmasks in two pieces as in one",
          "[attack][rfc6455-6.2-unmask]") {
    std::string payload;
    for (std::size_t at = 0; at != 200; ++at) {
        payload += static_cast<char>(at * 7 + 1);
    }
    for (const std::size_t size : {1U, 7U, 8U, 31U, 64U, 65U, 127U, 200U}) {
        const Bytes wire = frame_to(Server, 0x82, payload.substr(0, size));
        const Trace expected{"binary " + quoted(as_bytes(payload).first(size))};
        for (std::size_t cut = 6; cut != wire.size(); ++cut) {
            FrameDecoder decoder{Server};
            CHECK((decode(decoder, {BytesView{wire}.first(cut), BytesView{wire}.subspan(cut)}) ==
                   expected));
        }
    }
}

TEST_CASE("the pieces of a frame tell whether the frame and the message end with them") {
    FrameDecoder decoder{Client};
    const auto next = [&](std::string_view digits) { return decode(decoder, {hex(digits)}); };
    CHECK(next("02 03").empty());
    CHECK(next("61") == Trace{"binary 'a' more"});
    CHECK(next("62") == Trace{"binary 'b' more"});
    CHECK(next("63") == Trace{"binary 'c' more frames"});
    CHECK(next("80 01").empty());
    CHECK(next("64") == Trace{"binary 'd'"});
}

TEST_CASE("an empty frame is a frame") {
    CHECK(decoded(Client, "82 00") == Trace{"binary ''"});
    CHECK(decoded(Server, "01 80 00 00 00 00  00 80 00 00 00 00  80 80 00 00 00 00") ==
          Trace{"text '' more frames", "text '' more frames", "text ''"});
    CHECK(decoded(Client, "89 00 8a 00") == Trace{"ping ''", "pong ''"});
}

TEST_CASE("control frames come whole, between fragments and between pieces",
          "[rfc6455-6.2-control]") {
    const auto role = GENERATE(Client, Server);
    const Bytes wire =
        concat({frame_to(role, 0x01, "Hel"), frame_to(role, 0x89, "ping"), frame_to(role, 0x00, ""),
                frame_to(role, 0x8a, std::string(125, 'p')), frame_to(role, 0x80, "lo"),
                frame_to(role, 0x88, "")});
    CHECK(decoded(role, wire) ==
          Trace{"text 'Hel' more frames", "ping 'ping'", "text '' more frames",
                "pong '" + std::string(125, 'p') + "'", "text 'lo'", "close frame ''"});
}

TEST_CASE("what breaks the sequence of fragments is refused at its first byte",
          "[rfc6455-5.4-interleaved][rfc6455-5.4-one-type]") {
    const auto role = GENERATE(Client, Server);
    const auto [first, second, error] = GENERATE(table<unsigned, unsigned, std::string>({
        {0x81, 0x80, "error 1002 unexpected CONTINUATION"},
        {0x82, 0x00, "error 1002 unexpected CONTINUATION"},
        {0x01, 0x81, "error 1002 expected CONTINUATION, got TEXT"},
        {0x02, 0x01, "error 1002 expected CONTINUATION, got TEXT"},
        {0x01, 0x02, "error 1002 expected CONTINUATION, got BINARY"},
    }));
    const Bytes good = frame_to(role, first, "a");
    const Bytes wire = concat({good, frame_to(role, second, "b")});
    const Trace lines = decoded(role, wire);
    REQUIRE(lines.size() == 2);
    CHECK(lines[1] == error);
    FrameDecoder decoder{role};
    CHECK(failing_byte(decoder, wire) == good.size());
}

TEST_CASE("the text of a complaint names the opcode") {
    for (const unsigned opcode : {3U, 7U, 11U, 15U}) {
        const char digit = "0123456789abcdef"[opcode];
        CHECK(decoded(Client, Bytes{static_cast<std::byte>(0x80 | opcode)}) ==
              Trace{std::string{"error 1002 Invalid opcode 0x"} + digit});
    }
}

TEST_CASE("a decoder that failed has failed for good") {
    FrameDecoder decoder{Client};
    CHECK(decode(decoder, {hex("83")}).size() == 1);
    CHECK(decode(decoder, {hex("81 00")}) == Trace{"error 1002 Invalid opcode 0x3"});
    CHECK(decoder.error() == Error::InvalidOpcode);
}

TEST_CASE("a failed decoder shows what came before") {
    CHECK(decoded(Client, "81 01 61 c1") ==
          Trace{"text 'a'", "error 1002 Reserved bit set unexpectedly"});
}

TEST_CASE("the frame size is limited, inclusively, but not of control frames") {
    const auto role = GENERATE(Client, Server);
    const Limits limits{.frame_size = 5};
    CHECK(decoded(role, frame_to(role, 0x81, "12345"), limits) == Trace{"text '12345'"});
    CHECK(decoded(role, frame_to(role, 0x81, "123456"), limits) ==
          Trace{"error 1009 Frame exceeds the size limit"});
    CHECK(decoded(role, frame_to(role, 0x89, "123456"), limits) == Trace{"ping '123456'"});
}

TEST_CASE("size checked per frame, not per message: the header that exceeds the sum is refused",
          "[attack]") {
    const auto role = GENERATE(Client, Server);
    const Limits limits{.message_size = 5};
    const Bytes wire =
        concat({frame_to(role, 0x01, "123"), frame_to(role, 0x00, ""), frame_to(role, 0x00, "45"),
                frame_to(role, 0x89, "ping"), frame_to(role, 0x00, "")});
    FrameDecoder decoder{role, limits};
    CHECK(decode(decoder, {wire}).size() == 5);
    CHECK(decode(decoder, {header_to(role, 0x80, 1)}) ==
          Trace{"error 1009 Message exceeds the size limit"});
}

TEST_CASE("each message has the whole limit for itself") {
    const auto role = GENERATE(Client, Server);
    const Limits limits{.message_size = 5, .fragments = 2};
    FrameDecoder decoder{role, limits};
    for (int round = 0; round != 3; ++round) {
        const Bytes wire = concat({frame_to(role, 0x01, "123"), frame_to(role, 0x80, "45")});
        CHECK(decode(decoder, {wire}) == Trace{"text '123' more frames", "text '45'"});
    }
}

TEST_CASE("the fragments of a message are limited, inclusively, empty ones count") {
    const auto role = GENERATE(Client, Server);
    const Limits limits{.fragments = 3};
    const Bytes three = concat({frame_to(role, 0x01, ""), frame_to(role, 0x00, ""),
                                frame_to(role, 0x89, ""), frame_to(role, 0x00, "")});
    FrameDecoder decoder{role, limits};
    CHECK(decode(decoder, {three}).size() == 4);
    CHECK(decode(decoder, {header_to(role, 0x80, 0)}) ==
          Trace{"error 1008 Message has too many fragments"});
}

TEST_CASE("limits hold from the next frame on") {
    FrameDecoder decoder{Client, Limits{.frame_size = 5}};
    CHECK(decode(decoder, {hex("02 05 31 32")}) == Trace{"binary '12' more"});
    decoder.set_limits({.frame_size = 1, .message_size = 6});
    CHECK(decode(decoder, {hex("33 34 35")}) == Trace{"binary '345' more frames"});
    CHECK(decode(decoder, {hex("00 01 36")}) == Trace{"binary '6' more frames"});
    CHECK(decode(decoder, {hex("80 01")}) == Trace{"error 1009 Message exceeds the size limit"});
}

TEST_CASE("64-bit lengths wrap: limits may sink below what a message has already", "[attack]") {
    FrameDecoder decoder{Client};
    CHECK(decode(decoder, {hex("02 05 31 32 33 34 35")}).size() == 1);
    decoder.set_limits({.message_size = 3, .fragments = 10});
    CHECK(decode(decoder, {hex("00 00")}) == Trace{"binary '' more frames"});
    CHECK(decode(decoder, {hex("80 01")}) == Trace{"error 1009 Message exceeds the size limit"});
}

TEST_CASE("64-bit lengths wrap: each has the right code, and takes no memory", "[attack]") {
    const auto role = GENERATE(Client, Server);
    const std::uint64_t two_31 = std::uint64_t{1} << 31;
    const std::uint64_t two_32 = std::uint64_t{1} << 32;
    const std::uint64_t two_63 = std::uint64_t{1} << 63;
    for (const std::uint64_t length :
         {two_31 - 1, two_31, two_31 + 1, two_32 - 1, two_32, two_32 + 1, two_63 - 1, two_63 >> 1,
          std::uint64_t{1} << 48}) {
        CAPTURE(length);
        const Bytes wire = concat({header_to(role, 0x82, length), hex("00 00 00 00 00 00")});
        FrameDecoder strict{role, Limits{.frame_size = 16 << 20}};
        CHECK(decode(strict, {wire}) == Trace{"error 1009 Frame exceeds the size limit"});
        FrameDecoder bounded{role, Limits{.frame_size = everything, .message_size = length - 1}};
        CHECK(decode(bounded, {wire}) == Trace{"error 1009 Message exceeds the size limit"});
        FrameDecoder exact{role, Limits{.frame_size = length, .message_size = length}};
        forget_largest_allocation();
        CHECK(decode(exact, {wire}).front().ends_with(" more"));
        CHECK(allocations().largest < 10'000);
    }
    for (const std::uint64_t length : {two_63, two_63 + 1, everything}) {
        FrameDecoder decoder{role, no_limits};
        CHECK(decode(decoder, {header_to(role, 0x82, length)}) ==
              Trace{"error 1002 8-byte payload length with non-zero MSB"});
    }
}

TEST_CASE("a declared length that exceeds a limit is refused with its last byte") {
    for (const std::uint64_t length :
         {std::uint64_t{6}, std::uint64_t{300}, std::uint64_t{70000}}) {
        const Bytes header = header_to(Server, 0x82, length);
        FrameDecoder decoder{Server, Limits{.frame_size = 5}};
        CHECK(failing_byte(decoder, header) == header.size() - 1);
    }
}

TEST_CASE("tiny and empty fragments: a million of each kind cost nothing, and one more is refused",
          "[attack]") {
    const auto role = GENERATE(Client, Server);
    constexpr std::uint32_t count = 1'000'000;
    FrameDecoder decoder{role, Limits{.fragments = 2 * count + 1}};
    REQUIRE(decode(decoder, {frame_to(role, 0x02, "")}).size() == 1);
    for (const std::string_view payload : {"x", ""}) {
        const Bytes tiny = frame_to(role, 0x00, payload);
        Bytes buffer = tiny;
        const std::size_t before = allocations().count;
        for (std::uint32_t fragment = 0; fragment != count; ++fragment) {
            std::copy(tiny.begin(), tiny.end(), buffer.begin());
            MutableBytesView in{buffer};
            Frame frame;
            if (decoder.next(in, frame) != Progress::Ready) FAIL("at fragment " << fragment);
        }
        CHECK(allocations().count == before);
    }
    CHECK(decode(decoder, {header_to(role, 0x80, 0)}) ==
          Trace{"error 1008 Message has too many fragments"});
}

TEST_CASE("limits off means checks off: no, all rules but limits hold", "[attack]") {
    const auto role = GENERATE(Client, Server);
    const auto complaint = [&](BytesView wire) {
        const Trace lines = decoded(role, wire, no_limits);
        return lines.size() == 1 ? lines[0] : "";
    };
    const std::string prefix = "error 1002 ";
    const std::byte mask{role == Server ? std::uint8_t{0x80} : std::uint8_t{0}};
    CHECK(complaint(Bytes{std::byte{0x82}, mask | std::byte{126}, std::byte{0}, std::byte{125}}) ==
          prefix + "Payload length used 2 bytes when 1 would have sufficed");
    CHECK(complaint(Bytes{std::byte{0x89}, mask | std::byte{126}}) ==
          prefix + "Control frame with payload len > 125");
    CHECK(complaint(hex("09")) == prefix + "Invalid attempt to fragment control frame");
    CHECK(complaint(hex("83")) == prefix + "Invalid opcode 0x3");
    CHECK(complaint(hex("c1")) == prefix + "Reserved bit set unexpectedly");
    CHECK(complaint(hex("80")) == prefix + "unexpected CONTINUATION");
    CHECK(complaint(frame_to(other(role), 0x81, "")).starts_with(prefix));
}

TEST_CASE("a decoder allocates nothing") {
    const auto role = GENERATE(Client, Server);
    const Bytes wire = concat({frame_to(role, 0x01, "Hel"), frame_to(role, 0x89, "ping"),
                               frame_to(role, 0x80, std::string(300, 'x'))});
    Bytes copy = wire;
    FrameDecoder decoder{role};
    const std::size_t before = allocations().count;
    Frame frame;
    for (std::size_t at = 0; at != copy.size(); ++at) {
        MutableBytesView in = MutableBytesView{copy}.subspan(at, 1);
        while (decoder.next(in, frame) == Progress::Ready) {
        }
    }
    CHECK(allocations().count == before);
}

TEST_CASE("a moved decoder goes on where the other stood") {
    const auto role = GENERATE(Client, Server);
    const Bytes wire = concat(
        {frame_to(role, 0x01, "Hel"), frame_to(role, 0x89, "ping"), frame_to(role, 0x80, "lo")});
    for (std::size_t cut = 0; cut <= wire.size(); ++cut) {
        FrameDecoder first{role};
        Trace lines = decode(first, {BytesView{wire}.first(cut)});
        FrameDecoder second{std::move(first)};
        const Trace rest = decode(second, {BytesView{wire}.subspan(cut)});
        lines.insert(lines.end(), rest.begin(), rest.end());
        CHECK(joined(lines) == Trace{"text 'Hel' more frames", "ping 'ping'", "text 'lo'"});
    }
}

TEST_CASE("unclaimed RSV: reserved bits are refused unless an extension claims them",
          "[attack][rfc6455-5.2-rsv]") {
    const auto role = GENERATE(Client, Server);
    for (const unsigned bit : {0x40U, 0x20U, 0x10U}) {
        for (const unsigned opcode : {0x81U, 0x82U, 0x88U, 0x89U, 0x8aU}) {
            CAPTURE(bit, opcode);
            const Bytes wire = frame_to(role, opcode | bit, "");
            FrameDecoder plain{role};
            CHECK(decode(plain, {wire}) == Trace{"error 1002 Reserved bit set unexpectedly"});
            const Extensions disguises(1, std::make_shared<Disguise>());
            FrameDecoder extended{role, {}, disguises};
            CHECK((extended.error() == Error::None));
            CHECK((decode(extended, {wire}).front().starts_with("error") == (bit != 0x20)));
        }
    }
}

TEST_CASE("an extension is shown each header once, when it is complete") {
    struct Counting : Disguise {
        int headers = 0;
        Error frame_inbound_header(const FrameHeader& header) override {
            ++headers;
            CHECK(header.masking_key.has_value());
            return Error::None;
        }
    };
    const Bytes wire = concat({frame_to(Server, 0xa1, "Hello"), frame_to(Server, 0x89, "ping")});
    for_each_split(wire, [&](const Pieces& pieces) {
        const auto extension = std::make_shared<Counting>();
        FrameDecoder decoder{Server, {}, {extension}};
        CHECK(decode(decoder, pieces) == Trace{"text 'Hello'", "ping 'ping'"});
        CHECK(extension->headers == 2);
    });
}

TEST_CASE("an extension that refuses a header fails the decoder with the header's last byte") {
    const auto role = GENERATE(Client, Server);
    const Bytes wire = frame_to(role, 0xa1, "abc");
    FrameDecoder decoder{role, {}, {std::make_shared<Refusing>()}};
    CHECK(failing_byte(decoder, wire) == wire.size() - 4);
    CHECK(decoder.error() == Error::ExtensionProtocolError);
    CHECK(decoder.error_message() == "error in extension");
}

TEST_CASE("what extensions make is counted in place of what was declared") {
    FrameDecoder decoder{Client, Limits{.message_size = 10}, {std::make_shared<Disguise>()}};
    CHECK(decode(decoder, {hex("21 05 31 32 33 34 35")}).size() == 1);
    CHECK(decoder.transforms());
    CHECK(decoder.message_room() == 10);
    decoder.count_transformed(7);
    CHECK(decoder.message_room() == 3);
    CHECK(decode(decoder, {hex("00 05 31 32 33 34 35")}).size() == 1);
    CHECK(decoder.message_room() == 3);
    CHECK(decode(decoder, {hex("80 00  82 0a")}).size() == 1);
    CHECK_FALSE(decoder.transforms());
}

TEST_CASE("a whole message is taken in one step where the general path takes it whole") {
    const auto role = GENERATE(Client, Server);
    const Limits limits = GENERATE(Limits{}, no_limits, Limits{.frame_size = 126},
                                   Limits{.message_size = 5}, Limits{.fragments = 0});
    const std::string long_length = GENERATE("00 7d", "00 7e", "00 7f");
    Bytes wire = concat({hex("00 00"), hex(long_length), Bytes(198, std::byte{'x'})});
    for (unsigned start = 0; start <= 0xffff; ++start) {
        const unsigned length = start & 0x7f;
        if (length > 7 && length < 123) continue;  // these differ in nothing
        wire[0] = static_cast<std::byte>(start >> 8);
        wire[1] = static_cast<std::byte>(start & 0xff);
        Bytes for_fast = wire;
        Bytes for_general = wire;
        MutableBytesView fast_in{for_fast};
        MutableBytesView general_in{for_general};
        Frame fast;
        Frame general;
        const bool taken =
            FrameDecoder{role, limits}.take_whole(fast_in, 0, fast) == Progress::Ready;
        FrameDecoder decoder{role, limits};
        const bool ready = decoder.next(general_in, general) == Progress::Ready;
        const bool whole = ready && !is_control(general.opcode) && general.message_finished;
        if (taken != whole) FAIL("they differ at " << start);
        if (taken && (line(fast) != line(general) || fast_in.size() != general_in.size())) {
            FAIL("they make different things of " << start);
        }
        if (!taken && (fast_in.size() != wire.size() || for_fast != wire)) {
            FAIL("something was changed at " << start);
        }
    }
}

TEST_CASE("what is cut is not taken in one step") {
    const auto role = GENERATE(Client, Server);
    for (const std::size_t size : {0U, 5U, 125U, 126U, 300U}) {
        const Bytes wire = frame_to(role, 0x82, std::string(size, 'x'));
        for (std::size_t cut = 0; cut <= wire.size(); ++cut) {
            FrameDecoder decoder{role};
            Bytes bytes = concat({BytesView{wire}.first(cut)});
            MutableBytesView in{bytes};
            Frame frame;
            const bool whole = cut == wire.size();
            CHECK(decoder.take_whole(in, 0, frame) ==
                  (whole ? Progress::Ready : Progress::NeedMore));
            CHECK((in.empty() || !whole));
        }
    }
}

TEST_CASE("a message that is cut begins in one step behind a control frame too") {
    const auto role = GENERATE(Client, Server);
    Bytes bytes = concat({frame_to(role, 0x89, "p"), frame_to(role, 0x82, "abc")});
    MutableBytesView in = MutableBytesView{bytes}.first(bytes.size() - 1);
    FrameDecoder decoder{role};
    Frame frame;
    REQUIRE(decoder.next(in, frame) == Progress::Ready);
    CHECK(line(frame) == "ping 'p'");
    CHECK(decoder.take_whole(in, 0, frame) == Progress::NeedMore);
    REQUIRE(decoder.next(in, frame) == Progress::Ready);
    CHECK(line(frame) == "binary 'ab' more");
}

TEST_CASE("plain is where at most the last frame of a message is pending, and no extension is") {
    const auto plain = [](std::string_view digits) {
        FrameDecoder decoder{Client};
        decode(decoder, {hex(digits)});
        return decoder.is_plain();
    };
    CHECK(plain(""));
    CHECK(plain("81 01 61"));
    CHECK(plain("89 00"));
    CHECK(plain("82 02 61"));
    CHECK(plain("82 7e 00 80 61"));
    CHECK_FALSE(plain("82"));
    CHECK_FALSE(plain("02 02 61"));
    CHECK(plain("02 00 80 02 61"));
    CHECK_FALSE(plain("82 02 61 61 89 01"));
    CHECK_FALSE(plain("81"));
    CHECK(plain("81 02 61"));
    CHECK_FALSE(plain("01 01 61"));
    CHECK_FALSE(plain("01 01 61 89 00"));
    CHECK_FALSE(plain("89 02 61"));
    CHECK_FALSE(plain("83"));
    CHECK_FALSE(FrameDecoder{Client, {}, {std::make_shared<Disguise>()}}.is_plain());
}

TEST_CASE("payload can be taken as it came, with the key that goes on where the last piece ended") {
    const Bytes wire = frame_to(Server, 0x82, "abcdefgh");
    for (std::size_t cut = 7; cut <= wire.size(); ++cut) {
        Bytes bytes = wire;
        MutableBytesView in = MutableBytesView{bytes}.first(cut);
        FrameDecoder decoder{Server};
        Frame frame;
        CHECK(decoder.take_whole(in, 0, frame) ==
              (cut == wire.size() ? Progress::Ready : Progress::NeedMore));
        if (cut == wire.size()) continue;
        MaskedPiece first;
        MaskedPiece second;
        REQUIRE(decoder.take_masked(in, first, frame));
        CHECK(in.empty());
        CHECK_FALSE(frame.frame_finished);
        CHECK_FALSE(decoder.take_masked(in, second, frame));
        in = MutableBytesView{bytes}.subspan(cut);
        REQUIRE(decoder.take_masked(in, second, frame));
        CHECK(frame.message_finished);
        CHECK(bytes == wire);
        detail::mask_in_place(first.payload, first.key);
        detail::mask_in_place(second.payload, second.key);
        CHECK(as_text(BytesView{bytes}.last(8)) == "abcdefgh");
    }
}

TEST_CASE("the convenient forms give a frame, nothing, or the complaint") {
    Bytes bytes = hex("81 01 61 83");
    MutableBytesView in{bytes};
    FrameDecoder decoder{Client};
    const auto frame = decoder.receive(in);
    REQUIRE(frame);
    CHECK(line(*frame) == "text 'a'");
    std::error_code ec;
    CHECK_FALSE(decoder.receive(in, ec));
    CHECK(ec == Error::InvalidOpcode);
    CHECK_THROWS_AS(decoder.receive(in), ParseFailed);
}
