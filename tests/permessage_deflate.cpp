#include <wsproto/permessage_deflate.hpp>

#include "support_deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

using namespace wsproto;
using namespace deflate_support;

namespace {

static_assert(DeflateOptions{}.level == 6 && DeflateOptions{}.memory_level == 8);
static_assert(sizeof(PerMessageDeflate) <= 256);

struct OneFrame {
    FrameHeader header{};
    Bytes payload{};
};

/// What an end sends for one piece of a message.
OneFrame frame(PerMessageDeflate& sender, std::string_view text, bool fin = true,
               Opcode opcode = Opcode::Text) {
    OneFrame sent{.header = {.fin = fin, .opcode = opcode}};
    REQUIRE(sender.frame_outbound(sent.header, as_bytes(text), fin, sent.payload) == Error::None);
    return sent;
}

std::vector<OneFrame> frames(PerMessageDeflate& sender, std::string_view text,
                             std::size_t fragment_size) {
    std::vector<OneFrame> sent;
    for (std::size_t at = 0; at < text.size(); at += fragment_size) {
        const bool fin = at + fragment_size >= text.size();
        sent.push_back(frame(sender, text.substr(at, fragment_size), fin,
                             at == 0 ? Opcode::Binary : Opcode::Continuation));
    }
    return sent;
}

void receive(PerMessageDeflate& receiver, const OneFrame& received, Inflated& message,
             std::size_t out_size = 1024) {
    message.error = receiver.frame_inbound_header(received.header);
    if (message.error != Error::None) return;
    feed(message, received.payload, out_size, [&](BytesView& in, MutableBytesView out) {
        return receiver.frame_inbound_payload_data(in, out);
    });
    if (message.error != Error::None) return;
    run_steps(message, out_size, [&](MutableBytesView out) {
        return receiver.frame_inbound_complete(received.header.fin, out);
    });
}

Inflated receive(PerMessageDeflate& receiver, const OneFrame& received) {
    Inflated message;
    receive(receiver, received, message);
    return message;
}

/// The text that arrives for a message in one frame.
std::string through(PerMessageDeflate& sender, PerMessageDeflate& receiver, std::string_view text) {
    const auto message = receive(receiver, frame(sender, text));
    CHECK(message.error == Error::None);
    return message.text;
}

/// Both ends of a connection. The response is what the server answered to the client.
struct Ends {
    explicit Ends(const DeflateOptions& of_client = {}, const DeflateOptions& of_server = {})
        : client{of_client}, server{of_server} {
        const auto answer = server.accept("permessage-deflate; " + client.offer().value());
        REQUIRE(answer);
        response = "permessage-deflate" + (answer->empty() ? "" : "; " + *answer);
        REQUIRE(client.finalize(response) == Error::None);
    }

    PerMessageDeflate& sender(bool from_client) { return from_client ? client : server; }
    PerMessageDeflate& receiver(bool from_client) { return from_client ? server : client; }

