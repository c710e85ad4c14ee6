#include <wsproto/message_decoder.hpp>

#include "support.hpp"
#include "support_extension.hpp"

#include <wsproto/detail/utf8.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace wsproto;
using namespace support;
using enum wsproto::ConnectionType;

namespace {

static_assert(sizeof(MessageDecoder) <= 160);
static_assert(std::movable<MessageDecoder> && !std::copyable<MessageDecoder>);

// Frames to messages, as FrameProtocol joins them.
struct Source {
    FrameDecoder frames;
    MessageDecoder messages;

    Progress next(MutableBytesView& in, Frame& frame) {
        for (;;) {
            const Progress shown = messages.next(frames, frame);
            if (shown == Progress::Ready && frame.opcode == Opcode::Text) {
                CHECK(wsproto::detail::is_valid_utf8(frame.payload));
            }
            if (shown != Progress::NeedMore) return shown;
            const Progress taken = frames.next(in, frame);
            if (taken != Progress::Ready || is_control(frame.opcode)) return taken;
            messages.begin(frame);
        }
    }
    [[nodiscard]] Error error() const {
        return frames.error() != Error::None ? frames.error() : messages.error();
    }
    [[nodiscard]] std::string error_message() const { return std::string{message(error())}; }
};

struct Setup {
    Delivery delivery = Delivery::Chunks;
    Limits limits{};
    bool extended = false;
};

Source make(const Setup& setup, Extensions extensions = {}) {
    if (setup.extended) extensions.push_back(std::make_shared<Disguise>());
    return {FrameDecoder{Client, setup.limits, std::move(extensions)},
            MessageDecoder{setup.delivery}};
}

// The events must be the same in every split.
Trace decoded(BytesView wire, const Setup& setup = {}) {
    Source whole = make(setup);
    const Trace lines = decode(whole, {wire});
    for_each_split(wire, [&](const Pieces& pieces) {
        Source source = make(setup);
        CHECK(decode(source, pieces) == lines);
    });
    return lines;
}

Bytes frame(unsigned first, std::string_view payload) {
    return frame_to(Client, first, payload);
}

Bytes disguised_frame(unsigned first, std::string_view payload) {
    return frame(first, disguised(std::string{payload}));
}

// An extension that hands bytes on up to an exclamation mark, and fails there.
struct Failing : Disguise {
    Step frame_inbound_payload_data(BytesView& in, MutableBytesView out) override {
        if (in[0] == std::byte{'!'}) return {.error = Error::ExtensionInvalidData};
        out[0] = in[0];
        in = in.subspan(1);
        return {.produced = 1, .more = !in.empty()};
    }
};

// The place of the byte at which it fails, or the number of bytes.
std::size_t failing_byte(BytesView wire, const Setup& setup = {}) {
    Source source = make(setup);
    for (std::size_t at = 0; at != wire.size(); ++at) {
        decode(source, {wire.subspan(at, 1)});
        if (source.error() != Error::None) return at;
    }
    return wire.size();
}

constexpr std::string_view mixed = "a\u00e9\u20ac\U0001f600z";
const std::string not_utf8 = "error 1007 Text message is not valid UTF-8";

}  // namespace

TEST_CASE("a code point is never cut, wherever pieces and frames are",
          "[rfc6455-5.6-text-received]") {
    for (std::size_t cut = 0; cut <= mixed.size(); ++cut) {
        CAPTURE(cut);
        const Bytes wire = concat(
            {frame(0x01, mixed.substr(0, cut)), frame(0x89, ""), frame(0x80, mixed.substr(cut))});
        std::string text;
        for (const std::string& line : decoded(wire)) {
            if (line.starts_with("text '")) text += line.substr(6, line.rfind('\'') - 6);
        }
        CHECK(text == mixed);
        CHECK(decoded(wire, {.delivery = Delivery::Messages}) ==
              Trace{"ping ''", "text '" + std::string{mixed} + "'"});
    }
}

TEST_CASE("the bytes of a split code point come as a small piece of their own") {
    Source source = make({});
    const auto next = [&](std::string_view digits) { return decode(source, {hex(digits)}); };
    CHECK(next("81 06 61 e2") == Trace{"text 'a' more"});
    CHECK(next("82").empty());
    CHECK(next("ac 62 63") == Trace{"text '\u20acbc'"});
}

