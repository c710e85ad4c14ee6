// Frames as plain values, and their bytes: a writer and a reader that share nothing with the
// library. They frame whatever they are told, right or wrong; what is right is not known here.
#ifndef WSPROTO_TESTS_CONFORMANCE_WIRE_HPP
#define WSPROTO_TESTS_CONFORMANCE_WIRE_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/connection_state.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace conformance {

using wsproto::Bytes;
using wsproto::BytesView;
using wsproto::ConnectionType;

// First bytes of frames: FIN, the reserved bits, the opcode. RFC 6455 §5.2.
inline constexpr unsigned fin = 0x80;
inline constexpr unsigned rsv1 = 0x40;
inline constexpr unsigned continuation = 0x0;
inline constexpr unsigned text = 0x1;
inline constexpr unsigned binary = 0x2;
inline constexpr unsigned close = 0x8;
inline constexpr unsigned ping = 0x9;
inline constexpr unsigned pong = 0xa;

struct PlainFrame {
    unsigned first = 0;  ///< Its first byte.
    std::string payload{};

    friend bool operator==(const PlainFrame&, const PlainFrame&) = default;
};

/// The payload of a Close.
std::string close_payload(unsigned code, const std::string& reason = {});

/// Bytes of the header in front of so much payload.
std::size_t header_size(ConnectionType receiver, std::size_t payload_size);

/// Appends the frame as `receiver` has to get it: masked toward a server, with another key each.
void write(Bytes& out, const PlainFrame& frame, ConnectionType receiver);

/// The frames that `sender` wrote; fails the test if they are none, or masked wrong way round, or
/// if a length is not minimal.
std::vector<PlainFrame> read(BytesView wire, ConnectionType sender);

}  // namespace conformance

#endif