    PerMessageDeflate client;
    PerMessageDeflate server;
    std::string response{};
};

/// A ping from one to the other, on its own.
void ping(PerMessageDeflate& sender, PerMessageDeflate& receiver) {
    OneFrame sent = frame(sender, "ping", true, Opcode::Ping);
    CHECK(sent.header == FrameHeader{.opcode = Opcode::Ping});
    CHECK(as_text(sent.payload) == "ping");
    CHECK(receiver.frame_inbound_header(sent.header) == Error::None);
}

/// The header of a frame that is compressed, if it is the first of its message.
FrameHeader header_of(Opcode opcode, bool rsv1) {
    return {.fin = true, .rsv = {.rsv1 = rsv1}, .opcode = opcode};
}

/// An open connection with compression agreed on.
Connection compressed_connection(ConnectionType role, const Options& options) {
    const auto extension = std::make_shared<PerMessageDeflate>();
    if (role == ConnectionType::Server) {
        REQUIRE(extension->accept("permessage-deflate"));
    } else {
        REQUIRE(extension->finalize("permessage-deflate") == Error::None);
    }
    return Connection{role, {extension}, {}, options};
}

constexpr std::size_t bomb_part = 1 << 20;

/// One message on its way to `role`, of which each KiB inflates to 1 MiB of zeros.
Bytes bomb(ConnectionType role, std::size_t parts) {
    const Bytes part = PlainDeflate{}(std::string(bomb_part, '\0'), Z_FULL_FLUSH);
    Bytes payload;
    for (std::size_t count = 0; count != parts; ++count) {
        payload.insert(payload.end(), part.begin(), part.end());
    }
    payload.resize(payload.size() - 4);
    Bytes wire = support::header_to(role, 0xc2, payload.size());
    if (role == ConnectionType::Server) wire.resize(wire.size() + 4, std::byte{0});
    wire.insert(wire.end(), payload.begin(), payload.end());
    return wire;
}

struct Blast {
    std::uint64_t size = 0;  ///< Of what was shown.
    std::string error{};
    std::size_t largest = 0;  ///< Asked for at once.
    std::size_t growth = 0;   ///< Of the memory that was held, after the first read.
};

/// What comes of it in reads of 16 KiB.
Blast blast(Connection connection, Bytes wire) {
    Blast result;
    std::size_t held = 0;
    support::forget_largest_allocation();
    for (std::size_t at = 0; at < wire.size() && result.error.empty(); at += 16384) {
        connection.receive_data_in_place(MutableBytesView{wire}.subspan(at).first(
            std::min<std::size_t>(16384, wire.size() - at)));
        std::error_code ec;
        for (const Event& event : connection.events(ec)) {
            result.size += std::get<BytesMessage>(event).data.size();
        }
        if (ec) result.error = ec.message();
        const std::size_t live = support::allocations().live;
        held = at == 0 ? live : held;
        result.growth = std::max(result.growth, live - std::min(live, held));
    }
    result.largest = support::allocations().largest;
    return result;
}

constexpr std::uint64_t everything = std::numeric_limits<std::uint64_t>::max();

}  // namespace

// The offer.

TEST_CASE("an offer has what differs from the default, and lets the server choose a window",
          "[rfc7692-5-offer]") {
    const auto offer = [](const DeflateOptions& options) {
        return PerMessageDeflate{options}.offer();
    };
    CHECK(offer({}) == "client_max_window_bits");
    CHECK(offer({.client_max_window_bits = 10}) == "client_max_window_bits=10");
    CHECK(offer({.server_max_window_bits = 8}) ==
          "server_max_window_bits=8; client_max_window_bits");
    CHECK(offer({.client_no_context_takeover = true, .server_no_context_takeover = true}) ==
          "server_no_context_takeover; client_no_context_takeover; client_max_window_bits");
}

TEST_CASE("a window of 15 bits is the default, and not asked for") {
    const DeflateOptions options{.client_max_window_bits = 15, .server_max_window_bits = 15};
    CHECK(PerMessageDeflate{options}.offer() == "client_max_window_bits");
    CHECK(PerMessageDeflate{options}.accept("permessage-deflate; client_max_window_bits") == "");
    PerMessageDeflate client{options};
    CHECK(client.finalize("permessage-deflate; client_max_window_bits=15") == Error::None);
    CHECK(client.finalize("permessage-deflate") == Error::None);
}

TEST_CASE("the level, the memory level and the threshold are nobody else's business") {
    const DeflateOptions options{.level = 1, .memory_level = 9, .threshold = 100};
    CHECK(PerMessageDeflate{options}.offer() == PerMessageDeflate{}.offer());
}

TEST_CASE("options within their ranges are valid") {
    for (int value = 8; value <= 15; ++value) {
        CHECK(PerMessageDeflate{{.client_max_window_bits = value}}.validate() == Error::None);
        CHECK(PerMessageDeflate{{.server_max_window_bits = value}}.validate() == Error::None);
    }
    for (int value = 1; value <= 9; ++value) {
        CHECK(PerMessageDeflate{{.level = value}}.validate() == Error::None);
        CHECK(PerMessageDeflate{{.memory_level = value}}.validate() == Error::None);
    }
    CHECK(PerMessageDeflate{{.level = -1}}.validate() == Error::None);
    CHECK(PerMessageDeflate{{.level = 0}}.validate() == Error::None);
}