TEST_CASE("a frame that ends inside a code point does not tell its end, the next one does") {
    CHECK(decoded(concat({frame(0x01, "a\xe2"), frame(0x00, "\x82"), frame(0x80, "\xacz")})) ==
          Trace{"text 'a\u20acz'"});
    CHECK(decoded(concat({frame(0x01, "\xe2"), frame(0x00, "\x82\xac"), frame(0x80, "b")})) ==
          Trace{"text '\u20ac' more frames", "text 'b'"});
}

TEST_CASE("an empty frame inside a code point is a frame") {
    CHECK(decoded(concat({frame(0x01, "\xe2"), frame(0x00, ""), frame(0x80, "\x82\xac")})) ==
          Trace{"text '' more frames", "text '\u20ac'"});
}

TEST_CASE("the end of a message is told, on an empty piece if nothing is left") {
    CHECK(decoded(concat({frame(0x01, "\u20ac"), frame(0x80, "")})) ==
          Trace{"text '\u20ac' more frames", "text ''"});
    CHECK(decoded(concat({frame(0x02, "a"), frame(0x80, "")})) ==
          Trace{"binary 'a' more frames", "binary ''"});
}

TEST_CASE("text is refused at the first byte that cannot be valid, and what is valid comes first") {
    const auto [bad, at] = GENERATE(table<std::string, std::size_t>({
        {"80", 0},
        {"bf", 0},
        {"c0", 0},
        {"c1", 0},
        {"f5", 0},
        {"ff", 0},
        {"c3 28", 1},
        {"e0 80", 1},
        {"ed a0", 1},
        {"f0 80", 1},
        {"f4 90", 1},
        {"e2 c3", 1},
        {"e2 82 28", 2},
        {"f0 9f 28", 2},
        {"f0 9f 98 28", 3},
        {"f4 8f bf c0", 3},
    }));
    CAPTURE(bad);
    const std::string valid{mixed};
    const std::string payload = valid + std::string{as_text(hex(bad))} + "more";
    const Bytes wire = frame(0x81, payload);
    CHECK(decoded(wire) == Trace{"text '" + valid + "' more", not_utf8});
    CHECK(failing_byte(wire) == 2 + valid.size() + at);
    CHECK(decoded(wire, {.delivery = Delivery::Messages}) == Trace{not_utf8});
    CHECK(failing_byte(wire, {.delivery = Delivery::Messages}) == 2 + valid.size() + at);
}

TEST_CASE("text that becomes invalid in another frame is refused there") {
    const Bytes first = frame(0x01, "a\xed");
    const Bytes wire = concat({first, frame(0x00, ""), frame(0x89, ""), frame(0x80, "\xa0z")});
    CHECK(decoded(wire) == Trace{"text 'a' more frames", "ping ''", not_utf8});
    CHECK(failing_byte(wire) == first.size() + 6);
}

TEST_CASE("a message must not end inside a code point", "[rfc6455-5.6-text-received]") {
    const std::string start = GENERATE("\xc3", "\xe2", "\xe2\x82", "\xf0\x9f\x98");
    const Trace expected{"text 'ab' more", not_utf8};
    CHECK(decoded(frame(0x81, "ab" + start)) == expected);
    CHECK(decoded(concat({frame(0x01, "ab" + start), frame(0x80, "")})) == expected);
    CHECK(decoded(frame(0x81, "ab" + start), {.delivery = Delivery::Messages}) == Trace{not_utf8});
    CHECK(failing_byte(concat({frame(0x01, "ab" + start), frame(0x80, "")})) ==
          2 + 2 + start.size() + 1);
}

TEST_CASE("the text of the next message begins anew", "[rfc6455-6.2-next-message]") {
    CHECK(decoded(concat({frame(0x81, "\u20ac"), frame(0x82, "\xe2"), frame(0x81, "\u20ac")})) ==
          Trace{"text '\u20ac'", "binary '\\xe2'", "text '\u20ac'"});
}

TEST_CASE("whole messages come in one, between them control frames in their place") {
    const Setup setup{.delivery = Delivery::Messages};
    CHECK(decoded(concat({frame(0x01, "Hel"), frame(0x89, "p"), frame(0x00, ""), frame(0x80, "lo"),
                          frame(0x82, ""), frame(0x02, ""), frame(0x80, "x")}),
                  setup) == Trace{"ping 'p'", "text 'Hello'", "binary ''", "binary 'x'"});
}

