// What the user of a connection may set: limits on what a peer can make us hold or do, the way
// messages are delivered, and where random bytes come from. Values only.
#ifndef WSPROTO_OPTIONS_HPP
#define WSPROTO_OPTIONS_HPP

#include <wsproto/random.hpp>

#include <cstddef>
#include <cstdint>

namespace wsproto {

/// The least `Limits::chunk_size`, in bytes.
inline constexpr std::size_t min_chunk_size = 64;

/// The most that a peer may send. Every limit is inclusive: the limit passes, one more fails.
struct Limits {
    std::size_t handshake_size = 16 * 1024;  ///< Bytes of HTTP heads, trailers included. 431.
    std::size_t handshake_headers = 100;     ///< Header fields in them. 431.
    std::uint64_t frame_size = 16U << 20U;   ///< Payload bytes of one data frame. 1009.
    std::uint64_t message_size = 16U
                                 << 20U;  ///< Payload bytes of one message, after inflation. 1009.
    std::uint32_t fragments = 131'072;    ///< Frames of one message, empty ones count. 1008.
    std::size_t early_data = 64 * 1024;   ///< Bytes behind the request, before it is accepted. 400.
    std::size_t chunk_size = 64 * 1024;   ///< Inflated bytes in one event, at least 64.
};

/// How the payload of a message is handed over.
enum class Delivery : std::uint8_t {
    Chunks,    ///< As it arrives; nothing is accumulated, however large the message.
    Messages,  ///< Whole messages only, each in one contiguous view.
};

/// Settings of a connection. Out of range, they are reported by the first `send` or `events`.
struct Options {
    Delivery delivery = Delivery::Chunks;
    Limits limits{};
    RandomSource random{};  ///< The OS generator, unless tests inject bytes.
};

}  // namespace wsproto

#endif