TEST_CASE("options out of their ranges are reported, and neither offered nor accepted") {
    const DeflateOptions options = GENERATE(
        DeflateOptions{.client_max_window_bits = 7}, DeflateOptions{.client_max_window_bits = 16},
        DeflateOptions{.client_max_window_bits = -15}, DeflateOptions{.server_max_window_bits = 7},
        DeflateOptions{.server_max_window_bits = 16}, DeflateOptions{.server_max_window_bits = 0},
        DeflateOptions{.level = -2}, DeflateOptions{.level = 10}, DeflateOptions{.memory_level = 0},
        DeflateOptions{.memory_level = 10});
    PerMessageDeflate deflate{options};
    CHECK(deflate.validate() == Error::OptionsOutOfRange);
    CHECK_FALSE(deflate.offer());
    CHECK_FALSE(deflate.accept("permessage-deflate; client_max_window_bits"));
    CHECK(deflate.finalize("permessage-deflate") == Error::UnrecognizedExtension);
    CHECK_FALSE(deflate.enabled());
}

// The answer.

TEST_CASE("a server answers with what was asked or configured", "[rfc7692-5-accept]") {
    struct Row {
        DeflateOptions options;
        std::string_view offer, answer;
    };
    const auto row = GENERATE(
        Row{{}, "", ""}, Row{{}, "; client_max_window_bits", ""},
        Row{{}, "; client_max_window_bits=\"10\"", "client_max_window_bits=10"},
        Row{{}, "; SERVER_MAX_WINDOW_BITS=15", "server_max_window_bits=15"},
        Row{{.server_max_window_bits = 9},
            "; server_max_window_bits=10",
            "server_max_window_bits=9"},
        Row{{.server_max_window_bits = 10},
            "; server_max_window_bits=9",
            "server_max_window_bits=9"},
        Row{{.server_max_window_bits = 9}, "", "server_max_window_bits=9"},
        Row{{.client_max_window_bits = 9}, "", ""},
        Row{{.client_max_window_bits = 9}, "; client_max_window_bits", "client_max_window_bits=9"},
        Row{{.client_no_context_takeover = true, .server_no_context_takeover = true},
            "",
            "server_no_context_takeover; client_no_context_takeover"});
    CAPTURE(row.offer);
    PerMessageDeflate server{row.options};
    CHECK(server.accept("permessage-deflate" + std::string{row.offer}) == row.answer);
    CHECK(server.enabled());
}

TEST_CASE("no valid offer is of what is not supported: each is accepted",
          "[rfc7692-7-decline-unsupported]") {
    const int server_bits = GENERATE(range(8, 16));
    const int client_bits = GENERATE(range(8, 16));
    const std::string_view takeover = GENERATE(
        as<std::string_view>{}, "", "; server_no_context_takeover", "; client_no_context_takeover",
        "; server_no_context_takeover; client_no_context_takeover");
    CAPTURE(server_bits, client_bits, takeover);
    PerMessageDeflate server;
    CHECK(server.accept(
        "permessage-deflate; server_max_window_bits=" + std::to_string(server_bits) +
        "; client_max_window_bits=" + std::to_string(client_bits) + std::string{takeover}));
    CHECK(server.server_max_window_bits() == server_bits);
    CHECK(server.client_max_window_bits() == client_bits);
}

TEST_CASE("an offer that is declined leaves no trace",
          "[rfc7692-5.1-not-agreed][rfc7692-7-decline-undefined]") {
    PerMessageDeflate server;
    const std::string_view offer = GENERATE("permessage-deflate; server_max_window_bits=7",
                                            "permessage-deflate; server_max_window_bits=9; x",
                                            "permessage-deflate; server_max_window_bits=9; "
                                            "server_no_context_takeover=1");
    CHECK_FALSE(server.accept(offer));
    CHECK_FALSE(server.enabled());
    CHECK(server.server_max_window_bits() == 15);
    CHECK_FALSE(server.server_no_context_takeover());
    CHECK(server.accept("permessage-deflate") == "");
    CHECK(server.server_max_window_bits() == 15);
}

TEST_CASE("window bits parsed loosely: an offer in another spelling is declined",
          "[attack][rfc7692-7-decline-value]") {
    const std::string value =
        GENERATE("=08", "=+9", "=1000", "=abc", "=\"\"", "=", "= 8", "=\"08\"", "=7", "=16");
    CAPTURE(value);
    PerMessageDeflate server;
    CHECK_FALSE(server.accept("permessage-deflate; server_max_window_bits" + value));
    CHECK_FALSE(server.accept("permessage-deflate; client_max_window_bits" + value));
    CHECK_FALSE(server.accept("permessage-deflate; server_max_window_bits"));
    CHECK(server.accept("permessage-deflate; server_max_window_bits=\"8\"; "
                        "client_max_window_bits=8") ==
          "server_max_window_bits=8; client_max_window_bits=8");
}

