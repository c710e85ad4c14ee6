#include <wsproto/detail/header_parser.hpp>

#include "support.hpp"

#include <array>
#include <cstdint>
#include <string>

using namespace wsproto;
using namespace wsproto::detail;
using namespace support;
using enum wsproto::ConnectionType;

namespace {

constexpr std::uint64_t everything = ~std::uint64_t{0};

HeaderRules rules_for(ConnectionType role) {
    return {.role = role, .frame_room = everything, .message_room = everything};
}

constexpr std::array hello{std::byte{0x81}, std::byte{0x05}, std::byte{0x48}};
static_assert(parse_header(hello, {.role = Client, .frame_room = 5, .message_room = 5}).size == 2);

struct Complaint {
    Error error = Error::None;
    std::size_t bytes = 0;  // how many were there when it came

    friend bool operator==(Complaint, Complaint) = default;
};

std::ostream& operator<<(std::ostream& out, Complaint complaint) {
    return out << message(complaint.error) << " after " << complaint.bytes << " bytes";
}

// Reads prefix by prefix, and makes sure that what follows changes nothing.
Complaint complaint_about(const Bytes& bytes, const HeaderRules& rules) {
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        const ParsedHeader parsed = parse_header(BytesView{bytes}.first(size), rules);
        if (parsed.error != Error::None) {
            CHECK(parsed.size == 0);
            CHECK(parse_header(bytes, rules).error == parsed.error);
            return {parsed.error, size};
        }
        if (parsed.size != 0) return {Error::None, size};
    }
    return {};
}

// RFC 6455 §5.2, §5.4 and §5.5 of the first byte, written down differently.
Error first_byte_oracle(unsigned byte, RsvBits claimed, bool in_message) {
    const unsigned opcode = byte % 16;
    const bool control = opcode >= 8;
    if ((opcode > 2 && opcode < 8) || opcode > 10) return Error::InvalidOpcode;
    if (control && byte < 0x80) return Error::FragmentedControlFrame;
    if ((byte & 0x40) != 0 && !claimed.rsv1) return Error::UnexpectedReservedBit;
    if ((byte & 0x20) != 0 && !claimed.rsv2) return Error::UnexpectedReservedBit;
    if ((byte & 0x10) != 0 && !claimed.rsv3) return Error::UnexpectedReservedBit;
    if (control) return Error::None;
    if (opcode == 0 && !in_message) return Error::UnexpectedContinuation;
    if (opcode != 0 && in_message) return Error::ExpectedContinuation;
    return Error::None;
}

}  // namespace

TEST_CASE("each first byte is judged by opcode, FIN, reserved bits and sequence",
          "[rfc6455-5.4-control-whole]") {
    for (unsigned state = 0; state != 16; ++state) {
        HeaderRules rules = rules_for(Client);
        rules.in_message = (state & 8) != 0;
        rules.claimed = {(state & 1) != 0, (state & 2) != 0, (state & 4) != 0};
        for (unsigned byte = 0; byte != 256; ++byte) {
            CAPTURE(byte, rules.in_message, state & 7);
            const Bytes prefix{static_cast<std::byte>(byte)};
            CHECK(parse_header(prefix, rules).error ==
                  first_byte_oracle(byte, rules.claimed, rules.in_message));
        }
    }
}

TEST_CASE("a complaint about the first byte wins over one about the second") {
    CHECK(complaint_about(hex("83 85"), rules_for(Client)) == Complaint{Error::InvalidOpcode, 1});
    CHECK(complaint_about(hex("c9 7e"), rules_for(Server)) ==
          Complaint{Error::UnexpectedReservedBit, 1});
}

TEST_CASE("a server demands the mask bit, a client its absence",
          "[rfc6455-5.1-mask-client-received][rfc6455-5.1-mask-server-received]") {
    for (unsigned length = 0; length != 128; ++length) {
        const Bytes masked{std::byte{0x82}, static_cast<std::byte>(0x80 | length)};
        const Bytes plain{std::byte{0x82}, static_cast<std::byte>(length)};
        CHECK(complaint_about(masked, rules_for(Client)) ==
              Complaint{Error::UnexpectedMaskedFrame, 2});
        CHECK(complaint_about(plain, rules_for(Server)) ==
              Complaint{Error::UnexpectedUnmaskedFrame, 2});
        CHECK(parse_header(plain, rules_for(Client)).error == Error::None);
        CHECK(parse_header(masked, rules_for(Server)).error == Error::None);
    }
}

TEST_CASE("a control frame has at most 125 bytes, and the mask is judged first",
          "[rfc6455-5.5-control-length]") {
    for (const unsigned opcode : {0x88U, 0x89U, 0x8aU}) {
        const auto frame = [&](unsigned second) {
            return Bytes{static_cast<std::byte>(opcode), static_cast<std::byte>(second)};
        };
        CHECK(complaint_about(frame(126), rules_for(Client)) ==
              Complaint{Error::ControlFrameTooLong, 2});
        CHECK(complaint_about(frame(127), rules_for(Client)).error == Error::ControlFrameTooLong);
        CHECK(complaint_about(frame(0xfe), rules_for(Server)).error == Error::ControlFrameTooLong);
        CHECK(complaint_about(frame(0xff), rules_for(Client)).error ==
              Error::UnexpectedMaskedFrame);
        CHECK(parse_header(frame(125), rules_for(Client)).size == 2);
    }
}

