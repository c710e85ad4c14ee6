// websocketpp (https://www.zaphoyd.com/projects/websocketpp), its iostream transport. C++17: its
// headers do not compile as C++20.
#include "library.hpp"

#include <websocketpp/client.hpp>
#include <websocketpp/concurrency/none.hpp>
#include <websocketpp/config/core.hpp>
#include <websocketpp/config/core_client.hpp>
#include <websocketpp/extensions/permessage_deflate/enabled.hpp>
#include <websocketpp/logger/stub.hpp>
#include <websocketpp/server.hpp>

#include <cstdint>
#include <type_traits>
#include <utility>

namespace benchmark {
namespace {

/// Cheaper than any key that may be used.
struct CheapRandom {
    std::uint32_t state = 1;
    std::uint32_t operator()() { return state = state * 1664525U + 1013904223U; }
};

/// What its manual advises for speed: no locks, no logs, a read buffer as large as a read.
template <typename Core, bool Compresses, std::size_t ReadBuffer>
struct Config : Core {
    using type = Config;
    using concurrency_type = websocketpp::concurrency::none;
    using elog_type = websocketpp::log::stub;
    using alog_type = websocketpp::log::stub;
    using rng_type = CheapRandom;
    static bool const enable_multithreading = false;
    static const std::size_t connection_read_buffer_size = ReadBuffer;

    struct transport_config : Core::transport_config {
        using concurrency_type = websocketpp::concurrency::none;
        using elog_type = websocketpp::log::stub;
        using alog_type = websocketpp::log::stub;
        static bool const enable_multithreading = false;
    };
    using transport_type = websocketpp::transport::iostream::endpoint<transport_config>;

    struct permessage_deflate_config {
        using request_type = typename Core::request_type;
        static const bool allow_disabling_context_takeover = true;
        static const std::uint8_t minimum_outgoing_window_bits = 8;
    };
    using permessage_deflate_type = std::conditional_t<
        Compresses, websocketpp::extensions::permessage_deflate::enabled<permessage_deflate_config>,
        websocketpp::extensions::permessage_deflate::disabled<permessage_deflate_config>>;
};

template <bool Compresses, std::size_t ReadBuffer>
using Server = websocketpp::server<Config<websocketpp::config::core, Compresses, ReadBuffer>>;
template <bool Compresses, std::size_t ReadBuffer>
using Client =
    websocketpp::client<Config<websocketpp::config::core_client, Compresses, ReadBuffer>>;

/// One connection of either kind of its endpoints.
template <typename Parent>
class Connected : public Endpoint {
  public:
    using Pointer = typename Parent::connection_ptr;
    using Handle = websocketpp::connection_hdl;
    using Message = typename Parent::message_ptr;

    explicit Connected(Pointer connection) : connection_{std::move(connection)} {
        connection_->set_message_handler(
            [this](Handle, const Message& message) { sink_->piece(message->get_payload(), true); });
        connection_->set_write_handler([this](Handle, const char* data, std::size_t size) {
            out_->write(data, size);
            return websocketpp::lib::error_code{};
        });
        connection_->set_vector_write_handler(
            [this](Handle, const std::vector<websocketpp::transport::buffer>& buffers) {
                for (const auto& buffer : buffers) {
                    out_->write(buffer.buf, buffer.len);
                }
                return websocketpp::lib::error_code{};
            });
    }
    ~Connected() override { connection_->eof(); }

    void read_handshake(std::string_view head) { connection_->read_all(head.data(), head.size()); }
    void write_to(Outbox& out) { out_ = &out; }
    Pointer& connection() { return connection_; }

    [[nodiscard]] bool is_open() const {
        return connection_->get_state() == websocketpp::session::state::open;
    }

    void receive(Pipe& pipe, std::size_t, Sink& sink) override {
        sink_ = &sink;
        while (!pipe.empty()) {
            const std::string_view piece = pipe.take(pipe.most());
            connection_->read_all(piece.data(), piece.size());
        }
    }