TEST_CASE("window bits parsed loosely: an answer in another spelling fails the handshake",
          "[attack][rfc7692-7-fail-value]") {
    const std::string value =
        GENERATE("=08", "=+9", "=1000", "=abc", "=\"\"", "=", "= 8", "=\"08\"", "=7", "=16", "");
    CAPTURE(value);
    PerMessageDeflate client;
    CHECK(client.finalize("permessage-deflate; server_max_window_bits" + value) != Error::None);
    CHECK(client.finalize("permessage-deflate; client_max_window_bits" + value) != Error::None);
    CHECK_FALSE(client.enabled());
    CHECK(client.finalize("permessage-deflate; server_max_window_bits=\"8\"; "
                          "client_max_window_bits=8") == Error::None);
    CHECK(client.server_max_window_bits() == 8);
    CHECK(client.client_max_window_bits() == 8);
}

TEST_CASE("a client refuses an answer that is none to its offer",
          "[rfc7692-5.2-unsupported][rfc7692-7-fail-undefined][rfc7692-7-fail-twice]"
          "[rfc7692-7-fail-unsupported]") {
    struct Row {
        DeflateOptions options;
        std::string_view response;
    };
    const auto row = GENERATE(Row{{.server_no_context_takeover = true}, ""},
                              Row{{.server_max_window_bits = 10}, ""},
                              Row{{.server_max_window_bits = 10}, "; server_max_window_bits=11"},
                              Row{{.client_max_window_bits = 10}, "; client_max_window_bits=11"},
                              Row{{}, "; client_max_window_bits"}, Row{{}, "; unknown"},
                              Row{{}, "; server_no_context_takeover; server_no_context_takeover"});
    CAPTURE(row.response);
    PerMessageDeflate client{row.options};
    CHECK(client.finalize("permessage-deflate" + std::string{row.response}) ==
          Error::UnrecognizedExtension);
    CHECK_FALSE(client.enabled());
    CHECK(client.client_max_window_bits() == 15);
}

TEST_CASE("both ends know what was agreed on") {
    const Ends ends{{.client_no_context_takeover = true, .server_max_window_bits = 11},
                    {.client_max_window_bits = 9, .server_no_context_takeover = true}};
    CHECK(ends.response ==
          "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
          "server_max_window_bits=11; client_max_window_bits=9");
    for (const auto* end : {&ends.client, &ends.server}) {
        CHECK(end->enabled());
        CHECK(end->client_no_context_takeover());
        CHECK(end->client_max_window_bits() == 9);
        CHECK(end->server_no_context_takeover());
        CHECK(end->server_max_window_bits() == 11);
    }
}

TEST_CASE("negotiated values set the windows, merely configured ones do not",
          "[rfc7692-7.1.2.1-keep][rfc7692-7.1.2.2-keep]") {
    PerMessageDeflate server{{.client_max_window_bits = 8}};
    CHECK(server.accept("permessage-deflate") == "");
    CHECK(server.client_max_window_bits() == 15);
    const std::string text = noise(5000);
    const Bytes payload = PlainDeflate{15}.message(text + text);
    const OneFrame received{.header = header_of(Opcode::Binary, true), .payload = payload};
    CHECK(receive(server, received).text == text + text);
}

TEST_CASE("negotiated values set the windows of what is received, too") {
    const bool from_client = GENERATE(true, false);
    const DeflateOptions options{.client_max_window_bits = 9, .server_max_window_bits = 9};
    Ends ends{options, options};
    const std::string text = noise(2000);
    OneFrame sent{.header = header_of(Opcode::Binary, true),
                  .payload = PlainDeflate{9}.message(text + text)};
    Inflated message;
    receive(ends.receiver(from_client), sent, message, 64);
    CHECK(message.text == text + text);
    sent.payload = PlainDeflate{15}.message(text + text);  // refers to what is 2000 bytes back
    receive(ends.receiver(from_client), sent, message, 64);
    CHECK(message.error == Error::InvalidDeflateData);
}