TEST_CASE("a whole message that came in one piece is shown where it lies") {
    Bytes wire = concat({frame(0x02, ""), frame(0x80, "Hello")});
    MutableBytesView in{wire};
    Source source = make({.delivery = Delivery::Messages});
    Frame message;
    const std::size_t before = allocations().count;
    REQUIRE(source.next(in, message) == Progress::Ready);
    CHECK(allocations().count == before);
    CHECK(message.payload.data() == wire.data() + 4);
}

TEST_CASE("a message that is collected grows by what arrives up to its size, and is given back") {
    Source source = make({.delivery = Delivery::Messages});
    decode(source, {header_to(Client, 0x82, 1 << 20)});
    const Bytes piece(1000, std::byte{'x'});
    const std::size_t before = allocations().live;
    decode(source, {piece});
    CHECK(allocations().live <= before + 4 * piece.size());
    for (int round = 0; round != 1047; ++round) {
        decode(source, {piece});
    }
    CHECK(allocations().live <= before + (1 << 20));
    CHECK((decode(source, {BytesView{piece}.first(576)}).front().size() == (1 << 20) + 9));
    CHECK(allocations().live <= before);
}

TEST_CASE("a message in many frames doubles its memory, whatever each frame declares") {
    Source source = make({.delivery = Delivery::Messages});
    decode(source, {frame(0x02, "x")});
    Bytes next = frame(0x00, std::string(1000, 'x'));
    const std::size_t before = allocations().count;
    for (int round = 0; round != 1000; ++round) {
        MutableBytesView in{next};
        Frame message;
        CHECK(source.next(in, message) == Progress::NeedMore);
    }
    CHECK(allocations().count < before + 20);
}

TEST_CASE("payload passes an extension, in chunks and in whole messages") {
    const Bytes wire = concat({disguised_frame(0x21, "a\xe2"), frame(0x89, "p"),
                               disguised_frame(0x80, "\x82\xacz"), frame(0x81, "plain")});
    CHECK(decoded(wire, {.extended = true}) ==
          Trace{"text 'a' more", "ping 'p'", "text '\u20acz<in>'", "text 'plain'"});
    CHECK(decoded(wire, {.delivery = Delivery::Messages, .extended = true}) ==
          Trace{"ping 'p'", "text 'a\u20acz<in>'", "text 'plain'"});
}

TEST_CASE("no event has more than a chunk of what an extension makes") {
    const std::string payload(1000, 'x');
    Source source = make({.limits = {.chunk_size = 64}, .extended = true});
    Bytes wire = disguised_frame(0xa2, payload);
    MutableBytesView in{wire};
    Frame piece;
    std::string got;
    while (source.next(in, piece) == Progress::Ready) {
        CHECK(piece.payload.size() <= 64);
        got += as_text(piece.payload);
    }
    CHECK(got == payload + "<in>");
    CHECK(piece.message_finished);
}

TEST_CASE("frames keep their ends when chunks are as small as can be") {
    const Setup setup{.limits = {.chunk_size = 64}, .extended = true};
    for (const std::size_t size : {59U, 60U, 63U, 64U, 65U, 128U}) {
        const std::string text(size, 'x');
        const Bytes wire = concat({disguised_frame(0x21, text), disguised_frame(0x80, text)});
        CHECK(decoded(wire, setup) ==
              Trace{"text '" + text + "' more frames", "text '" + text + "<in>'"});
    }
}

TEST_CASE("a transformed frame that yields nothing is no event, unless the message ends") {
    const auto quiet = [] {
        return make({}, {std::make_shared<Disguise>(Disguise::Settings{.inbound_trailer = ""})});
    };
    Source source = quiet();
    CHECK(decode(source, {frame(0x21, "")}).empty());
    CHECK(decode(source, {frame(0x00, "")}).empty());
    CHECK(decode(source, {frame(0x80, "")}) == Trace{"text ''"});
}

