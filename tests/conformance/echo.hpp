// The endpoint under test: a `WSConnection` behind its opening handshake, in a small application
// that echoes messages and answers what has to be answered. What is right is not known here.
#ifndef WSPROTO_TESTS_CONFORMANCE_ECHO_HPP
#define WSPROTO_TESTS_CONFORMANCE_ECHO_HPP

#include "support.hpp"
#include "wire.hpp"

#include <wsproto/errors.hpp>
#include <wsproto/options.hpp>
#include <wsproto/permessage_deflate.hpp>
#include <wsproto/ws_connection.hpp>

#include <optional>
#include <string>

namespace conformance {

/// What the handshake agrees on: the fields `Sec-WebSocket-Extensions`, byte for byte.
struct Compression {
    std::string offer{};
    std::string answer{};
    wsproto::DeflateOptions options{};  ///< Of the endpoint under test.
};

class Echo {
  public:
    /// Opens the connection; checks every byte that the endpoint writes for it.
    explicit Echo(ConnectionType role, wsproto::Options options = {},
                  const std::optional<Compression>& compression = {});

    /// Feeds, drains, and echoes.
    void receive(BytesView bytes, support::Feed feed = support::Feed::Copied);

    /// The transport ends; what that gives is dropped.
    void end();

    [[nodiscard]] const Bytes& written() const { return written_; }
    void forget_written() { written_.clear(); }

    /// What it complained about, "1002 Invalid opcode 0x3", or nothing.
    [[nodiscard]] const std::string& complaint() const { return complaint_; }

    wsproto::WSConnection connection;

  private:
    void open_server(const std::optional<Compression>& compression);
    void open_client(const std::optional<Compression>& compression);
    void drain();
    void take(const wsproto::Event& event);

    Bytes written_;
    Bytes lent_;           // overwritten once a range has ended
    std::string message_;  // the pieces so far
    std::string complaint_;
};

}  // namespace conformance

#endif