TEST_CASE("a client does what it announced although the answer does not mention it") {
    PerMessageDeflate client{{.client_no_context_takeover = true, .client_max_window_bits = 9}};
    CHECK(client.finalize("permessage-deflate") == Error::None);
    CHECK(client.client_no_context_takeover());
    CHECK(client.client_max_window_bits() == 9);
    const std::string text = noise(600);
    const Bytes payload = concat({frame(client, text + text).payload, hex("00 00 ff ff")});
    CHECK(plain_inflate(payload, 9, 2 * text.size()) == text + text);
    CHECK(frame(client, "Hello").payload == frame(client, "Hello").payload);
}

TEST_CASE("the extension owns RSV1, and says so before it is enabled") {
    const PerMessageDeflate deflate;
    CHECK_FALSE(deflate.enabled());
    CHECK(deflate.reserved_bits() == RsvBits{.rsv1 = true});
    CHECK(deflate.compresses());
    CHECK(deflate.name() == "permessage-deflate");
}

// Sending.

TEST_CASE("the examples of RFC 7692 are sent and received by both roles",
          "[rfc7692-6.2-decompress]") {
    const bool from_client = GENERATE(true, false);
    Ends ends;
    const OneFrame first = frame(ends.sender(from_client), "Hello");
    CHECK(first.header.rsv == RsvBits{.rsv1 = true});
    CHECK(first.payload == hex("f2 48 cd c9 c9 07 00"));  // §7.2.3.1
    const OneFrame second = frame(ends.sender(from_client), "Hello");
    CHECK(second.payload == hex("f2 00 11 00 00"));  // §7.2.3.2
    CHECK(receive(ends.receiver(from_client), first).text == "Hello");
    CHECK(receive(ends.receiver(from_client), second).text == "Hello");
}

TEST_CASE("the fragments of RFC 7692 are received") {
    // §7.2.3.1: the same message in two frames, 0x41 and 0x80.
    PerMessageDeflate server;
    REQUIRE(server.accept("permessage-deflate"));
    Inflated message;
    receive(server,
            {.header = {.fin = false, .rsv = {.rsv1 = true}, .opcode = Opcode::Text},
             .payload = hex("f2 48 cd")},
            message);
    receive(
        server,
        {.header = {.fin = true, .opcode = Opcode::Continuation}, .payload = hex("c9 c9 07 00")},
        message);
    CHECK(message.text == "Hello");
    CHECK(message.error == Error::None);
}

TEST_CASE("RSV1 is set on the first frame of a compressed message only",
          "[rfc7692-6-rsv1-sent][rfc7692-6.1-compressed]") {
    Ends ends;
    const auto sent = frames(ends.client, sample_text(100), 30);
    REQUIRE(sent.size() == 4);
    for (const OneFrame& one : sent) {
        CHECK(one.header.rsv == RsvBits{.rsv1 = one.header.opcode == Opcode::Binary});
    }
}

TEST_CASE("a reader gets every fragment with its frame") {
    const bool from_client = GENERATE(true, false);
    Ends ends;
    Inflated message;
    const std::string text = sample_text(2000);
    std::size_t sent = 0;
    for (const OneFrame& one : frames(ends.sender(from_client), text, 150)) {
        receive(ends.receiver(from_client), one, message);
        sent = std::min(sent + 150, text.size());
        CHECK(message.text == text.substr(0, sent));
        CHECK(message.error == Error::None);
    }
}

TEST_CASE("an empty message is a single zero byte, and so is an empty last fragment",
          "[rfc7692-7.2.3.6-empty]") {
    Ends ends;
    CHECK(frame(ends.client, "").payload == hex("00"));
    CHECK(through(ends.client, ends.server, "") == "");
    CHECK(frame(ends.client, "", false).payload.empty());
    const OneFrame last = frame(ends.client, "", true, Opcode::Continuation);
    CHECK(last.payload == hex("00"));
    CHECK(last.header.rsv == RsvBits{});
    CHECK(through(ends.client, ends.server, "Hello") == "Hello");
}

