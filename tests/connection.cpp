#include <wsproto/connection.hpp>

#include "support.hpp"
#include "support_extension.hpp"

#include <wsproto/permessage_deflate.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#if !defined(_WIN32)
#include <sys/mman.h>
#include <unistd.h>
#endif

using namespace wsproto;
using namespace support;
using enum wsproto::ConnectionType;
using enum wsproto::ConnectionState;

namespace {

static_assert(sizeof(Connection) <= 480);
static_assert(std::is_nothrow_move_constructible_v<Connection>);
static_assert(std::is_nothrow_move_assignable_v<Connection>);
static_assert(!std::is_copy_constructible_v<Connection>);
static_assert(!std::is_copy_assignable_v<Connection>);
static_assert(!std::is_convertible_v<ConnectionType, Connection>);

constexpr std::uint64_t everything = std::numeric_limits<std::uint64_t>::max();
constexpr Limits no_limits{.frame_size = everything,
                           .message_size = everything,
                           .fragments = std::numeric_limits<std::uint32_t>::max()};
constexpr std::array feeds = {Feed::Copied, Feed::InPlace, Feed::InPlaceWithSlack};

Connection open(ConnectionType role, const Options& options = {}) {
    return scenario(role, Open, options);
}

// What becomes of `wire`, which must not depend on how it is cut or fed.
Trace received(ConnectionType role, BytesView wire, const Options& options = {},
               bool disguised = false) {
    const auto make = [&] {
        Extensions extensions;
        if (disguised) extensions.push_back(std::make_shared<Disguise>());
        return Connection{role, extensions, {}, options};
    };
    Connection whole = make();
    const Trace lines = receive(whole, Pieces{wire});
    for (const Feed feed : feeds) {
        for_each_split(wire, [&](const Pieces& pieces) {
            Connection connection = make();
            CHECK(receive(connection, pieces, feed) == lines);
            CHECK(connection.state() == whole.state());
        });
    }
    return lines;
}

// The place of the byte at which the peer's mistake is told, or the number of bytes.
std::size_t failing_byte(Connection& connection, BytesView wire) {
    for (std::size_t at = 0; at != wire.size(); ++at) {
        receive(connection, wire.subspan(at, 1));
        if (connection.error() != Error::None) return at;
    }
    return wire.size();
}

std::string hint(const Connection& connection) {
    const auto event = connection.event_hint();
    return event ? line(*event) : "nothing";
}

const std::vector<Event>& every_event() {
    static const std::vector<Event> events{
        Request{},      AcceptConnection{},        RejectConnection{},
        RejectData{},   CloseConnection{},         TextMessage{"payload"},
        BytesMessage{}, Ping{as_bytes("payload")}, Pong{as_bytes("payload")}};
    return events;
}

std::string name_of(const Event& event) {
    return std::string{
        std::visit([](const auto& any) { return wsproto::detail::event_name(any); }, event)};
}

// BEHAVIOUR §1: where a connection is after sending an event, or nothing.
std::optional<ConnectionState> after_sending(const std::string& name, ConnectionState state) {
    const bool message = name == "TextMessage" || name == "BytesMessage";
    const bool ping = name == "Ping" || name == "Pong";
    if (state == Open && (message || ping)) return Open;
    if (state == Open && name == "CloseConnection") return LocalClosing;
    if (state == LocalClosing && ping) return LocalClosing;
    if (state == RemoteClosing && name == "CloseConnection") return Closed;
    return std::nullopt;
}

// Compression and disguise, in the order of a response header, as agreed on by both ends.
Extensions stacked(ConnectionType role, bool deflate_first) {
    const auto deflate = std::make_shared<PerMessageDeflate>();
    if (role == Server) {
        CHECK(deflate->accept("permessage-deflate"));
    } else {
        CHECK(deflate->finalize("permessage-deflate") == Error::None);
    }
    const std::string trailer = deflate_first ? "" : "!";  // would stand behind deflated data
    const auto disguise = std::make_shared<Disguise>(
        Disguise::Settings{.outbound_trailer = trailer, .inbound_trailer = trailer});
    return deflate_first ? Extensions{deflate, disguise} : Extensions{disguise, deflate};
}

// Drains without a trace, which would allocate.
std::size_t drain(Connection& connection) {
    std::size_t count = 0;
    for (const Event& event : connection.events()) {
        static_cast<void>(event);
        ++count;
    }
    return count;
}

struct Rule {
    ConnectionType role;
    std::string_view wire;  // what is wrong, and some bytes behind it
    std::size_t byte;       // that is wrong
    std::string error;
};

// BEHAVIOUR §3, in the order in which the checks are made.
const std::vector<Rule>& rules() {
    static const std::vector<Rule> rows{
        {Client, "83 80 00", 0, "1002 Invalid opcode 0x3"},
        {Server, "87 00 00", 0, "1002 Invalid opcode 0x7"},
        {Client, "7b 80 00", 0, "1002 Invalid opcode 0xb"},
        {Server, "0f 7e 00", 0, "1002 Invalid opcode 0xf"},
        {Client, "79 ff 00", 0, "1002 Invalid attempt to fragment control frame"},
        {Server, "0a 00 00", 0, "1002 Invalid attempt to fragment control frame"},
        {Client, "08 00 00", 0, "1002 Invalid attempt to fragment control frame"},
        {Client, "c1 80 00", 0, "1002 Reserved bit set unexpectedly"},
        {Server, "a2 00 00", 0, "1002 Reserved bit set unexpectedly"},
        {Client, "90 ff 00", 0, "1002 Reserved bit set unexpectedly"},
        {Server, "c9 80 00", 0, "1002 Reserved bit set unexpectedly"},
        {Client, "01 01 61 c0 00", 3, "1002 Reserved bit set unexpectedly"},
        {Client, "80 80 00", 0, "1002 unexpected CONTINUATION"},
        {Server, "00 00 00", 0, "1002 unexpected CONTINUATION"},
        {Client, "01 01 61 81 80", 3, "1002 expected CONTINUATION, got TEXT"},
        {Server, "01 81 00 00 00 00 61 82 00", 7, "1002 expected CONTINUATION, got BINARY"},
        {Client, "81 80 00", 1, "1002 client received unexpected masked frame"},
        {Client, "89 fe 00", 1, "1002 client received unexpected masked frame"},
        {Server, "81 00 00", 1, "1002 server received unexpected unmasked frame"},
        {Server, "88 7f 00", 1, "1002 server received unexpected unmasked frame"},
        {Client, "89 7e 00 7e", 1, "1002 Control frame with payload len > 125"},
        {Server, "88 ff 00 00", 1, "1002 Control frame with payload len > 125"},
        {Client, "81 7e 00 7d 61", 3,
         "1002 Payload length used 2 bytes when 1 would have sufficed"},
        {Server, "82 fe 00 00 61", 3,
         "1002 Payload length used 2 bytes when 1 would have sufficed"},
        {Client, "82 7f 00 00 00 00 00 00 ff ff", 7,
         "1002 Payload length used 8 bytes when 2 would have sufficed"},
        {Server, "81 ff 00 00 00 00 00 00 00 05", 7,
         "1002 Payload length used 8 bytes when 2 would have sufficed"},
        {Client, "82 7f 80 00 00 00 00 00 00 00", 2,
         "1002 8-byte payload length with non-zero MSB"},
        {Server, "82 ff ff ff ff ff ff ff ff ff", 2,
         "1002 8-byte payload length with non-zero MSB"},
        {Client, "81 05 61 62 ff 63 64", 4, "1007 Text message is not valid UTF-8"},
        {Server, "81 85 00 00 00 00 61 62 ed a0 64", 9, "1007 Text message is not valid UTF-8"},
        {Client, "01 01 e2 80 01 28 ff", 5, "1007 Text message is not valid UTF-8"},
        {Client, "81 02 61 c3 ff", 3, "1007 Text message is not valid UTF-8"},
        {Client, "88 01 03 ff", 2, "1002 CLOSE with 1 byte payload"},
        {Server, "88 81 00 00 00 00 03 ff", 6, "1002 CLOSE with 1 byte payload"},
        {Client, "88 03 03 e7 61 ff", 4, "1002 CLOSE with invalid code"},
        {Server, "88 82 00 00 00 00 13 88 ff", 7, "1002 CLOSE with invalid code"},
        {Client, "88 02 03 ed ff", 3, "1002 remote CLOSE with local-only reason"},
        {Server, "88 82 00 00 00 00 03 ee", 7, "1002 remote CLOSE with local-only reason"},
        {Client, "88 02 03 ec ff", 3, "1002 CLOSE with unknown reserved code"},
        {Client, "88 04 03 e8 c3 28 ff", 5, "1007 Error decoding CLOSE reason"},
        {Server, "88 83 00 00 00 00 03 e8 c3", 8, "1007 Error decoding CLOSE reason"},
    };
    return rows;
}

}  // namespace