TEST_CASE("what an extension makes is limited, inclusively, and comes up to the limit") {
    const std::string text(100, 'x');
    const Bytes wire =
        concat({disguised_frame(0x21, text.substr(0, 30)), disguised_frame(0x80, text.substr(30))});
    const Trace whole{"text '" + text.substr(0, 30) + "' more frames",
                      "text '" + text.substr(30) + "<in>'"};
    for (const std::size_t chunk_size : {64U, 65536U}) {
        CAPTURE(chunk_size);
        const auto limited = [&](std::uint64_t size, Delivery delivery = Delivery::Chunks) {
            return decoded(wire,
                           {delivery, {.message_size = size, .chunk_size = chunk_size}, true});
        };
        const std::string too_big = "error 1009 Message exceeds the size limit";
        CHECK(limited(104) == whole);
        CHECK(limited(103) == Trace{whole[0], "text '" + text.substr(30) + "<in' more", too_big});
        CHECK(limited(50) == Trace{whole[0], "text '" + text.substr(80) + "' more", too_big});
        CHECK(limited(104, Delivery::Messages) == Trace{"text '" + text + "<in>'"});
        CHECK(limited(103, Delivery::Messages) == Trace{too_big});
    }
}

TEST_CASE("text that an extension makes is refused at its first wrong byte") {
    const Setup setup{.limits = {.chunk_size = 64}, .extended = true};
    const std::string valid(100, 'x');
    CHECK(decoded(disguised_frame(0xa1, valid + "\xffxyz"), setup) ==
          Trace{"text '" + valid + "' more", not_utf8});
    CHECK(decoded(disguised_frame(0xa1, valid + "\xe2"), setup) ==
          Trace{"text '" + valid + "' more", not_utf8});
}

TEST_CASE("what an extension made before it failed comes before the complaint") {
    const Bytes wire = frame(0xa1, "abc!def");
    for_each_split(wire, [&](const Pieces& pieces) {
        Source chunks = make({}, {std::make_shared<Failing>()});
        CHECK(decode(chunks, pieces) ==
              Trace{"text 'abc' more", "error 1007 Extension could not decode the payload"});
        Source messages = make({.delivery = Delivery::Messages}, {std::make_shared<Failing>()});
        CHECK(decode(messages, pieces) ==
              Trace{"error 1007 Extension could not decode the payload"});
    });
}

TEST_CASE("text that is wrong before the extension fails is what is complained about") {
    const Bytes wire = frame(0xa1, "ab\xff!def");
    for_each_split(wire, [&](const Pieces& pieces) {
        Source chunks = make({}, {std::make_shared<Failing>()});
        CHECK(decode(chunks, pieces) == Trace{"text 'ab' more", not_utf8});
        Source messages = make({.delivery = Delivery::Messages}, {std::make_shared<Failing>()});
        CHECK(decode(messages, pieces) == Trace{not_utf8});
    });
}

TEST_CASE("what is kept does not depend on the memory it was taken from") {
    const Bytes wire = concat({frame(0x01, "\xe2"), frame(0x80,
                                                          "\x82\xac"
                                                          "bcd")});
    Source source = make({});
    Bytes buffer = wire;
    MutableBytesView in{buffer};
    Frame piece;
    REQUIRE(source.next(in, piece) == Progress::Ready);
    CHECK(line(piece) == "text '\u20ac' more");
    source.messages.keep();
    std::fill(buffer.begin(), buffer.end(), std::byte{0xdd});
    REQUIRE(source.next(in, piece) == Progress::Ready);
    CHECK(line(piece) == "text 'bcd'");
}