TEST_CASE("a message of fewer bytes than the threshold goes uncompressed",
          "[rfc7692-6.1-compressed]") {
    Ends ends{{.threshold = 6}};
    const OneFrame shorter = frame(ends.client, "Hello");
    CHECK(shorter.header.rsv == RsvBits{});
    CHECK(as_text(shorter.payload) == "Hello");
    CHECK(receive(ends.server, shorter).text == "Hello");
    const OneFrame longer = frame(ends.client, "Hello!");
    CHECK(longer.header.rsv.rsv1);
    CHECK(receive(ends.server, longer).text == "Hello!");
}

TEST_CASE("a message in fragments is compressed whatever the threshold") {
    Ends ends{{.threshold = 1000}};
    Inflated message;
    for (const OneFrame& one : frames(ends.client, "Hello", 2)) {
        CHECK(one.header.rsv.rsv1 == (one.header.opcode == Opcode::Binary));
        receive(ends.server, one, message);
    }
    CHECK(message.text == "Hello");
}

TEST_CASE("what is sent stands behind what the buffer held") {
    const std::size_t threshold = GENERATE(0U, 100U);
    Ends ends{{.threshold = threshold}};
    Bytes out = hex("01 02");
    FrameHeader header;
    CHECK(ends.client.frame_outbound(header, as_bytes("Hello"), true, out) == Error::None);
    CHECK(out == hex(threshold == 0 ? "01 02 f2 48 cd c9 c9 07 00" : "01 02 48 65 6c 6c 6f"));
}

// Receiving.

TEST_CASE("RSV1 on continuation: it is unexpected, and on a control frame as well",
          "[attack][rfc7692-6-rsv1-received]") {
    const Opcode opcode = GENERATE(Opcode::Continuation, Opcode::Close, Opcode::Ping, Opcode::Pong);
    Ends ends;
    CHECK(ends.server.frame_inbound_header(header_of(opcode, true)) ==
          Error::UnexpectedReservedBit);
    CHECK(ends.client.frame_inbound_header(header_of(opcode, true)) ==
          Error::UnexpectedReservedBit);
    CHECK(ends.server.frame_inbound_header(header_of(opcode, false)) == Error::None);
    CHECK(close_code(Error::UnexpectedReservedBit) == CloseReason::ProtocolError);
}

TEST_CASE("RSV1 on continuation: a connection is failed with 1002", "[attack]") {
    const auto role = GENERATE(ConnectionType::Client, ConnectionType::Server);
    Connection connection = compressed_connection(role, {});
    const Bytes first = support::frame_to(role, 0x41, as_text(hex("f2 48 cd c9 c9 07 00")));
    CHECK(support::receive(connection, first) == support::Trace{"text 'Hello' more frames"});
    CHECK(support::receive(connection, support::frame_to(role, 0xc0, "")) ==
          support::Trace{"error 1002 Reserved bit set unexpectedly"});
}

TEST_CASE("a message without RSV1 passes as it is", "[rfc7692-6.2-decompress]") {
    Ends ends;
    const OneFrame plain{.header = header_of(Opcode::Text, false),
                         .payload = hex("48 65 6c 6c 6f")};
    Inflated message;
    receive(ends.server, plain, message, 2);
    CHECK(message.text == "Hello");
    CHECK(message.error == Error::None);
    CHECK(through(ends.client, ends.server, "Hello") == "Hello");
}

TEST_CASE("a message without RSV1 between two others does not disturb them") {
    Ends ends;
    CHECK(through(ends.client, ends.server, "Hello") == "Hello");
    const OneFrame plain{.header = header_of(Opcode::Text, false), .payload = hex("48 69")};
    CHECK(receive(ends.server, plain).text == "Hi");
    const OneFrame shared{.header = header_of(Opcode::Text, true),
                          .payload = hex("f2 00 11 00 00")};
    CHECK(receive(ends.server, shared).text == "Hello");
}

TEST_CASE("a ping between compressed fragments: the state is not reset", "[attack]") {
    const bool from_client = GENERATE(true, false);
    const bool takeover = GENERATE(true, false);
    CAPTURE(from_client, takeover);
    // The pings are below the threshold, which is none of their business.
    const DeflateOptions options{.client_no_context_takeover = !takeover,
                                 .server_no_context_takeover = !takeover,
                                 .threshold = 50};
    Ends ends{options, options};
    auto& sender = ends.sender(from_client);
    auto& receiver = ends.receiver(from_client);
    for (unsigned seed = 1; seed <= 3; ++seed) {
        Inflated message;
        const std::string text = sample_text(600, seed);
        for (std::size_t at = 0; at < text.size(); at += 60) {
            const Opcode opcode = at == 0 ? Opcode::Text : Opcode::Continuation;
            const bool fin = at + 60 == text.size();
            receive(receiver, frame(sender, text.substr(at, 60), fin, opcode), message);
            CHECK(message.error == Error::None);
            ping(sender, receiver);
            ping(receiver, sender);
        }
        CHECK(message.text == text);
    }
}