// What may be sent, and what happens to it.

TEST_CASE("every event is sent where the table of behaviour allows it, and nowhere else",
          "[rfc6455-5.5.1-nothing-behind][rfc6455-6.1-open]") {
    const auto role = GENERATE(Client, Server);
    const auto state = GENERATE(Open, LocalClosing, RemoteClosing, Closed);
    for (const Event& event : every_event()) {
        const std::string name = name_of(event);
        CAPTURE(name, to_string(state));
        Connection connection = scenario(role, state);
        const auto next = after_sending(name, state);
        Bytes out = hex("01");
        if (next) {
            connection.send(event, out);
            CHECK(out.size() > 1);
            CHECK(connection.state() == *next);
        } else {
            CHECK_THROWS_WITH(
                connection.send(event, out),
                "Event " + name + " cannot be sent in state " + std::string{to_string(state)});
            std::error_code ec;
            connection.send(event, out, ec);
            CHECK(ec == Error::EventNotAllowed);
            CHECK(out == hex("01"));
            CHECK(connection.state() == state);
        }
    }
}

TEST_CASE("messages are gathered in state Open, and nowhere else",
          "[rfc6455-5.5.1-nothing-behind]") {
    const auto role = GENERATE(Client, Server);
    for (const auto state : {Open, LocalClosing, RemoteClosing, Closed}) {
        Connection connection = scenario(role, state);
        Bytes scratch;
        std::error_code ec;
        const OutgoingFrame frame = connection.send_gather(TextMessage{"x"}, scratch, ec);
        CHECK((ec == Error::EventNotAllowed) == (state != Open));
        CHECK((frame.size() == 0) == (state != Open));
    }
}

TEST_CASE(
    "a client's frames are those of the examples in RFC 6455 section 5.7",
    "[rfc6455-5.1-mask-client][rfc6455-5.2-rsv-sent][rfc6455-5.3-masked-bit][rfc6455-6.1-masked]") {
    Connection client{Client, {}, {}, {.random = fixed_random(hex("37 fa 21 3d 37 fa 21 3d"))}};
    CHECK(to_hex(client.send(TextMessage{"Hello"})) == "81 85 37 fa 21 3d 7f 9f 4d 51 58");
    CHECK(to_hex(client.send(Pong{as_bytes("Hello")})) == "8a 85 37 fa 21 3d 7f 9f 4d 51 58");
    CHECK(to_hex(client.send(Ping{})) == "89 80 00 00 00 00");
}

TEST_CASE("a server's frames are those of the examples in RFC 6455 section 5.7",
          "[rfc6455-5.1-mask-server][rfc6455-5.2-rsv-sent]") {
    Connection server = open(Server);
    CHECK(to_hex(server.send(TextMessage{"Hello"})) == "81 05 48 65 6c 6c 6f");
    CHECK(to_hex(server.send(TextMessage{.data = "Hel", .message_finished = false})) ==
          "01 03 48 65 6c");
    CHECK(to_hex(server.send(TextMessage{"lo"})) == "80 02 6c 6f");
    CHECK(to_hex(server.send(Ping{as_bytes("Hello")})) == "89 05 48 65 6c 6c 6f");
    CHECK(to_hex(server.send(CloseConnection{})) == "88 02 03 e8");
}

TEST_CASE("all forms of sending write the same bytes") {
    const auto role = GENERATE(Client, Server);
    const auto make = [&] { return open(role, {.random = fixed_random(hex("01 02 03 04"))}); };
    const std::string payload(300, 'x');
    const BytesMessage message{as_bytes(payload)};
    std::error_code ec;
    Bytes scratch;
    Bytes appended = hex("01");
    Bytes with_code = hex("01");
    make().send(message, appended);
    make().send(message, with_code, ec);
    Connection gathering = make();
    const OutgoingFrame frame = gathering.send_gather(message, scratch);
    const Bytes expected = make().send(message);
    CHECK((make().send(Event{message}) == expected));
    CHECK((make().send(Message<Bytes>{concat({as_bytes(payload)})}) == expected));
    CHECK((concat({hex("01"), expected}) == appended));
    CHECK((with_code == appended));
    CHECK((concat({frame.header(), frame.payload()}) == expected));
}

TEST_CASE("a gathered payload is the caller's on a server and masked in the scratch on a client") {
    const Message<std::string> message{"Hello"};
    Bytes scratch;
    Connection server = open(Server);
    const OutgoingFrame plain = server.send_gather(message, scratch);
    CHECK(static_cast<const void*>(plain.payload().data()) == message.data.data());
    Connection client = open(Client, {.random = fixed_random(hex("37 fa 21 3d"))});
    const OutgoingFrame masked = client.send_gather(message, scratch);
    CHECK(masked.payload().data() == scratch.data());
    CHECK(to_hex(masked.payload()) == "7f 9f 4d 51 58");
}

TEST_CASE("what one server sends may be written to all clients") {
    Connection first = open(Server);
    Connection second = open(Server);
    const TextMessage message{"to all of you"};
    const Bytes bytes = first.send(message);
    CHECK(second.send(message) == bytes);
    for (int round = 0; round != 3; ++round) {
        Connection client = open(Client);
        CHECK(receive(client, bytes) == Trace{"text 'to all of you'"});
    }
}

TEST_CASE("what must not be sent changes nothing") {
    const auto role = GENERATE(Client, Server);
    const std::string long_payload(126, 'x');
    const std::vector<std::pair<Event, Error>> refused{
        {TextMessage{"\xff"}, Error::TextNotUtf8},
        {TextMessage{"\xe2\x82"}, Error::TextNotUtf8},
        {Ping{as_bytes(long_payload)}, Error::ControlPayloadTooLong},
        {Pong{as_bytes(long_payload)}, Error::ControlPayloadTooLong},
        {CloseConnection{CloseReason{1004}}, Error::BadCloseCode},
        {CloseConnection{CloseReason::AbnormalClosure}, Error::BadCloseCode},
        {CloseConnection{CloseReason::TlsHandshakeFailed}, Error::BadCloseCode},
        {CloseConnection{CloseReason{999}}, Error::BadCloseCode},
        {CloseConnection{CloseReason{5000}}, Error::BadCloseCode},
        {CloseConnection{CloseReason::NoStatusRcvd, "x"}, Error::ReasonWithoutCode},
        {CloseConnection{CloseReason::NormalClosure, "\xff"}, Error::ReasonNotUtf8},
    };
    Connection connection = open(role);
    for (const auto& [event, error] : refused) {
        CAPTURE(message(error));
        Bytes out = hex("01");
        CHECK_THROWS_WITH(connection.send(event, out), std::string{message(error)});
        CHECK(out == hex("01"));
        CHECK(connection.state() == Open);
    }
    Connection peer = open(other(role));
    CHECK(receive(peer, connection.send(TextMessage{"Hello"})) == Trace{"text 'Hello'"});
}

TEST_CASE("a message keeps its type, and its text is valid across fragments",
          "[rfc6455-5.4-interleaved]") {
    Pair pair{open(Client), open(Server)};
    CHECK(pair.client_sends(TextMessage{.data = "\xe2", .message_finished = false}).empty());
    CHECK_THROWS_WITH(pair.client.send(BytesMessage{}), "Data type mismatch inside message");
    CHECK_THROWS_WITH(pair.client.send(TextMessage{"x"}), "Text must be valid UTF-8");
    CHECK(pair.client_sends(Ping{}) == Trace{"ping ''"});
    CHECK(pair.client_sends(TextMessage{"\x82\xac"}) == Trace{"text '\u20ac'"});
    CHECK(pair.client_sends(BytesMessage{}) == Trace{"binary ''"});
}

TEST_CASE("a reason that is sent is cut to 123 bytes at a code point") {
    Pair pair{open(Client), open(Server)};
    const std::string reason = std::string(122, 'x') + "\u20ac";
    CHECK(pair.server_sends(CloseConnection{.reason = reason}) ==
          Trace{"close 1000 '" + std::string(122, 'x') + "'"});
}

// What is received.

