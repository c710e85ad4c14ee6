// What is measured of a WebSocket library: an open connection that receives and sends, and the
// opening handshake. One file for each library implements it. C++17, see transport.hpp.
#ifndef WSPROTO_BENCHMARK_LIBRARY_HPP
#define WSPROTO_BENCHMARK_LIBRARY_HPP

#include "transport.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace benchmark {

enum class Role { Server, Client };

enum class Deflate {
    Off,
    Takeover,    ///< Level 6, memory level 8 where it can be set, windows of 15 bits.
    NoTakeover,  ///< The same without context takeover, both ways.
};

enum class Purpose {
    Speed,   ///< Buffers as large as the library's documentation advises.
    Memory,  ///< As it comes.
};

/// How an endpoint is opened.
struct Settings {
    Role role = Role::Server;
    Deflate deflate = Deflate::Off;
    Purpose purpose = Purpose::Speed;
    std::size_t largest_read = 64 * 1024;
};

/// Messages of one kind, to be sent in one go.
struct Batch {
    std::vector<std::string_view> messages;
    bool text = false;
};

/// One open connection.
class Endpoint {
  public:
    Endpoint() = default;
    Endpoint(const Endpoint&) = delete;
    Endpoint& operator=(const Endpoint&) = delete;
    virtual ~Endpoint() = default;

    /// Reads `pipe` to its end; it holds `messages` whole messages.
    virtual void receive(Pipe& pipe, std::size_t messages, Sink& sink) = 0;

    virtual void send(const Batch& batch, Outbox& out) = 0;

    /// Bytes of this object that are no part of the connection.
    [[nodiscard]] virtual std::size_t wrapping() const noexcept { return sizeof(Endpoint); }
};

/// One library, used in one way.
class Library {
  public:
    Library(std::string name, bool ours) : name_{std::move(name)}, ours_{ours} {}
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
    virtual ~Library() = default;

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] bool ours() const noexcept { return ours_; }

    /// Opens a connection; null if the library cannot do that.
    virtual std::unique_ptr<Endpoint> open(const Settings& settings) = 0;

    [[nodiscard]] virtual bool shakes_hands() const noexcept { return true; }

    /// Makes a server's end, lets it read `request` and write the response, and destroys it.
    virtual void accept(std::string_view request, Outbox& response) = 0;

    /// Makes both ends, opens the connection, and destroys them. Returns whether it was open.
    virtual bool shake_hands() = 0;

  private:
    std::string name_;
    bool ours_;
};

using Libraries = std::vector<std::unique_ptr<Library>>;

/// The ways in which wsproto receives, the most frugal first, and those in which it sends.
Libraries wsproto_receivers();
Libraries wsproto_senders(Outbox::Mode mode);

Libraries beast_libraries();
Libraries websocketpp_libraries();
Libraries wslay_libraries();

/// All that are installed but wsproto.
Libraries peers();

/// "websocketpp 0.8.2", or "websocketpp: not installed, skipped".
std::vector<std::string> peer_versions();

/// What a client asks with: 430 bytes, ten header fields.
std::string_view canned_request();

/// The same, which offers permessage-deflate.
std::string canned_request(Deflate deflate);

/// What a server answers to `request`, made without any of the libraries' handshakes.
std::string canned_response(std::string_view request, Deflate deflate);

}  // namespace benchmark

#endif