TEST_CASE("data that ends inside a block at the end of the message is invalid") {
    Ends ends;
    const OneFrame cut{.header = header_of(Opcode::Text, true), .payload = hex("f2 48 cd c9")};
    CHECK(receive(ends.server, cut).error == Error::InvalidDeflateData);
    CHECK(close_code(Error::InvalidDeflateData) == CloseReason::InvalidFramePayloadData);
}

TEST_CASE("the end of a frame that is not the last ends no block") {
    Ends ends;
    OneFrame one{.header = header_of(Opcode::Text, true), .payload = hex("f2 48 cd c9")};
    one.header.fin = false;
    const auto message = receive(ends.server, one);
    CHECK(message.error == Error::None);
}

TEST_CASE("inflation without limit: a megabyte of zeros comes in steps of the reader's size",
          "[attack]") {
    Ends ends;
    const std::string zeros(1 << 20, '\0');
    Inflated message;
    receive(ends.server, frame(ends.client, zeros), message, 4096);
    CHECK(message.text == zeros);
    CHECK(message.steps <= zeros.size() / 4096 + 3);
}

TEST_CASE("inflation without limit: 1 MiB that inflates to 1 GiB streams through flat memory",
          "[attack]") {
    const auto role = GENERATE(ConnectionType::Client, ConnectionType::Server);
    const Limits limits{
        .frame_size = everything, .message_size = everything, .chunk_size = 64 * 1024};
    const Bytes wire = bomb(role, 1024);
    CHECK(wire.size() < 1'100'000);
    const Blast result = blast(compressed_connection(role, {.limits = limits}), wire);
    CHECK(result.error.empty());
    CHECK(result.size == std::uint64_t{1} << 30);
    CHECK(result.largest <= 64 * 1024);
    CHECK(result.growth <= 64 * 1024);
}

TEST_CASE("inflation without limit: it stops at the limit exactly", "[attack]") {
    const auto role = GENERATE(ConnectionType::Client, ConnectionType::Server);
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    const std::string too_big = "Message exceeds the size limit";
    const bool shows = delivery == Delivery::Chunks;
    for (const std::size_t parts : {1U, 1024U}) {
        const std::uint64_t limit = bomb_part - 1;
        const Limits limits{.frame_size = everything, .message_size = limit};
        const Blast result =
            blast(compressed_connection(role, {delivery, limits}), bomb(role, parts));
        CHECK(result.error == too_big);
        CHECK(result.size == (shows ? limit : 0));
        CHECK(result.largest <= 2 * bomb_part);
    }
    const Limits limits{.frame_size = everything, .message_size = bomb_part};
    const Blast whole = blast(compressed_connection(role, {delivery, limits}), bomb(role, 1));
    CHECK(whole.error.empty());
    CHECK(whole.size == bomb_part);
    CHECK(close_code(Error::MessageTooBig) == CloseReason::MessageTooBig);
}

// Round trips.

TEST_CASE("messages of every kind arrive with every window, level and takeover, both ways") {
    const int bits = GENERATE(range(8, 16));
    const bool takeover = GENERATE(true, false);
    const int level = GENERATE(-1, 0, 1, 6, 9);
    CAPTURE(bits, takeover, level);
    const DeflateOptions options{.client_no_context_takeover = !takeover,
                                 .client_max_window_bits = bits,
                                 .server_no_context_takeover = !takeover,
                                 .server_max_window_bits = bits,
                                 .level = level};
    Ends ends{options, options};
    for (unsigned seed = 1; seed <= 3; ++seed) {
        for (const auto& text : {sample_text(9000, seed), noise(3000, seed), std::string{},
                                 mixed_data(9000, seed), sample_text(10)}) {
            CHECK(through(ends.client, ends.server, text) == text);
            CHECK(through(ends.server, ends.client, text) == text);
        }
    }
}