TEST_CASE("the examples of RFC 6455 section 5.7 are received",
          "[rfc6455-6.2-parsed][rfc6455-6.2-type]") {
    CHECK(received(Client, hex("81 05 48 65 6c 6c 6f")) == Trace{"text 'Hello'"});
    CHECK(received(Server, hex("81 85 37 fa 21 3d 7f 9f 4d 51 58")) == Trace{"text 'Hello'"});
    CHECK(received(Client, hex("01 03 48 65 6c 80 02 6c 6f")) ==
          Trace{"text 'Hel' more frames", "text 'lo'"});
    CHECK(received(Client, hex("89 05 48 65 6c 6c 6f")) == Trace{"ping 'Hello'"});
    CHECK(received(Server, hex("8a 85 37 fa 21 3d 7f 9f 4d 51 58")) == Trace{"pong 'Hello'"});
    const std::string payload(65536, '*');
    Connection client = open(Client);
    CHECK((receive(client, concat({hex("82 7e 01 00"), as_bytes(payload).first(256)})) ==
           Trace{"binary '" + payload.substr(0, 256) + "'"}));
    CHECK((receive(client, concat({hex("82 7f 00 00 00 00 00 01 00 00"), as_bytes(payload)})) ==
           Trace{"binary '" + payload + "'"}));
}

TEST_CASE("each rule is told at its byte, with its code and text, in every split",
          "[rfc6455-5.1-mask-client-received][rfc6455-5.1-mask-server-received]"
          "[rfc6455-5.2-length-msb][rfc6455-5.4-control-whole]") {
    const bool limited = GENERATE(true, false);  // limits that are off do not turn checks off
    const Options options{.limits = limited ? Limits{} : no_limits};
    for (const Rule& rule : rules()) {
        CAPTURE(rule.wire, rule.error);
        const Bytes wire = hex(rule.wire);
        const Trace lines = received(rule.role, wire, options);
        REQUIRE_FALSE(lines.empty());
        CHECK(lines.back() == "error " + rule.error);
        Connection connection = open(rule.role, options);
        CHECK(failing_byte(connection, wire) == rule.byte);
        CHECK(connection.state() == RemoteClosing);
        CHECK(hint(connection) ==
              "close " + rule.error.substr(0, 4) + " '" + rule.error.substr(5) + "'");
    }
}

TEST_CASE("each rule holds in whole messages too, of which nothing is shown then") {
    for (const Rule& rule : rules()) {
        CAPTURE(rule.wire, rule.error);
        const Options options{.delivery = Delivery::Messages};
        CHECK(received(rule.role, hex(rule.wire), options) == Trace{"error " + rule.error});
        Connection connection = open(rule.role, options);
        CHECK(failing_byte(connection, hex(rule.wire)) == rule.byte);
    }
}

TEST_CASE("what is valid in a message comes before the complaint") {
    const auto role = GENERATE(Client, Server);
    CHECK(received(role,
                   concat({frame_to(role, 0x81, "one"), frame_to(role, 0x81, "t\u20ac\xffo")})) ==
          Trace{"text 'one'", "text 't\u20ac' more", "error 1007 Text message is not valid UTF-8"});
}

TEST_CASE("limits are told with their codes") {
    const auto role = GENERATE(Client, Server);
    const auto [limits, error] = GENERATE(table<Limits, std::string>({
        {{.frame_size = 2}, "1009 Frame exceeds the size limit"},
        {{.message_size = 5}, "1009 Message exceeds the size limit"},
        {{.fragments = 1}, "1008 Message has too many fragments"},
    }));
    const Bytes wire = concat({frame_to(role, 0x02, "ab"), frame_to(role, 0x80, "cdef")});
    CHECK(received(role, wire, {.limits = limits}) ==
          Trace{"binary 'ab' more frames", "error " + error});
    CHECK(received(role, wire, {.delivery = Delivery::Messages, .limits = limits}) ==
          Trace{"error " + error});
    const Limits enough{.frame_size = 4, .message_size = 6, .fragments = 2};
    CHECK(received(role, wire, {.delivery = Delivery::Messages, .limits = enough}) ==
          Trace{"binary 'abcdef'"});
}

