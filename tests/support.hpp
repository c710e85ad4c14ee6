// What the tests share: wire bytes from hex, every way of splitting them, events as comparable
// lines, two connected ends, connections in a given state, fixed random bytes, counted allocations.
#ifndef WSPROTO_TESTS_SUPPORT_HPP
#define WSPROTO_TESTS_SUPPORT_HPP

#include "catch.hpp"

#include <wsproto/bytes.hpp>
#include <wsproto/connection.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

using wsproto::Bytes;
using wsproto::BytesView;
using wsproto::ConnectionState;
using wsproto::ConnectionType;
using wsproto::MutableBytesView;

/// The bytes of "81 05 48"; spaces are optional, any case.
Bytes hex(std::string_view digits);

/// The reverse, "81 05 48".
std::string to_hex(BytesView bytes);

/// One behind the other.
Bytes concat(std::initializer_list<BytesView> parts);

/// A frame to one who plays `receiver`: masked, with the key of RFC 6455 §5.7, toward a server.
///
/// `first` is its first byte; the length takes the shortest form.
Bytes frame_to(ConnectionType receiver, unsigned first, std::string_view payload);

/// Its header alone, declaring any length, without the masking key.
Bytes header_to(ConnectionType receiver, unsigned first, std::uint64_t length);

/// Gives `bytes` in order, then zeros, as an `Options::random`.
wsproto::RandomSource fixed_random(Bytes bytes);

inline ConnectionType other(ConnectionType role) {
    return role == ConnectionType::Client ? ConnectionType::Server : ConnectionType::Client;
}

using Pieces = std::vector<BytesView>;

/// Calls `check(pieces)` with `bytes` whole, cut in two at every point, and byte by byte.
template <typename Check>
void for_each_split(BytesView bytes, Check check) {
    check(Pieces{bytes});
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        INFO("cut in two at " << cut);
        check(Pieces{bytes.first(cut), bytes.subspan(cut)});
    }
    Pieces pieces;
    for (std::size_t at = 0; at != bytes.size(); ++at) {
        pieces.push_back(bytes.subspan(at, 1));
    }
    INFO("byte by byte");
    check(pieces);
}

/// One line an event, an error as the last:
///
///     text 'He' more          a piece; the frame goes on
///     text 'llo' more frames  the end of a frame; the message goes on
///     binary '\x00\xff'       the end of a message
///     ping 'x'    pong ''    close 1000 'bye'
///     request example.com /chat protocols a, b offers x; p=1 | y {name: value}
///     accept protocol a extensions x {name: value}
///     reject 404 body {name: value}    data 'Not' more    data 'found'
///     error 1002 Invalid opcode 0x3    its close code, its HTTP status, or 0
using Trace = std::vector<std::string>;

/// Printable ASCII as it is, between quotes, else `\x0a`; text keeps what is not ASCII.
std::string quoted(BytesView bytes, bool is_text = false);

std::string line(const wsproto::Event& event);
std::string line(const wsproto::Frame& frame);
std::string line(const wsproto::ProtocolError& error);
std::string error_line(wsproto::Error error, std::string_view text);

/// Pieces of one frame made one line: the same for every way of splitting the input.
Trace joined(const Trace& lines);

/// Drains an endpoint.
template <typename Endpoint>
Trace trace(Endpoint& endpoint) {
    Trace lines;
    try {
        for (const wsproto::Event& event : endpoint.events()) {
            lines.push_back(line(event));
        }
    } catch (const wsproto::ProtocolError& error) {
        lines.push_back(line(error));
    }
    return lines;
}

/// How bytes are handed to an endpoint. A lent buffer is overwritten once the range has ended.
enum class Feed { Copied, InPlace, InPlaceWithSlack };

