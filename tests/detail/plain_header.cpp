#include <wsproto/detail/plain_header.hpp>

#include "catch.hpp"
#include "support.hpp"

using namespace wsproto;
using namespace wsproto::detail;
using support::hex;

namespace {

constexpr std::array server_frame{std::byte{0x81}, std::byte{0x05}};
static_assert(parse_plain_header(server_frame, 0).size == 2);
static_assert(parse_plain_header(server_frame, 0).payload_size == 5);
static_assert(parse_plain_header(server_frame, 0).opcode == Opcode::Text);
static_assert(parse_plain_header(server_frame, masked_bit).size == 0);

}  // namespace

TEST_CASE("a header is plain where the parser finds a whole message of less than 64 KiB") {
    const auto role = GENERATE(ConnectionType::Client, ConnectionType::Server);
    const std::uint8_t mask_bit = role == ConnectionType::Server ? masked_bit : std::uint8_t{0};
    const HeaderRules rules{.role = role, .frame_room = 1 << 20, .message_room = 1 << 20};
    int wrong = 0;
    for (const std::string_view length : {"00 00", "00 7d", "00 7e", "00 ff", "01 00", "ff ff"}) {
        Bytes bytes = hex("00 00 " + std::string{length} + " 00 01 00 00 00 00 00 00 00 00");
        for (unsigned start = 0; start <= 0xffff; ++start) {
            bytes[0] = static_cast<std::byte>(start >> 8);
            bytes[1] = static_cast<std::byte>(start & 0xff);
            const PlainHeader plain = parse_plain_header(bytes, mask_bit);
            const ParsedHeader parsed = parse_header(bytes, rules);
            const FrameHeader& header = parsed.header;
            const bool legal = parsed.error == Error::None && parsed.size != 0;
            const bool is_plain = legal && header.fin && !is_control(header.opcode) &&
                                  header.payload_length <= 0xffff;
            wrong += (plain.size != 0) != is_plain;
            wrong += is_plain && (plain.size != parsed.size || plain.opcode != header.opcode ||
                                  plain.payload_size != header.payload_length);
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("a plain header is told once its length is there, before its key is") {
    const Bytes shorter = hex("82 85 01 02 03 04");
    const Bytes longer = hex("82 fe 01 00 01 02 03 04");
    for (std::size_t cut = 0; cut <= shorter.size(); ++cut) {
        const auto header = parse_plain_header(BytesView{shorter}.first(cut), masked_bit);
        CHECK(header.size == (cut < 2 ? 0 : 6));
    }
    for (std::size_t cut = 0; cut <= longer.size(); ++cut) {
        const auto header = parse_plain_header(BytesView{longer}.first(cut), masked_bit);
        CHECK(header.size == (cut < 4 ? 0 : 8));
    }
}