TEST_CASE("messages arrive with windows of different sizes in the two directions",
          "[rfc7692-7.2.1-window]") {
    const int client_bits = GENERATE(8, 11, 15);
    const int server_bits = GENERATE(8, 11, 15);
    CAPTURE(client_bits, server_bits);
    const DeflateOptions options{.client_max_window_bits = client_bits,
                                 .server_max_window_bits = server_bits};
    const bool configured_by_client = GENERATE(true, false);
    Ends ends = configured_by_client ? Ends{options} : Ends{{}, options};
    const std::string text = mixed_data(50'000);
    CHECK(through(ends.client, ends.server, text) == text);
    CHECK(through(ends.server, ends.client, text) == text);
}

TEST_CASE("what is sent refers no further back than the window that was agreed on",
          "[rfc7692-7.1.2.1-keep][rfc7692-7.1.2.2-keep][rfc7692-7.2.1-window]") {
    const int bits = GENERATE(range(8, 16));
    const bool from_client = GENERATE(true, false);
    CAPTURE(bits, from_client);
    const std::string part = noise((std::size_t{1} << bits) * 5 / 4);
    const std::string text = part + part;  // a larger window would profit from the first
    if (bits != 8 && bits != 15) {         // zlib's of 512 bytes looks back 250, as its of 256
        const Bytes larger = PlainDeflate{bits + 1}(text, Z_SYNC_FLUSH);
        CHECK(larger.size() < part.size() * 5 / 4);
        CHECK_FALSE(plain_inflate(larger, bits, text.size()));
    }
    Ends ends{{.client_max_window_bits = bits, .server_max_window_bits = bits}};
    const Bytes first = frame(ends.sender(from_client), text).payload;
    const Bytes second = frame(ends.sender(from_client), text).payload;
    const Bytes tail = hex("00 00 ff ff");
    const auto inflated = plain_inflate(concat({first, tail, second, tail}), bits, 2 * text.size());
    CHECK((inflated == text + text));  // which would fill pages
}

TEST_CASE("without context takeover in one direction, that one alone repeats itself",
          "[rfc7692-7.1.1.1-keep][rfc7692-7.1.1.2-keep]") {
    const bool of_client = GENERATE(true, false);
    Ends ends{{.client_no_context_takeover = of_client, .server_no_context_takeover = !of_client}};
    const auto size = [&](bool from_client) {
        const OneFrame one = frame(ends.sender(from_client), "Hello");
        CHECK(receive(ends.receiver(from_client), one).text == "Hello");
        return one.payload.size();
    };
    const bool from_client = GENERATE(true, false);
    CHECK(size(from_client) == 7);
    CHECK(size(from_client) == (from_client == of_client ? 7 : 5));
}

TEST_CASE("without context takeover, the fragments of one message share a window") {
    Ends ends{{.client_no_context_takeover = true}};
    for (int message = 0; message < 2; ++message) {
        const Bytes first = frame(ends.client, "Hello", false).payload;
        CHECK(first == hex("f2 48 cd c9 c9 07 00 00 00 ff ff"));
        CHECK(frame(ends.client, "Hello", true, Opcode::Continuation).payload ==
              hex("f2 00 11 00 00"));
    }
}

TEST_CASE("without context takeover, zlib's memory is at rest between messages") {
    auto& pool = *detail::ZlibPool::of_this_thread();
    pool.clear();
    Ends ends{{.client_no_context_takeover = true}};
    CHECK(through(ends.client, ends.server, "Hello") == "Hello");
    CHECK(pool.size() == 2);
    Ends others{{.client_no_context_takeover = true}};
    CHECK(through(others.client, others.server, "Hello") == "Hello");
    CHECK(pool.size() == 2);
}

TEST_CASE("connections that end give zlib's memory to the next ones") {
    auto& pool = *detail::ZlibPool::of_this_thread();
    pool.clear();
    for (int connection = 0; connection < 3; ++connection) {
        Ends ends;
        CHECK(pool.size() == (connection == 0 ? 0 : 2));
        CHECK(through(ends.client, ends.server, "Hello") == "Hello");
        CHECK(pool.size() == 0);
    }
    CHECK(pool.size() == 2);
}