/// Feeds and drains.
template <typename Endpoint>
Trace receive(Endpoint& endpoint, BytesView bytes, Feed feed = Feed::Copied) {
    if (feed == Feed::Copied) {
        endpoint.receive_data(bytes);
        return trace(endpoint);
    }
    const std::size_t slack = feed == Feed::InPlaceWithSlack ? 64 : 0;
    Bytes buffer(bytes.size() + slack, std::byte{0xee});
    std::copy(bytes.begin(), bytes.end(), buffer.begin());
    endpoint.receive_data_in_place(MutableBytesView{buffer}.first(bytes.size()), slack);
    Trace lines = trace(endpoint);
    const auto behind = BytesView{buffer}.subspan(bytes.size());
    CHECK(std::count(behind.begin(), behind.end(), std::byte{0xee}) ==
          static_cast<std::ptrdiff_t>(slack));
    std::fill(buffer.begin(), buffer.end(), std::byte{0xdd});
    return lines;
}

/// Feeds piece by piece, drains after each, and joins.
template <typename Endpoint>
Trace receive(Endpoint& endpoint, const Pieces& pieces, Feed feed = Feed::Copied) {
    Trace lines;
    for (const BytesView piece : pieces) {
        const Trace more = receive(endpoint, piece, feed);
        lines.insert(lines.end(), more.begin(), more.end());
    }
    return joined(lines);
}

/// The same for what makes frames, a `FrameDecoder` or a `FrameProtocol`.
template <typename Source>
Trace decode(Source& source, const Pieces& pieces) {
    Trace lines;
    for (const BytesView piece : pieces) {
        Bytes buffer{piece.begin(), piece.end()};
        MutableBytesView in{buffer};
        wsproto::Frame frame;
        wsproto::Progress progress{};
        while ((progress = source.next(in, frame)) == wsproto::Progress::Ready) {
            lines.push_back(line(frame));
        }
        if (progress == wsproto::Progress::Failed) {
            lines.push_back(error_line(source.error(), source.error_message()));
            break;
        }
        CHECK(in.empty());
    }
    return joined(lines);
}

/// A connection that has been brought to `state`: Open, RemoteClosing, LocalClosing or Closed.
wsproto::Connection scenario(ConnectionType role, ConnectionState state,
                             const wsproto::Options& options = {});

/// Two ends joined in memory, `Connection` or `WSConnection`.
template <typename Endpoint>
class Pair {
  public:
    Pair(Endpoint client_end, Endpoint server_end)
        : client{std::move(client_end)}, server{std::move(server_end)} {}

    /// Sends; returns what the other end made of it.
    template <typename E>
    Trace client_sends(const E& event) {
        return carry(client.send(event), server);
    }
    template <typename E>
    Trace server_sends(const E& event) {
        return carry(server.send(event), client);
    }

    /// The client's, then the server's, "Open Open".
    [[nodiscard]] std::string states() const {
        return std::string{to_string(client.state())} + ' ' +
               std::string{to_string(server.state())};
    }

    Endpoint client;
    Endpoint server;
    std::size_t piece_size = std::numeric_limits<std::size_t>::max();  ///< Of each read.
    Feed feed = Feed::Copied;

  private:
    Trace carry(const Bytes& bytes, Endpoint& to) const {
        Pieces pieces;
        for (BytesView rest = bytes; !rest.empty();) {
            pieces.push_back(rest.first(std::min(piece_size, rest.size())));
            rest = rest.subspan(pieces.back().size());
        }
        return receive(to, pieces, feed);
    }
};

/// What `new` has given so far, in all threads; tests compare two of these.
struct Allocations {
    std::size_t count = 0;    ///< Calls.
    std::size_t bytes = 0;    ///< Asked for, in all.
    std::size_t live = 0;     ///< Asked for and not given back.
    std::size_t largest = 0;  ///< Asked for at once, since `forget_largest_allocation`.
};
Allocations allocations();
void forget_largest_allocation();

/// While it lives, `new` throws `bad_alloc` in this thread once `successes` calls went well.
class FailingAllocations {
  public:
    explicit FailingAllocations(std::size_t successes);
    FailingAllocations(const FailingAllocations&) = delete;
    FailingAllocations& operator=(const FailingAllocations&) = delete;
    ~FailingAllocations();
};

}  // namespace support

#endif