TEST_CASE("what waits for an extension is kept too, and copied once") {
    Source source = make({.limits = {.chunk_size = 64}, .extended = true});
    Bytes buffer = disguised_frame(0xa1, std::string(10'000, 'x'));
    MutableBytesView in{buffer};
    Frame piece;
    std::string got;
    const std::size_t before = allocations().bytes;
    while (source.next(in, piece) == Progress::Ready) {
        got += as_text(piece.payload);
        source.messages.keep();
        std::fill(buffer.begin(), buffer.end(), std::byte{0xdd});
    }
    CHECK((got == std::string(10'000, 'x') + "<in>"));
    CHECK(allocations().bytes <= before + 100'000);
}

TEST_CASE("what was kept is given back as soon as it was shown, in the middle of a message too") {
    Source source = make({});
    Bytes buffer = frame(0x01, "\xe2\x82");
    decode(source, {buffer});
    buffer = frame(0x00, "\xac" + std::string(5000, 'x'));
    MutableBytesView in{buffer};
    Frame piece;
    REQUIRE(source.next(in, piece) == Progress::Ready);
    const std::size_t before = allocations().live;
    source.messages.keep();
    CHECK(allocations().live == before + 5000);
    while (source.next(in, piece) == Progress::Ready) {
        CHECK(piece.payload.size() == 5000);
    }
    CHECK(allocations().live == before);
}

TEST_CASE("nothing is held between messages") {
    const bool extended = GENERATE(false, true);
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    Source source = make({.delivery = delivery, .extended = extended});
    decode(source, {frame(0x21, "")});
    const Bytes wire = concat({frame(0x00, std::string(1000, 'x')), frame(0x80, "y")});
    Source other = make({.delivery = delivery, .extended = extended});
    const std::size_t before = allocations().live;
    for (std::size_t at = 0; at != wire.size(); ++at) {
        decode(source, {BytesView{wire}.subspan(at, 1)});
    }
    CHECK(allocations().live <= before);
}

TEST_CASE("random messages come out as they went in, in random fragments and reads",
          "[rfc6455-5.4-order][rfc6455-6.2-next-message]") {
    std::mt19937 random{20240301};
    constexpr std::array points{"a", "\u00e9", "\u20ac", "\U0001f600"};
    for (int trial = 0; trial != 300; ++trial) {
        CAPTURE(trial);
        const bool extended = trial % 2 != 0;
        std::string text;
        for (std::size_t left = random() % 60; left != 0; --left) {
            text += points[random() % 4];
        }
        Bytes wire;
        unsigned opcode = extended ? 0x21 : 0x01;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t size = random() % 9;
            const std::string piece = text.substr(at, size);
            wire = concat({wire, extended ? disguised_frame(opcode, piece) : frame(opcode, piece)});
            if (random() % 3 == 0) wire = concat({wire, frame(0x8a, "")});
            opcode = 0;
            at += size;
        }
        wire = concat({wire, frame(opcode | 0x80, "")});
        Pieces pieces;
        for (BytesView rest = wire; !rest.empty();) {
            pieces.push_back(rest.first(std::min<std::size_t>(1 + random() % 20, rest.size())));
            rest = rest.subspan(pieces.back().size());
        }
        const Setup setup{.limits = {.chunk_size = 64}, .extended = extended};
        Source whole = make(setup);
        Source cut = make(setup);
        CHECK(decode(whole, {wire}) == decode(cut, pieces));
        Source messages = make({Delivery::Messages, {}, extended});
        CHECK(decode(messages, pieces).back() == "text '" + text + (extended ? "<in>'" : "'"));
    }
}

/// A text of which all but the last byte has arrived, as the piece that its frame begins with.
struct TextBegun {
    TextBegun(ConnectionType role, std::string_view payload)
        : bytes{frame_to(role, 0x81, payload)}, frames{role} {
        MutableBytesView in = MutableBytesView{bytes}.first(bytes.size() - 1);
        REQUIRE(frames.take_whole(in, 0, frame) == Progress::NeedMore);
        REQUIRE(frames.take_masked(in, piece, frame));
    }

    Bytes bytes;
    FrameDecoder frames;
    MaskedPiece piece{};
    Frame frame{};
};

TEST_CASE("a piece that is valid is shown at once") {
    const auto role = GENERATE(Client, Server);
    TextBegun text{role, "abc."};
    MessageDecoder messages;
    CHECK(messages.show_piece(text.frames, text.piece, text.frame));
    CHECK(line(text.frame) == "text 'abc' more");
}

TEST_CASE("a piece that is not valid is not shown at once, but what is valid of it and then why") {
    const auto role = GENERATE(Client, Server);
    TextBegun text{role, "abc\xff."};
    MessageDecoder messages;
    REQUIRE(messages.shows_pieces());
    CHECK_FALSE(messages.show_piece(text.frames, text.piece, text.frame));
    REQUIRE(messages.next(text.frames, text.frame) == Progress::Ready);
    CHECK(line(text.frame) == "text 'abc' more");
    CHECK(messages.next(text.frames, text.frame) == Progress::Failed);
    CHECK(messages.error() == Error::InvalidUtf8);
}