TEST_CASE("a length must take the shortest form, and is judged as its bytes come",
          "[rfc6455-5.2-length-msb][rfc6455-5.2-length-minimal]") {
    const auto [bytes, error, at] = GENERATE(table<std::string, Error, std::size_t>({
        {"82 7e 00 7d", Error::LengthUsedTwoBytes, 4},
        {"82 7e 00 00", Error::LengthUsedTwoBytes, 4},
        {"82 7e 00 7e", Error::None, 4},
        {"82 7f 00 00 00 00 00 00 ff ff", Error::LengthUsedEightBytes, 8},
        {"82 7f 00 00 00 00 00 00 00 00", Error::LengthUsedEightBytes, 8},
        {"82 7f 00 00 00 00 00 01 00 00", Error::None, 10},
        {"82 7f 80 00 00 00 00 00 00 00", Error::LengthTopBitSet, 3},
        {"82 7f ff ff ff ff ff ff ff ff", Error::LengthTopBitSet, 3},
        {"82 7f 7f ff ff ff ff ff ff ff", Error::None, 10},
    }));
    CAPTURE(bytes);
    CHECK(complaint_about(hex(bytes), rules_for(Client)) == Complaint{error, at});
}

TEST_CASE("every prefix of a header needs more, and the whole header is read") {
    const auto role = GENERATE(Client, Server);
    const std::uint64_t length =
        GENERATE(std::uint64_t{0}, std::uint64_t{125}, std::uint64_t{126}, std::uint64_t{0xffff},
                 std::uint64_t{0x10000}, std::uint64_t{1} << 48, everything >> 1);
    Bytes bytes = header_to(role, 0x02, length);
    if (role == Server) bytes = concat({bytes, hex("37 fa 21 3d")});
    for (std::size_t size = 0; size != bytes.size(); ++size) {
        const ParsedHeader parsed = parse_header(BytesView{bytes}.first(size), rules_for(role));
        CHECK((parsed.size == 0 && parsed.error == Error::None));
    }
    const ParsedHeader parsed = parse_header(bytes, rules_for(role));
    CHECK(parsed.size == bytes.size());
    CHECK(parsed.header.payload_length == length);
    CHECK(parsed.header.opcode == Opcode::Binary);
    CHECK_FALSE(parsed.header.fin);
    CHECK(parsed.header.masking_key.has_value() == (role == Server));
    const EncodedHeader encoded = encode_header(parsed.header);
    CHECK(to_hex(encoded.view()) == to_hex(bytes));
}

TEST_CASE("limits are inclusive") {
    HeaderRules rules = rules_for(Client);
    rules.frame_room = 1000;
    rules.message_room = 900;
    CHECK(parse_header(header_to(Client, 0x82, 900), rules).error == Error::None);
    CHECK(parse_header(header_to(Client, 0x82, 901), rules).error == Error::MessageTooBig);
    CHECK(parse_header(header_to(Client, 0x82, 1000), rules).error == Error::MessageTooBig);
    CHECK(parse_header(header_to(Client, 0x82, 1001), rules).error == Error::FrameTooBig);
}

TEST_CASE("a limit is told with the last byte of the length, before the masking key") {
    HeaderRules rules = rules_for(Server);
    rules.message_room = 65536;
    CHECK(complaint_about(hex("82 ff 00 00 00 00 00 01 00 01 00 00 00 00"), rules) ==
          Complaint{Error::MessageTooBig, 10});
    rules.message_room = 4;
    CHECK(complaint_about(hex("82 85 00 00 00 00"), rules) == Complaint{Error::MessageTooBig, 2});
}

TEST_CASE("no room at all leaves room for control frames and empty data frames") {
    const HeaderRules rules{.role = Client};
    CHECK(parse_header(hex("82 00"), rules).size == 2);
    CHECK(parse_header(hex("89 7d"), rules).size == 2);
    CHECK(parse_header(hex("82 01"), rules).error == Error::FrameTooBig);
}

TEST_CASE("a message without fragments left may have control frames only") {
    HeaderRules rules = rules_for(Client);
    rules.fragments_left = false;
    CHECK(complaint_about(hex("82 00"), rules) == Complaint{Error::TooManyFragments, 2});
    CHECK(complaint_about(hex("82 7e 01 00"), rules) == Complaint{Error::TooManyFragments, 4});
    CHECK(parse_header(hex("89 00"), rules).size == 2);
}

TEST_CASE("the size of a message is judged before the number of its fragments") {
    HeaderRules rules = rules_for(Client);
    rules.fragments_left = false;
    rules.message_room = 4;
    CHECK(complaint_about(hex("82 05"), rules).error == Error::MessageTooBig);
}

TEST_CASE("what an extension transforms has no declared size in the message") {
    HeaderRules rules = rules_for(Client);
    rules.message_room = 4;
    rules.claimed = rules.transforming = {.rsv2 = true};
    CHECK(parse_header(hex("a2 05"), rules).error == Error::None);
    CHECK(parse_header(hex("82 05"), rules).error == Error::MessageTooBig);
    rules.transformed = true;
    CHECK(parse_header(hex("82 05"), rules).error == Error::None);
    rules.frame_room = 4;
    CHECK(parse_header(hex("a2 05"), rules).error == Error::FrameTooBig);
}
