// What Autobahn has no cases for, on connections behind their handshake and in both roles: lengths
// at the ends of integers, control frames inside compressed messages, final blocks, and bombs.
//
// Handshakes that are wrong, masks the wrong way round, and lengths that are not minimal are in the
// tests of the headers, and MATRIX.md says where. Each limit by itself, which no RFC demands, is in
// the tests of the header that keeps it.
#include "compressed.hpp"
#include "play.hpp"
#include "support_deflate.hpp"

#include <cstdint>
#include <limits>
#include <string>

using namespace wsproto;
using deflate_support::PlainDeflate;
using support::for_each_split;
using support::Trace;

namespace conformance {
namespace {

constexpr std::uint64_t bit(unsigned place) {
    return std::uint64_t{1} << place;
}

// Signed and unsigned, 32 and 64 bits, and one less and one more.
constexpr std::uint64_t lengths[] = {
    bit(31) - 1, bit(31),     bit(31) + 1, bit(32) - 1, bit(32),
    bit(32) + 1, bit(63) - 1, bit(63),     bit(63) + 1, std::numeric_limits<std::uint64_t>::max()};

const std::string too_big = "1009 Frame exceeds the size limit";
const std::string top_bit = "1002 8-byte payload length with non-zero MSB";

// What it complains about, when the bytes come one by one; and that the last but so many told it.
std::string complaint_at(Echo& echo, BytesView wire, std::size_t told) {
    for (std::size_t at = 0; at != wire.size(); ++at) {
        CHECK(echo.complaint().empty() == (at <= told));
        echo.receive(wire.subspan(at, 1));
    }
    return echo.complaint();
}

Echo compressed(ConnectionType role, const Options& options) {
    const bool server = role == ConnectionType::Server;
    const std::string name = "permessage-deflate";
    return Echo{role, options,
                Compression{name + (server ? "" : "; client_max_window_bits"), name, {}}};
}

Bytes wire_of(const Frames& frames, ConnectionType role) {
    Bytes wire;
    for (const PlainFrame& frame : frames) {
        write(wire, frame, role);
    }
    return wire;
}

std::string payload_of(const Bytes& deflated) {
    return std::string{as_text(deflated)};
}

// What a compressed connection makes of the frames, in every split.
void check_events(const Frames& frames, ConnectionType role, const Trace& expected) {
    for_each_split(wire_of(frames, role), [&](const support::Pieces& pieces) {
        Echo echo = compressed(role, {.delivery = Delivery::Messages});
        CHECK(support::receive(echo.connection, pieces) == expected);
    });
}

}  // namespace

TEST_CASE("a length that no message can have is refused with its last byte at the latest",
          "[rfc6455-5.2-length-msb]") {
    const auto role = GENERATE(ConnectionType::Client, ConnectionType::Server);
    const auto first = GENERATE(fin | text, binary);
    for (const std::uint64_t length : lengths) {
        CAPTURE(length);
        Echo echo{role, {.limits = {.frame_size = 16U << 20U}}};
        const bool top = length >= bit(63);
        const Bytes header = support::header_to(role, first, length);
        CHECK(complaint_at(echo, header, top ? 2 : 9) == (top ? top_bit : too_big));
        CHECK(echo.connection.state() == ConnectionState::Closed);
    }
}

TEST_CASE("without a limit a length of 63 bits is waited for, and adds up to nothing") {
    const auto role = GENERATE(ConnectionType::Client, ConnectionType::Server);
    constexpr std::uint64_t all = std::numeric_limits<std::uint64_t>::max();
    for (const std::uint64_t length : lengths) {
        CAPTURE(length);
        Echo echo{role, {.limits = {.frame_size = all, .message_size = all}}};
        echo.receive(wire_of({{binary, "1"}}, role));
        echo.receive(support::header_to(role, fin | continuation, length));
        CHECK(echo.complaint() == (length >= bit(63) ? top_bit : ""));
    }
}

TEST_CASE("control frames inside a compressed message pass without RSV1, and fail with it",
          "[rfc7692-6-rsv1-received]") {
    const auto role = GENERATE(ConnectionType::Client, ConnectionType::Server);
    const std::string payload = payload_of(PlainDeflate{}.message("compressed in two"));
    const PlainFrame first{rsv1 | text, payload.substr(0, 5)};
    const PlainFrame last{fin | continuation, payload.substr(5)};
    check_events({first, {fin | ping, "p"}, {fin | pong, ""}, last}, role,
                 {"ping 'p'", "pong ''", "text 'compressed in two'"});
    check_events({first, {fin | close, ""}, last}, role, {"close 1005 ''"});
    for (const unsigned opcode : {ping, pong, close, continuation}) {
        CAPTURE(opcode);
        check_events({first, {fin | rsv1 | opcode, payload.substr(5)}}, role,
                     {"error 1002 Reserved bit set unexpectedly"});
    }
}

TEST_CASE("messages with final blocks come whole, and so does the next one",
          "[rfc7692-7.2.3-blocks]") {
    const auto role = GENERATE(ConnectionType::Client, ConnectionType::Server);
    const std::string before = "what stands in the window, ";
    const std::string final_block = payload_of(PlainDeflate{}(before, Z_FINISH));
    const std::string next = payload_of(PlainDeflate{15, before}.message(before + "again"));
    const Trace both{"text '" + before + "'", "text '" + before + "again'"};
    check_events({{fin | rsv1 | text, final_block}, {fin | rsv1 | text, next}}, role, both);
    const Trace joined{"text '" + before + before + "again'"};
    check_events({{fin | rsv1 | text, final_block + next}}, role, joined);
    check_events({{rsv1 | text, final_block}, {fin | continuation, next}}, role, joined);
}

TEST_CASE("a bomb goes off at the limit: it passes, and one byte more is refused") {
    const auto role = GENERATE(ConnectionType::Client, ConnectionType::Server);
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    constexpr std::size_t limit = 1 << 20;
    for (const std::size_t size : {limit, limit + 1}) {
        CAPTURE(size);
        const std::string payload = payload_of(PlainDeflate{}.message(std::string(size, '\0')));
        CHECK(payload.size() < 2000);
        Echo echo = compressed(role, {.delivery = delivery, .limits = {.message_size = limit}});
        echo.receive(wire_of({{fin | rsv1 | binary, payload}}, role));
        CHECK(echo.complaint() == (size == limit ? "" : "1009 Message exceeds the size limit"));
        const Frames answer = read(echo.written(), role);
        REQUIRE(answer.size() == 1);
        CHECK(answer[0].first == (size == limit ? fin | rsv1 | binary : fin | close));
    }
}

}  // namespace conformance