    void send(const Batch& batch, Outbox& out) override {
        out_ = &out;
        const auto opcode =
            batch.text ? websocketpp::frame::opcode::text : websocketpp::frame::opcode::binary;
        for (const std::string_view payload : batch.messages) {
            const auto message = connection_->get_message(opcode, payload.size());
            message->append_payload(payload.data(), payload.size());
            message->set_compressed(true);
            connection_->send(message);
        }
    }

  private:
    Pointer connection_;
    Sink* sink_ = nullptr;
    Outbox* out_ = nullptr;
};

/// Endpoints outlive their connections, and many connections have one.
template <typename Parent>
Parent& parent() {
    static Parent parent;
    return parent;
}

constexpr std::size_t handshake_capacity = 4096;

template <bool Compresses, std::size_t ReadBuffer>
auto begin_server() {
    using Parent = Server<Compresses, ReadBuffer>;
    Parent& server = parent<Parent>();
    server.set_validate_handler([](websocketpp::connection_hdl) { return true; });
    return std::make_unique<Connected<Parent>>(server.get_connection());
}

template <bool Compresses, std::size_t ReadBuffer>
auto begin_client() {
    using Parent = Client<Compresses, ReadBuffer>;
    Parent& client = parent<Parent>();
    websocketpp::lib::error_code error;
    return std::make_unique<Connected<Parent>>(
        client.get_connection("ws://server.example.com/chat", error));
}

template <bool Compresses, std::size_t ReadBuffer>
std::unique_ptr<Endpoint> open_server(const Settings& settings) {
    auto server = begin_server<Compresses, ReadBuffer>();
    Outbox response{Outbox::Mode::Copy, handshake_capacity};
    server->write_to(response);
    server->connection()->start();
    server->read_handshake(canned_request(settings.deflate));
    return server->is_open() ? std::move(server) : nullptr;
}

template <bool Compresses, std::size_t ReadBuffer>
std::unique_ptr<Endpoint> open_client(const Settings& settings) {
    auto client = begin_client<Compresses, ReadBuffer>();
    Outbox request{Outbox::Mode::Copy, handshake_capacity};
    client->write_to(request);
    parent<Client<Compresses, ReadBuffer>>().connect(client->connection());
    client->read_handshake(canned_response(request.wire(), settings.deflate));
    return client->is_open() ? std::move(client) : nullptr;
}

template <bool Compresses, std::size_t ReadBuffer>
std::unique_ptr<Endpoint> open_with(const Settings& settings) {
    return settings.role == Role::Server ? open_server<Compresses, ReadBuffer>(settings)
                                         : open_client<Compresses, ReadBuffer>(settings);
}

template <bool Compresses>
std::unique_ptr<Endpoint> open_for(const Settings& settings) {
    constexpr std::size_t stock = websocketpp::config::core::connection_read_buffer_size;
    return settings.purpose == Purpose::Memory ? open_with<Compresses, stock>(settings)
                                               : open_with<Compresses, 64 * 1024>(settings);
}

class Websocketpp : public Library {
  public:
    Websocketpp() : Library{"websocketpp", false} {}

    std::unique_ptr<Endpoint> open(const Settings& settings) override {
        return settings.deflate == Deflate::Off ? open_for<false>(settings)
                                                : open_for<true>(settings);
    }

    void accept(std::string_view request, Outbox& response) override {
        const auto server = begin_server<false, stock>();
        server->write_to(response);
        server->connection()->start();
        server->read_handshake(request);
    }

    bool shake_hands() override {
        const auto client = begin_client<false, stock>();
        const auto server = begin_server<false, stock>();
        request_.clear();
        response_.clear();
        client->write_to(request_);
        server->write_to(response_);
        parent<Client<false, stock>>().connect(client->connection());
        server->connection()->start();
        server->read_handshake(request_.wire());
        client->read_handshake(response_.wire());
        return client->is_open() && server->is_open();
    }

  private:
    static constexpr std::size_t stock = websocketpp::config::core::connection_read_buffer_size;

    Outbox request_{Outbox::Mode::Copy, handshake_capacity};
    Outbox response_{Outbox::Mode::Copy, handshake_capacity};
};

}  // namespace

Libraries websocketpp_libraries() {
    Libraries libraries;
    libraries.push_back(std::make_unique<Websocketpp>());
    return libraries;
}

}  // namespace benchmark