TEST_CASE("tiny and empty fragments: a whole message takes no more memory than its bytes",
          "[attack]") {
    const auto role = GENERATE(Client, Server);
    Connection connection =
        open(role, {.delivery = Delivery::Messages, .limits = {.fragments = 131'072}});
    receive(connection, frame_to(role, 0x02, ""));
    Bytes tiny;
    for (int count = 0; count != 512; ++count) {
        tiny = concat({tiny, frame_to(role, 0x00, "x"), frame_to(role, 0x00, "")});
    }
    const std::size_t before = allocations().live;
    for (int round = 0; round != 127; ++round) {
        REQUIRE(receive(connection, tiny).empty());
    }
    CHECK(allocations().live <= before + std::size_t{2 * 128 * 512});
    Trace end = receive(connection, tiny);
    CHECK(end == Trace{"error 1008 Message has too many fragments"});
}

TEST_CASE("memory reserved for a declared length: a header that declares the limit takes none",
          "[attack]") {
    const auto role = GENERATE(Client, Server);
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    const auto length = GENERATE(std::uint64_t{1} << 24, everything / 2);
    const Limits limits{.frame_size = length, .message_size = length};
    Connection connection = open(role, {.delivery = delivery, .limits = limits});
    Bytes header = header_to(role, 0x82, length);
    if (role == Server) header.resize(header.size() + 4, std::byte{0x5a});
    const std::size_t before = allocations().count;
    connection.receive_data_in_place(header);
    const std::size_t events = drain(connection);
    CHECK(allocations().count == before);
    CHECK(events == 0);
    CHECK(connection.state() == Open);
}

TEST_CASE("memory reserved for a declared length: what arrived takes some, what is declared none",
          "[attack]") {
    const auto role = GENERATE(Client, Server);
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    const auto length =
        GENERATE(std::uint64_t{1} << 24, (std::uint64_t{1} << 32) + 1, everything / 2);
    Connection connection = open(role, {.delivery = delivery, .limits = no_limits});
    const Bytes wire = concat({header_to(role, 0x82, length), hex("00 00 00 00 61 62 63")});
    forget_largest_allocation();
    receive(connection, wire);
    CHECK(allocations().largest < 1000);
    CHECK(connection.state() == Open);
}

TEST_CASE("control frames come between pieces and fragments, and disturb neither",
          "[rfc6455-5.4-control-between]") {
    const auto role = GENERATE(Client, Server);
    const Bytes ping = frame_to(role, 0x89, "p");
    const Bytes wire =
        concat({ping, frame_to(role, 0x01, "a\xe2"), ping, frame_to(role, 0x00, ""), ping,
                frame_to(role, 0x00, "\x82"), ping, frame_to(role, 0x80, "\xacz"), ping});
    CHECK(received(role, wire) == Trace{"ping 'p'", "text 'a' more", "ping 'p'",
                                        "text '' more frames", "ping 'p'", "ping 'p'",
                                        "text '\u20acz'", "ping 'p'"});
    CHECK(received(role, wire, {.delivery = Delivery::Messages}) ==
          Trace{"ping 'p'", "ping 'p'", "ping 'p'", "ping 'p'", "text 'a\u20acz'", "ping 'p'"});
}

TEST_CASE("a ping between fragments: it disturbs no extension", "[attack]") {
    const auto role = GENERATE(Client, Server);
    Bytes wire = frame_to(role, 0x21, disguised("0"));
    for (const char digit : std::string_view{"123456789"}) {
        wire = concat({wire, frame_to(role, 0x89, ""), frame_to(role, 0x00, disguised({digit}))});
    }
    wire = concat({wire, frame_to(role, 0x89, ""), frame_to(role, 0x80, "")});
    const Trace lines = received(role, wire, {}, true);
    CHECK(std::count(lines.begin(), lines.end(), "ping ''") == 10);
    CHECK(lines.back() == "text '<in>'");
    CHECK(received(role, wire, {.delivery = Delivery::Messages}, true).back() ==
          "text '0123456789<in>'");
}

TEST_CASE("trailing data of a handshake is received first, and copied") {
    const auto role = GENERATE(Client, Server);
    Bytes trailing =
        concat({frame_to(role, 0x81, "early"), Bytes{frame_to(role, 0x81, "late")[0]}});
    Connection connection{role, {}, trailing};
    std::fill(trailing.begin(), trailing.end(), std::byte{0xdd});
    const Bytes late = frame_to(role, 0x81, "late");
    CHECK(receive(connection, BytesView{late}.subspan(1)) == Trace{"text 'early'", "text 'late'"});
}

TEST_CASE("what was fed before it was drained stays in order") {
    const auto role = GENERATE(Client, Server);
    const Bytes wire = concat({frame_to(role, 0x01, "Hel\xe2"), frame_to(role, 0x80, "\x82\xac"),
                               frame_to(role, 0x89, "p")});
    for_each_split(wire, [&](const Pieces& pieces) {
        Connection connection = open(role);
        std::vector<Bytes> lent;
        for (const BytesView piece : pieces) {
            lent.push_back(concat({piece}));
            lent.size() % 2 == 0 ? connection.receive_data(lent.back())
                                 : connection.receive_data_in_place(lent.back());
        }
        CHECK(joined(trace(connection)) == Trace{"text 'Hel\u20ac'", "ping 'p'"});
    });
}

TEST_CASE("nothing fed is no event") {
    const auto role = GENERATE(Client, Server);
    for (const Feed feed : feeds) {
        Connection connection = open(role);
        CHECK(receive(connection, BytesView{}, feed).empty());
        CHECK(connection.state() == Open);
    }
}

// The peer's Close, mistakes, and the end of the transport.

TEST_CASE("a Close of the peer moves as the table of behaviour says") {
    const auto role = GENERATE(Client, Server);
    const Bytes wire = frame_to(role, 0x88,
                                "\x03\xe9"
                                "bye");
    const auto [state, lines, next] = GENERATE(table<ConnectionState, Trace, ConnectionState>({
        {Open, {"close 1001 'bye'"}, RemoteClosing},
        {LocalClosing, {"close 1001 'bye'"}, Closed},
        {RemoteClosing, {}, RemoteClosing},
        {Closed, {}, Closed},
    }));
    Connection connection = scenario(role, state);
    CHECK(receive(connection, wire) == lines);
    CHECK(connection.state() == next);
}

TEST_CASE("a Close without a payload has code 1005") {
    const auto role = GENERATE(Client, Server);
    CHECK(received(role, frame_to(role, 0x88, "")) == Trace{"close 1005 ''"});
}

TEST_CASE("after a Close nothing is parsed") {
    const auto role = GENERATE(Client, Server);
    const Bytes more = concat({frame_to(role, 0x81, "x"), hex("ff ff ff")});
    CHECK(received(role, concat({frame_to(role, 0x88, ""), more})) == Trace{"close 1005 ''"});
}

TEST_CASE("what follows a Close or a mistake takes no memory", "[rfc6455-7.1.7-deaf]") {
    const auto role = GENERATE(Client, Server);
    const Bytes last = GENERATE_COPY(frame_to(role, 0x88, ""), hex("83"));
    const Bytes wire = concat({last, Bytes(100'000, std::byte{0})});
    Connection connection = open(role);
    const std::size_t before = allocations().live;
    CHECK(receive(connection, wire).size() == 1);
    CHECK(receive(connection, wire).empty());
    CHECK(allocations().live <= before + 128);
}

TEST_CASE("a Close may come inside a message") {
    const auto role = GENERATE(Client, Server);
    CHECK(received(role, concat({frame_to(role, 0x01, "a\xe2"), frame_to(role, 0x88, "")})) ==
          Trace{"text 'a' more", "close 1005 ''"});
}

TEST_CASE("messages and pings are delivered while our Close is out, and pings answered",
          "[rfc6455-5.5.2-pong]") {
    const auto role = GENERATE(Client, Server);
    Connection connection = scenario(role, LocalClosing);
    CHECK(receive(connection, concat({frame_to(role, 0x81, "x"), frame_to(role, 0x89, "p"),
                                      frame_to(role, 0x8a, "q")})) ==
          Trace{"text 'x'", "ping 'p'", "pong 'q'"});
    CHECK(line(connection.response_to(Ping{as_bytes("p")}).value()) == "pong 'p'");
    CHECK(connection.state() == LocalClosing);
}

TEST_CASE("a mistake of the peer moves as the table of behaviour says", "[rfc6455-7.1.7-deaf]") {
    const auto role = GENERATE(Client, Server);
    const Trace told{"error 1002 Invalid opcode 0x3"};
    const auto [state, throws, next, proposal] =
        GENERATE(table<ConnectionState, bool, ConnectionState, std::string>({
            {Open, true, RemoteClosing, "close 1002 'Invalid opcode 0x3'"},
            {LocalClosing, true, Closed, "nothing"},
            {RemoteClosing, false, RemoteClosing, "nothing"},
            {Closed, false, Closed, "nothing"},
        }));
    Connection connection = scenario(role, state);
    CHECK(receive(connection, hex("83")) == (throws ? told : Trace{}));
    CHECK(connection.state() == next);
    CHECK(hint(connection) == proposal);
    CHECK(receive(connection, frame_to(role, 0x81, "x")).empty());
}

TEST_CASE("the exception, the error code and the hint tell the same") {
    const auto role = GENERATE(Client, Server);
    Connection connection = open(role);
    connection.receive_data(hex("83"));
    try {
        static_cast<void>(connection.events().begin());
        FAIL("nothing was thrown");
    } catch (const RemoteProtocolError& error) {
        CHECK(error.code() == Error::InvalidOpcode);
        CHECK(line(error.event_hint().value()) == hint(connection));
        CHECK(error.method().empty());
    }
    Connection with_code = open(role);
    with_code.receive_data(hex("83"));
    std::error_code ec;
    static_cast<void>(with_code.events(ec).begin());
    CHECK(ec == Error::InvalidOpcode);
    CHECK(hint(with_code) == hint(connection));
    CHECK(with_code.error_message() == "Invalid opcode 0x3");
}

TEST_CASE("the hint can be sent, or any other Close, and then there is none") {
    const auto role = GENERATE(Client, Server);
    const bool as_proposed = GENERATE(true, false);
    Connection connection = open(role);
    CHECK(hint(connection) == "nothing");
    receive(connection, hex("83"));
    Connection peer = open(other(role));
    const Event close = as_proposed ? connection.event_hint().value() : CloseConnection{};
    CHECK(receive(peer, connection.send(close)) == Trace{line(close)});
    CHECK(connection.state() == Closed);
    CHECK(hint(connection) == "nothing");
}

TEST_CASE("no message is sent after the peer's mistake") {
    const auto role = GENERATE(Client, Server);
    Connection connection = open(role);
    receive(connection, hex("83"));
    CHECK_THROWS_WITH(connection.send(TextMessage{"x"}),
                      "Event TextMessage cannot be sent in state RemoteClosing");
    CHECK_THROWS_WITH(connection.send(Pong{}), "Event Pong cannot be sent in state RemoteClosing");
}

TEST_CASE("the end of the transport moves as the table of behaviour says", "[rfc6455-7.2.1-lost]") {
    const auto role = GENERATE(Client, Server);
    const auto [state, lines] = GENERATE(table<ConnectionState, Trace>({
        {Open, {"close 1006 ''"}},
        {LocalClosing, {"close 1006 ''"}},
        {RemoteClosing, {}},
        {Closed, {}},
    }));
    Connection connection = scenario(role, state);
    connection.receive_eof();
    CHECK(connection.state() == state);
    CHECK(trace(connection) == lines);
    CHECK(connection.state() == Closed);
    connection.receive_eof();
    CHECK(trace(connection).empty());
}

TEST_CASE("the end of the transport is the last thing delivered") {
    const auto role = GENERATE(Client, Server);
    Connection connection = open(role);
    connection.receive_data(concat({frame_to(role, 0x81, "x"), frame_to(role, 0x02, "cut")}));
    connection.receive_eof();
    Bytes late = frame_to(role, 0x81, "too late");
    GENERATE(false, true) ? connection.receive_data(late) : connection.receive_data_in_place(late);
    CHECK(trace(connection) == Trace{"text 'x'", "binary 'cut' more frames", "close 1006 ''"});
}

TEST_CASE("a Close before the end of the transport leaves nothing to tell") {
    const auto role = GENERATE(Client, Server);
    Connection connection = open(role);
    connection.receive_data(frame_to(role, 0x88, ""));
    connection.receive_eof();
    CHECK(trace(connection) == Trace{"close 1005 ''"});
    CHECK(connection.state() == Closed);
}

TEST_CASE("the end inside a frame is an end, and inside a code point too") {
    const auto role = GENERATE(Client, Server);
    const Bytes wire = frame_to(role, 0x81, "\u20ac");
    for (std::size_t cut = 0; cut != wire.size(); ++cut) {
        Connection connection = open(role);
        receive(connection, BytesView{wire}.first(cut));
        connection.receive_eof();
        CHECK(trace(connection) == Trace{"close 1006 ''"});
    }
}

TEST_CASE("a mistake before the end of the transport is told, and closes") {
    const auto role = GENERATE(Client, Server);
    Connection connection = open(role);
    connection.receive_data(hex("83"));
    connection.receive_eof();
    CHECK(trace(connection) == Trace{"error 1002 Invalid opcode 0x3"});
    CHECK(connection.state() == RemoteClosing);
    CHECK(trace(connection).empty());
    CHECK(connection.state() == Closed);
}

// Who answers and who closes.

TEST_CASE("a closing handshake ends on both ends, whoever begins",
          "[rfc6455-5.5.1-close-tcp][rfc6455-7.1.2-start]") {
    Pair pair{open(Client), open(Server)};
    pair.piece_size = GENERATE(std::size_t{1}, std::size_t{3}, std::size_t{100});
    pair.feed = GENERATE(Feed::Copied, Feed::InPlace);
    const bool client_begins = GENERATE(true, false);
    const CloseConnection close{CloseReason::GoingAway, "bye"};
    const Trace lines{"close 1001 'bye'"};
    CHECK((client_begins ? pair.client_sends(close) : pair.server_sends(close)) == lines);
    CHECK(pair.states() ==
          (client_begins ? "LocalClosing RemoteClosing" : "RemoteClosing LocalClosing"));
    CHECK((client_begins ? pair.server_sends(close.response())
                         : pair.client_sends(close.response())) == lines);
    CHECK(pair.states() == "Closed Closed");
    CHECK(pair.server.should_close_transport());
    CHECK_FALSE(pair.client.should_close_transport());
    pair.client.receive_eof();
    CHECK(pair.client.should_close_transport());
    CHECK(trace(pair.client).empty());
}

TEST_CASE("both ends may close at once") {
    Pair pair{open(Client), open(Server)};
    const Bytes from_client = pair.client.send(CloseConnection{});
    const Bytes from_server = pair.server.send(CloseConnection{CloseReason::GoingAway});
    CHECK(receive(pair.server, from_client) == Trace{"close 1000 ''"});
    CHECK(receive(pair.client, from_server) == Trace{"close 1001 ''"});
    CHECK(pair.states() == "Closed Closed");
    CHECK(pair.server.should_close_transport());
    CHECK_FALSE(pair.client.should_close_transport());
}

TEST_CASE("nobody closes the transport before the state is Closed",
          "[rfc6455-5.5.1-close-tcp][rfc6455-5.5.1-server-closes-first]") {
    const auto role = GENERATE(Client, Server);
    for (const auto state : {Open, LocalClosing, RemoteClosing}) {
        Connection connection = scenario(role, state);
        CHECK_FALSE(connection.should_close_transport());
        connection.receive_eof();
        CHECK_FALSE(connection.should_close_transport());
        trace(connection);
        CHECK(connection.should_close_transport());
    }
}

TEST_CASE("after a mistake of the peer either end closes the transport", "[rfc6455-7.1.7-close]") {
    const auto role = GENERATE(Client, Server);
    Connection connection = open(role);
    receive(connection, hex("83"));
    CHECK_FALSE(connection.should_close_transport());
    static_cast<void>(connection.send(CloseConnection{}));
    CHECK(connection.should_close_transport());
    Connection closing = scenario(role, LocalClosing);
    receive(closing, hex("83"));
    CHECK(closing.should_close_transport());
}

TEST_CASE("a response is owed to a Ping and to a Close, while it may be sent",
          "[rfc6455-5.5.1-answer][rfc6455-5.5.2-pong]") {
    const auto role = GENERATE(Client, Server);
    const auto answer = [&](ConnectionState state, const Event& event) {
        const auto response = scenario(role, state).response_to(event);
        return response ? line(*response) : "nothing";
    };
    const Event ping = Ping{as_bytes("p")};
    const Event close = CloseConnection{CloseReason{4000}, "bye"};
    CHECK(answer(Open, ping) == "pong 'p'");
    CHECK(answer(LocalClosing, ping) == "pong 'p'");
    CHECK(answer(RemoteClosing, ping) == "nothing");
    CHECK(answer(Closed, ping) == "nothing");
    CHECK(answer(Open, close) == "nothing");
    CHECK(answer(LocalClosing, close) == "nothing");
    CHECK(answer(RemoteClosing, close) == "close 4000 'bye'");
    CHECK(answer(Closed, close) == "nothing");
    CHECK(answer(Open, TextMessage{"x"}) == "nothing");
    CHECK(answer(Open, Pong{}) == "nothing");
}

TEST_CASE("every response can be sent, a Close without a code too") {
    Pair pair{open(Client), open(Server)};
    const Event close = CloseConnection{CloseReason::NoStatusRcvd};
    CHECK(pair.server_sends(close) == Trace{"close 1005 ''"});
    CHECK(pair.client_sends(pair.client.response_to(close).value()) == Trace{"close 1005 ''"});
    CHECK(pair.states() == "Closed Closed");
}

// Options and extensions.

TEST_CASE("the limits of a connection hold from the next frame on") {
    const auto role = GENERATE(Client, Server);
    const Bytes frame = frame_to(role, 0x82, "12345");
    Connection connection = open(role);
    CHECK(receive(connection, BytesView{frame}.first(frame.size() - 2)).size() == 1);
    connection.set_limits({.message_size = 3});
    CHECK(receive(connection, BytesView{frame}.last(2)) == Trace{"binary '45'"});
    CHECK(receive(connection, frame) == Trace{"error 1009 Message exceeds the size limit"});
}

TEST_CASE("options out of range are reported by the first call that can, as the caller's mistake") {
    const auto role = GENERATE(Client, Server);
    Connection connection{role, {}, {}, {.limits = {.chunk_size = 63}}};
    CHECK_THROWS_AS(connection.send(TextMessage{"x"}), LocalProtocolError);
    CHECK_THROWS_WITH(connection.send(Ping{}), "An option is out of its range");
    CHECK_THROWS_AS(connection.events().begin(), LocalProtocolError);
    std::error_code ec;
    CHECK(connection.send(CloseConnection{}, ec).empty());
    CHECK(ec == Error::OptionsOutOfRange);
    static_cast<void>(connection.events(ec).begin());
    CHECK(ec == Error::OptionsOutOfRange);
    CHECK(connection.state() == Open);
    connection.set_limits({.chunk_size = 64});
    CHECK(receive(connection, frame_to(role, 0x81, "x")) == Trace{"text 'x'"});
    connection.set_limits({.chunk_size = 0});
    CHECK_THROWS_AS(connection.send(TextMessage{"x"}), LocalProtocolError);
}

TEST_CASE("options out of range are reported before anything that was received") {
    const auto role = GENERATE(Client, Server);
    const Limits bad{.chunk_size = 63};
    const Bytes wire = concat({frame_to(role, 0x81, "x"), frame_to(role, 0x81, "y")});
    Connection from_the_start{role, {}, wire, {.limits = bad}};
    CHECK(trace(from_the_start) == Trace{"error 0 An option is out of its range"});
    from_the_start.set_limits({});
    CHECK(trace(from_the_start) == Trace{"text 'x'", "text 'y'"});

    Connection inside_the_loop{role, {}, wire};
    EventRange range = inside_the_loop.events();
    auto at = range.begin();
    CHECK(line(*at) == "text 'x'");
    inside_the_loop.set_limits(bad);
    CHECK_THROWS_AS(++at, LocalProtocolError);
    inside_the_loop.set_limits({});
    CHECK(trace(inside_the_loop) == Trace{"text 'y'"});
}

TEST_CASE("extensions that cannot be used together are the caller's mistake") {
    const auto role = GENERATE(Client, Server);
    const auto complaint = [&](Extensions extensions) {
        Connection connection{role, std::move(extensions)};
        connection.set_limits({});
        std::error_code from_send;
        std::error_code from_events;
        CHECK(connection.send(TextMessage{"x"}, from_send).empty());
        static_cast<void>(connection.events(from_events).begin());
        CHECK(from_send == from_events);
        return from_send;
    };
    struct Invalid : Disguise {
        [[nodiscard]] Error validate() const override { return Error::OptionsOutOfRange; }
    };
    const auto used = std::make_shared<Disguise>();
    const Connection first{role, {used}};
    const auto twice = std::make_shared<Disguise>();
    CHECK(complaint({used}) == Error::ExtensionInUse);
    CHECK(complaint({twice, twice}) == Error::ExtensionInUse);
    CHECK(complaint({std::make_shared<Disguise>(), std::make_shared<Disguise>()}) ==
          Error::ReservedBitsShared);
    CHECK(complaint({std::make_shared<Invalid>()}) == Error::OptionsOutOfRange);
}

TEST_CASE("an extension that is not enabled takes no part, and may share a bit",
          "[rfc6455-5.8-negotiated]") {
    struct Disabled : Disguise {
        [[nodiscard]] bool enabled() const override { return false; }
    };
    const auto role = GENERATE(Client, Server);
    Connection connection{role, {std::make_shared<Disabled>(), std::make_shared<Disabled>()}};
    Connection peer = open(other(role));
    CHECK(receive(peer, connection.send(TextMessage{"plain"})) == Trace{"text 'plain'"});
    CHECK(receive(connection, frame_to(role, 0xa1, "")) ==
          Trace{"error 1002 Reserved bit set unexpectedly"});
}

TEST_CASE("an extension transforms both ways between two ends, however the bytes are read") {
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    const auto feed = GENERATE(Feed::Copied, Feed::InPlace);
    const Options options{.delivery = delivery, .limits = {.chunk_size = 64}};
    Pair pair{Connection{Client, {std::make_shared<Disguise>()}, {}, options},
              Connection{Server, {std::make_shared<Disguise>()}, {}, options}};
    pair.feed = feed;
    const std::string text(200, 'x');
    for (pair.piece_size = 1; pair.piece_size != 220; ++pair.piece_size) {
        CHECK(pair.client_sends(TextMessage{text}) == Trace{"text '" + text + "<out><in>'"});
        CHECK(pair.server_sends(BytesMessage{as_bytes(text)}) ==
              Trace{"binary '" + text + "<out><in>'"});
        CHECK(pair.client_sends(Ping{as_bytes("p")}) == Trace{"ping 'p'"});
    }
}

TEST_CASE("fragments pass an extension, each as a frame of its own", "[rfc6455-5.4-order]") {
    Pair pair{Connection{Client, {std::make_shared<Disguise>()}},
              Connection{Server, {std::make_shared<Disguise>()}}};
    CHECK(pair.client_sends(TextMessage{.data = "Hel", .message_finished = false}) ==
          Trace{"text 'Hel' more frames"});
    CHECK(pair.client_sends(TextMessage{.data = "", .message_finished = false}).empty());
    CHECK(pair.client_sends(TextMessage{"lo"}) == Trace{"text 'lo<out><in>'"});
}

TEST_CASE("two extensions transform both ways between two ends, however the bytes are read") {
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    const bool deflate_first = GENERATE(true, false);
    const Options options{.delivery = delivery, .limits = {.chunk_size = 64}};
    Pair pair{Connection{Client, stacked(Client, deflate_first), {}, options},
              Connection{Server, stacked(Server, deflate_first), {}, options}};
    const std::string end = deflate_first ? "'" : "!!'";
    for (pair.piece_size = 1; pair.piece_size != 40; ++pair.piece_size) {
        pair.feed = feeds[pair.piece_size % feeds.size()];
        const std::string text(pair.piece_size * 50, 'x');
        CHECK(pair.client_sends(TextMessage{text}) == Trace{"text '" + text + end});
        CHECK(pair.server_sends(BytesMessage{as_bytes(text)}) == Trace{"binary '" + text + end});
        CHECK(pair.client_sends(TextMessage{.data = "plain", .compress = false}) ==
              Trace{"text 'plain" + end});
        CHECK(pair.server_sends(TextMessage{.data = "a\u20ac", .message_finished = false}).size() ==
              (delivery == Delivery::Chunks ? 1 : 0));
        CHECK(pair.server_sends(Ping{}) == Trace{"ping ''"});
        CHECK(pair.server_sends(TextMessage{"b"}).back().ends_with("b" + end));
    }
}

TEST_CASE("two extensions stop at the limit, exactly, in every split") {
    const auto role = GENERATE(Client, Server);
    const bool deflate_first = GENERATE(true, false);
    Connection sender{other(role), stacked(other(role), deflate_first)};
    const std::string text(200, 'x');
    const Bytes wire = sender.send(TextMessage{text});
    const std::string all = deflate_first ? text : text + "!!";
    for (const std::size_t limit : {all.size(), all.size() - 1, std::size_t{100}}) {
        const Options options{.limits = {.message_size = limit, .chunk_size = 64}};
        const Trace whole{"text '" + all + "'"};
        const Trace cut{"text '" + all.substr(0, limit) + "' more",
                        "error 1009 Message exceeds the size limit"};
        for_each_split(wire, [&](const Pieces& pieces) {
            Connection receiver{role, stacked(role, deflate_first), {}, options};
            CHECK(receive(receiver, pieces) == (limit == all.size() ? whole : cut));
        });
    }
}

TEST_CASE("what an extension makes of any split is the same") {
    const auto role = GENERATE(Client, Server);
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    const Options options{.delivery = delivery, .limits = {.message_size = 85, .chunk_size = 64}};
    const std::string text(40, 'x');
    const Bytes good = concat({frame_to(role, 0x21, disguised(text)), frame_to(role, 0x89, "p"),
                               frame_to(role, 0x80,
                                        disguised(text + "\xe2\x82\xac"
                                                         "yz"))});
    CHECK(received(role, good, options, true).back() ==
          "error 1009 Message exceeds the size limit");
    const Bytes bad = frame_to(role, 0xa1, disguised(text + "\xe2\x28"));
    CHECK(received(role, bad, options, true).back() ==
          "error 1007 Text message is not valid UTF-8");
}

TEST_CASE("an extension that stalls or refuses is a mistake of the peer's") {
    struct Stalling : Disguise {
        Step frame_inbound_payload_data(BytesView&, MutableBytesView) override {
            return {.more = true};
        }
    };
    struct Refusing : Disguise {
        Step frame_inbound_payload_data(BytesView&, MutableBytesView) override {
            return {.error = Error::ExtensionProtocolError};
        }
    };
    const auto role = GENERATE(Client, Server);
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    const Bytes wire = frame_to(role, 0xa1, "x");
    Connection stalling{role, {std::make_shared<Stalling>()}, {}, {.delivery = delivery}};
    CHECK(receive(stalling, wire) == Trace{"error 1011 Extension neither consumes nor produces"});
    CHECK(hint(stalling) == "close 1011 'Extension neither consumes nor produces'");
    Connection refusing{role, {std::make_shared<Refusing>()}, {}, {.delivery = delivery}};
    CHECK(receive(refusing, wire) == Trace{"error 1002 error in extension"});
}

// Memory.

TEST_CASE("an idle connection takes less than 1 KiB") {
    const auto role = GENERATE(Client, Server);
    const std::size_t before = allocations().live;
    const auto connection = std::make_unique<Connection>(role);
    CHECK(allocations().live - before < 1024);
    const Bytes wire = concat({frame_to(role, 0x81, std::string(100'000, 'x')),
                               frame_to(role, 0x01, "\xe2"), frame_to(role, 0x80, "\x82\xac")});
    connection->receive_data(wire);
    drain(*connection);
    CHECK(allocations().live - before - wire.capacity() < 1024);
}

TEST_CASE("bytes that are fed one by one cost linear memory, drained at once or in the end") {
    const auto role = GENERATE(Client, Server);
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    const bool drains = GENERATE(true, false);
    constexpr std::size_t size = 30'000;
    Bytes wire = frame_to(role, 0x81, std::string(size, 'x'));
    Connection connection = open(role, {.delivery = delivery});
    const std::size_t before = allocations().bytes;
    for (std::size_t at = 0; at != wire.size(); ++at) {
        const MutableBytesView piece = MutableBytesView{wire}.subspan(at, 1);
        at % 2 == 0 ? connection.receive_data(piece) : connection.receive_data_in_place(piece);
        if (drains) drain(connection);
    }
    drain(connection);
    CHECK(allocations().bytes <= before + 6 * size);
    CHECK(connection.state() == Open);
}

TEST_CASE("messages that flow in place in chunks allocate nothing, however they are read") {
    const auto role = GENERATE(Client, Server);
    const Bytes wire = concat({frame_to(role, 0x01, "Hel\xe2"), frame_to(role, 0x89, "ping"),
                               frame_to(role, 0x80, "\x82\xaclo"), frame_to(role, 0x8a, ""),
                               frame_to(role, 0x82, std::string(70'000, 'x'))});
    const auto piece_size = GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{13},
                                     std::size_t{1000}, std::size_t{100'000});
    Connection connection = open(role);
    Bytes buffer = wire;
    std::size_t events = 0;
    const std::size_t before = allocations().count;
    for (MutableBytesView rest{buffer}; !rest.empty();) {
        const std::size_t size = std::min(piece_size, rest.size());
        connection.receive_data_in_place(rest.first(size));
        events += drain(connection);
        rest = rest.subspan(size);
    }
    CHECK(allocations().count == before);
    CHECK(events >= 5);
}

TEST_CASE("a connection that sends into memory that has grown allocates nothing") {
    const auto role = GENERATE(Client, Server);
    Connection connection = open(role);
    Bytes out;
    out.reserve(10'000);
    Bytes scratch;
    scratch.reserve(100);
    static_cast<void>(connection.send(Ping{}));  // the thread's pool of random bytes is there now
    const std::size_t before = allocations().count;
    for (int round = 0; round != 20; ++round) {
        connection.send(TextMessage{"Hello"}, out);
        connection.send(Ping{as_bytes("Hello")}, out);
        static_cast<void>(connection.send_gather(TextMessage{"Hello"}, scratch));
    }
    CHECK(allocations().count == before);
}

TEST_CASE("predictable masking keys: a client draws another one for every frame, unless told",
          "[attack]") {
    Connection client = open(Client);
    Connection another = open(Client);
    std::set<std::string> keys;
    for (int frame = 0; frame != 100; ++frame) {
        keys.insert(to_hex(BytesView{client.send(Ping{})}.subspan(2)));
        keys.insert(to_hex(BytesView{another.send(TextMessage{""})}.subspan(2)));
    }
    CHECK(keys.size() >= 199);  // one in 200,000 runs has the same one twice
}

TEST_CASE("where memory lacks, a connection goes on, or is dead") {
    const auto role = GENERATE(Client, Server);
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    const bool in_place = GENERATE(false, true);
    const Bytes wire = concat({frame_to(role, 0x21, disguised(std::string(300, 'x') + "\xe2\x82")),
                               frame_to(role, 0x89, "p"), frame_to(role, 0x80, disguised("\xac")),
                               frame_to(role, 0x01, "\xe2"), frame_to(role, 0x80, "\x82\xacz")});
    const Options options{.delivery = delivery, .limits = {.chunk_size = 64}};
    bool failed = true;
    for (std::size_t successes = 0; failed; ++successes) {
        REQUIRE(successes < 100);
        failed = false;
        Connection connection{role, {std::make_shared<Disguise>()}, {}, options};
        for (const BytesView piece : {BytesView{wire}.first(200), BytesView{wire}.subspan(200)}) {
            Bytes buffer = concat({piece});
            try {
                const FailingAllocations failing{successes};
                in_place ? connection.receive_data_in_place(buffer)
                         : connection.receive_data(buffer);
                drain(connection);
            } catch (const std::bad_alloc&) {
                failed = true;
            }
        }
        try {
            drain(connection);
        } catch (const std::bad_alloc&) {
            CHECK(connection.state() == Closed);
        }
        CHECK(drain(connection) == 0);
    }
}

TEST_CASE("messages that are valid, or not, give the same events wherever they are cut twice") {
    const auto role = GENERATE(Client, Server);
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    for (const std::string_view payload :
         {"", "ab", "\xe2\x82\xac", "\xe2", "a\xe2\x82", "\xff", "a\xffz", "a\xe2\x82z"}) {
        for (const unsigned first : {0x81U, 0x82U, 0x01U, 0x02U}) {
            const Bytes wire = concat({frame_to(role, first, payload),
                                       frame_to(role, first < 0x80 ? 0x80 : 0x81, "next"),
                                       frame_to(role, 0x89, "p")});
            const auto make = [&] { return Connection{role, {}, {}, {.delivery = delivery}}; };
            Connection whole = make();
            const Trace lines = receive(whole, Pieces{wire});
            const BytesView bytes = wire;
            for (std::size_t end = 0; end <= wire.size(); ++end) {
                for (std::size_t begin = 0; begin <= end; ++begin) {
                    const Pieces pieces{bytes.first(begin), bytes.subspan(begin, end - begin),
                                        bytes.subspan(end)};
                    Connection copied = make();
                    Connection in_place = make();
                    const bool same = receive(copied, pieces, Feed::Copied) == lines &&
                                      receive(in_place, pieces, Feed::InPlace) == lines &&
                                      copied.state() == whole.state();
                    if (!same) FAIL("cut at " << begin << " and " << end << ": " << payload);
                }
            }
        }
    }
}

// Anything at all.

TEST_CASE("any bytes give the same events in every split, or a documented error") {
    std::mt19937 random{20240315};
    const std::array firsts{0x01, 0x81, 0x00, 0x80, 0x82, 0x02, 0x89, 0x8a, 0x88, 0xa1, 0x21, 0x83};
    const std::array<std::string_view, 8> payloads{
        "", "a", "\xe2", "\x82\xac", "\xe2\x82\xac", "\xff", "\x03\xe8", "Hello, world"};
    for (int trial = 0; trial != 1500; ++trial) {
        CAPTURE(trial);
        const auto role = trial % 2 == 0 ? Client : Server;
        Bytes wire;
        for (std::size_t frames = random() % 6; frames != 0; --frames) {
            wire = concat(
                {wire, frame_to(role, static_cast<unsigned>(firsts[random() % firsts.size()]),
                                payloads[random() % payloads.size()])});
        }
        if (!wire.empty() && random() % 4 == 0) {
            wire[random() % wire.size()] ^= static_cast<std::byte>(1U << random() % 8);
        }
        const Options options{
            .delivery = random() % 3 == 0 ? Delivery::Messages : Delivery::Chunks,
            .limits = {.frame_size = 20, .message_size = 30, .fragments = 4, .chunk_size = 64}};
        const bool extended = random() % 2 == 0;
        const auto make = [&] {
            Extensions extensions;
            if (extended) extensions.push_back(std::make_shared<Disguise>());
            return Connection{role, extensions, {}, options};
        };
        Connection whole = make();
        const Trace lines = receive(whole, Pieces{wire});
        for (const Feed feed : feeds) {
            Pieces pieces;
            for (BytesView rest = wire; !rest.empty();) {
                pieces.push_back(rest.first(std::min<std::size_t>(1 + random() % 9, rest.size())));
                rest = rest.subspan(pieces.back().size());
            }
            Connection cut = make();
            CHECK(receive(cut, pieces, feed) == lines);
            CHECK(cut.state() == whole.state());
            CHECK(hint(cut) == hint(whole));
        }
    }
}

TEST_CASE("a loop that neither consumes nor returns: a byte makes an event at most", "[attack]") {
    const auto role = GENERATE(Client, Server);
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    std::mt19937 random{6455};
    std::uint64_t events = 0;
    for (int round = 0; round != 3000; ++round) {
        Connection connection = open(role, {.delivery = delivery});
        Bytes wire = frame_to(role, round % 2 == 0 ? 0x01 : 0x82, "a\u00e9");
        for (int byte = 0; byte != 12; ++byte) {
            wire.push_back(static_cast<std::byte>(random() % 4 == 0 ? random() : 0x80));
        }
        connection.receive_data(wire);
        connection.receive_eof();
        Event event;
        std::size_t steps = 0;
        while (connection.next_event(event) == Progress::Ready && steps <= wire.size()) {
            ++steps;
        }
        if (steps > wire.size()) FAIL("round " << round);
        events += steps;
    }
    CHECK(events >= 1000);  // some of it was more than mistakes
}

// Misuse.

TEST_CASE("whatever a faulty extension does with a message ends in a documented error") {
    struct Boasting : Disguise {
        Step frame_inbound_payload_data(BytesView& in, MutableBytesView out) override {
            in = {};
            return {.produced = out.size() + 1, .more = true};
        }
    };
    struct Endless : Disguise {
        Step frame_inbound_complete(bool, MutableBytesView) override { return {.more = true}; }
    };
    struct Flooding : Disguise {
        Step frame_inbound_complete(bool, MutableBytesView out) override {
            std::fill(out.begin(), out.end(), std::byte{'y'});
            return {.produced = out.size(), .more = true};
        }
    };
    const auto role = GENERATE(Client, Server);
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    const auto feed = GENERATE(Feed::Copied, Feed::InPlace, Feed::InPlaceWithSlack);
    const auto last_line = [&](std::shared_ptr<Extension> extension) {
        const Options options{.delivery = delivery, .limits = {.message_size = 1000}};
        Connection connection{role, {std::move(extension)}, {}, options};
        const Trace lines = receive(connection, frame_to(role, 0xa1, disguised("Hello")), feed);
        CHECK(trace(connection).empty());
        return lines.back();
    };
    CHECK(last_line(std::make_shared<Boasting>()) ==
          "error 1011 Extension reports more than it was given");
    CHECK(last_line(std::make_shared<Endless>()) ==
          "error 1011 Extension neither consumes nor produces");
    CHECK(last_line(std::make_shared<Flooding>()) == "error 1009 Message exceeds the size limit");
}

TEST_CASE("what an extension throws comes out, and then the connection is dead") {
    struct Throwing : Disguise {
        Step frame_inbound_payload_data(BytesView&, MutableBytesView) override {
            throw std::runtime_error{"thrown"};
        }
    };
    const auto role = GENERATE(Client, Server);
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    Connection connection{role, {std::make_shared<Throwing>()}, {}, {.delivery = delivery}};
    connection.receive_data(concat({frame_to(role, 0xa1, "x"), frame_to(role, 0x81, "y")}));
    CHECK_THROWS_WITH(connection.events().begin(), "thrown");
    CHECK_THROWS_AS(connection.events().begin(), std::bad_alloc);
    CHECK(connection.state() == Closed);
    CHECK(trace(connection).empty());
}

TEST_CASE("what an extension throws while it sends comes out, and no message passes it then") {
    struct Throwing : Disguise {
        Error frame_outbound(FrameHeader&, BytesView, bool, Bytes& out) override {
            out.resize(out.size() + 1);
            throw std::runtime_error{"thrown"};
        }
    };
    const auto role = GENERATE(Client, Server);
    Connection connection{role, {std::make_shared<Throwing>()}};
    Bytes out = hex("01");
    CHECK_THROWS_WITH(connection.send(TextMessage{"x"}, out), "thrown");
    CHECK(to_hex(out) == "01");
    CHECK_THROWS_WITH(connection.send(TextMessage{"x"}, out), "An extension refused the frame");
    Connection peer = open(other(role));
    CHECK(receive(peer, connection.send(Ping{})) == Trace{"ping ''"});
    CHECK(receive(peer, connection.send(CloseConnection{})) == Trace{"close 1000 ''"});
}

TEST_CASE(
    "what a source of random bytes throws comes out of a client's send, and nothing is sent") {
    auto dry = std::make_shared<bool>(true);
    const Options options{.random = [dry](MutableBytesView out) {
        if (*dry) throw std::runtime_error{"none left"};
        std::fill(out.begin(), out.end(), std::byte{1});
    }};
    Connection client{Client, {}, {}, options};
    Bytes out = hex("01");
    std::error_code ec;
    CHECK_THROWS_WITH(client.send(TextMessage{"a", true, false}, out), "none left");
    CHECK_THROWS_WITH(client.send(Ping{}, out, ec), "none left");
    CHECK_THROWS_WITH(client.send_gather(TextMessage{"b"}, out), "none left");
    out = hex("01");
    CHECK_THROWS_WITH(client.send(CloseConnection{}, out), "none left");
    CHECK(to_hex(out) == "01");
    *dry = false;
    Connection server = open(Server);
    CHECK(receive(server, client.send(BytesMessage{as_bytes("c")})) == Trace{"binary 'c'"});
    CHECK(receive(server, client.send(CloseConnection{})) == Trace{"close 1000 ''"});
}

TEST_CASE("an extension belongs to one connection, of whatever kind the second is") {
    const auto role = GENERATE(Client, Server);
    const auto used = std::make_shared<Disguise>();
    Connection first{role, {used}};
    Connection second{other(role), {used}};
    CHECK_THROWS_WITH(second.send(Ping{}), "Extension belongs to a connection already");
    CHECK_THROWS_AS(second.events().begin(), LocalProtocolError);
    Connection peer{other(role), {std::make_shared<Disguise>()}};
    CHECK(receive(peer, first.send(TextMessage{"x"})) == Trace{"text 'x<out><in>'"});
}

TEST_CASE("an extension is still free when its connection could not be made") {
    const auto role = GENERATE(Client, Server);
    const auto extension = std::make_shared<Disguise>();
    const Bytes wire = frame_to(role, 0xa1, disguised("x"));
    const Extensions extensions{extension};
    std::optional<Connection> connection;
    for (std::size_t successes = 0; !connection; ++successes) {
        REQUIRE(successes < 20);
        CHECK_FALSE(extension->attached());
        try {
            const FailingAllocations failing{successes};
            connection.emplace(role, extensions, wire);
        } catch (const std::bad_alloc&) {
            CHECK_FALSE(connection);
        }
    }
    CHECK(extension->attached());
    CHECK(trace(*connection) == Trace{"text 'x<in>'"});
}

TEST_CASE("views of nothing are nothing: null pointers without a size") {
    const auto role = GENERATE(Client, Server);
    const bool disguise = GENERATE(false, true);
    const auto extensions = [&] {
        return disguise ? Extensions{std::make_shared<Disguise>()} : Extensions{};
    };
    Connection connection{role, extensions(), BytesView{}};
    Connection peer{other(role), extensions()};
    connection.receive_data({});
    connection.receive_data_in_place({}, 64);
    CHECK(trace(connection).empty());
    const std::string end = disguise ? "<out><in>'" : "'";
    Bytes out;
    out = connection.send(TextMessage{std::string_view{}});
    CHECK(receive(peer, out) == Trace{"text '" + end});
    Bytes scratch;
    const auto frame = connection.send_gather(BytesMessage{BytesView{}}, scratch);
    CHECK(receive(peer, concat({frame.header(), frame.payload()})) == Trace{"binary '" + end});
    CHECK(receive(peer, connection.send(Ping{})) == Trace{"ping ''"});
    connection.send(Pong{BytesView{}}, out);
    CHECK(receive(connection, BytesView{}).empty());
}

TEST_CASE("every limit may be zero, and then nothing passes that it limits") {
    const auto role = GENERATE(Client, Server);
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    const auto feed = GENERATE(Feed::Copied, Feed::InPlace, Feed::InPlaceWithSlack);
    const auto first = [&](const Limits& limits, std::string_view payload) {
        Connection connection{role, {}, {}, {.delivery = delivery, .limits = limits}};
        return receive(connection, frame_to(role, 0x81, payload), feed).front();
    };
    CHECK(first({.frame_size = 0}, "x") == "error 1009 Frame exceeds the size limit");
    CHECK(first({.frame_size = 0}, "") == "text ''");
    CHECK(first({.message_size = 0}, "x") == "error 1009 Message exceeds the size limit");
    CHECK(first({.message_size = 0}, "") == "text ''");
    CHECK(first({.fragments = 0}, "") == "error 1008 Message has too many fragments");
    CHECK(first({.chunk_size = 63}, "") == "error 0 An option is out of its range");
    CHECK(first({.chunk_size = SIZE_MAX}, "x") == "text 'x'");
    CHECK(first(no_limits, "x") == "text 'x'");
}

#if !defined(_WIN32)

TEST_CASE("in place, nothing is touched before the buffer, nor behind it and its slack") {
    const auto role = GENERATE(Client, Server);
    const auto last = GENERATE(0x02U, 0x82U);
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    void* const pages = ::mmap(nullptr, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(pages != MAP_FAILED);
    std::byte* const begin = static_cast<std::byte*>(pages) + page;
    REQUIRE(::mprotect(begin, page, PROT_READ | PROT_WRITE) == 0);
    for (std::size_t slack = 0; slack <= 64; ++slack) {
        for (const std::size_t size : {0U, 1U, 3U, 15U, 16U, 17U, 31U, 33U, 63U, 64U, 65U, 130U}) {
            const std::string text(size, 'x');
            const Bytes wire = concat({frame_to(role, 0x81, text), frame_to(role, last, text)});
            for (std::byte* const at : {begin, begin + page - wire.size() - slack}) {
                std::fill(begin, begin + page, std::byte{0xee});
                std::copy(wire.begin(), wire.end(), at);
                Connection connection{role, {}, {}, {.delivery = delivery}};
                slack == 0 ? connection.receive_data_in_place({at, wire.size()})
                           : connection.receive_data_in_place({at, wire.size()}, slack);
                CHECK(trace(connection).front() == "text '" + text + "'");
                CHECK(std::count(at + wire.size(), at + wire.size() + slack, std::byte{0xee}) ==
                      static_cast<std::ptrdiff_t>(slack));
            }
        }
    }
    CHECK(::munmap(pages, 3 * page) == 0);
}

#endif
