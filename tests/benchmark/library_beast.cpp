// Boost.Beast (https://www.boost.org/libs/beast), its synchronous interface.
#include "library.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include <functional>
#include <utility>

namespace benchmark {
namespace {

namespace beast = boost::beast;
namespace asio = boost::asio;
namespace websocket = beast::websocket;

asio::io_context& context() {
    static asio::io_context context;
    return context;
}

/// A SyncStream over a pipe and an outbox, without memory of its own.
class MemoryStream {
  public:
    using executor_type = asio::io_context::executor_type;

    executor_type get_executor() noexcept { return context().get_executor(); }

    void read_from(Pipe* pipe) noexcept { pipe_ = pipe; }
    void write_to(Outbox* out) noexcept { out_ = out; }
    /// Asked for something to read where there is nothing.
    void when_empty(std::function<void()> refill) { refill_ = std::move(refill); }

    template <typename Buffers>
    std::size_t read_some(const Buffers& buffers, beast::error_code& error) {
        if ((pipe_ == nullptr || pipe_->empty()) && refill_) {
            refill_();
        }
        std::size_t total = 0;
        for (const asio::mutable_buffer buffer : beast::buffers_range_ref(buffers)) {
            if (total != 0 || buffer.size() == 0) break;
            total = pipe_ == nullptr ? 0 : pipe_->read(buffer.data(), buffer.size());
        }
        error = total == 0 ? beast::error_code{asio::error::eof} : beast::error_code{};
        return total;
    }

    template <typename Buffers>
    std::size_t write_some(const Buffers& buffers, beast::error_code& error) {
        std::size_t total = 0;
        for (const asio::const_buffer buffer : beast::buffers_range_ref(buffers)) {
            out_->write(buffer.data(), buffer.size());
            total += buffer.size();
        }
        error = {};
        return total;
    }

    template <typename Buffers>
    std::size_t read_some(const Buffers& buffers) {
        beast::error_code error;
        return read_some(buffers, error);
    }

    template <typename Buffers>
    std::size_t write_some(const Buffers& buffers) {
        beast::error_code error;
        return write_some(buffers, error);
    }

  private:
    Pipe* pipe_ = nullptr;
    Outbox* out_ = nullptr;
    std::function<void()> refill_{};
};

// Beast asks for these by argument-dependent lookup; in memory there is nothing to tear down.
void teardown(beast::role_type, MemoryStream&, beast::error_code& error) {
    error = {};
}
[[maybe_unused]] void beast_close_socket(MemoryStream&) {
}

constexpr std::size_t handshake_capacity = 4096;

/// Message buffers belong to the loop, as wsproto's do.
beast::flat_buffer& message_buffer() {
    static beast::flat_buffer buffer;
    return buffer;
}

template <bool Compresses>
class BeastEndpoint : public Endpoint {
  public:
    explicit BeastEndpoint(const Settings& settings) {
        stream_.secure_prng(false);
        stream_.read_message_max(std::size_t{1} << 30U);
        stream_.auto_fragment(false);
        if (settings.purpose == Purpose::Speed) {
            stream_.write_buffer_bytes(64 * 1024);
        }
        if constexpr (Compresses) {
            set_deflate(settings);
        }
        Outbox out{Outbox::Mode::Copy, handshake_capacity};
        stream_.next_layer().write_to(&out);
        open_ = settings.role == Role::Server ? accept(canned_request(settings.deflate))
                                              : connect(out, settings.deflate);
        stream_.next_layer().when_empty(nullptr);
    }

    [[nodiscard]] bool is_open() const noexcept { return open_; }

    void receive(Pipe& pipe, std::size_t messages, Sink& sink) override {
        stream_.next_layer().read_from(&pipe);
        beast::flat_buffer& buffer = message_buffer();
        beast::error_code error;
        for (; messages > 0 && !error; --messages) {
            stream_.read(buffer, error);
            const auto data = buffer.cdata();
            sink.piece({static_cast<const char*>(data.data()), data.size()}, true);
            buffer.consume(buffer.size());
        }
    }

    void send(const Batch& batch, Outbox& out) override {
        stream_.next_layer().write_to(&out);
        stream_.text(batch.text);
        beast::error_code error;
        for (const std::string_view payload : batch.messages) {
            stream_.write(asio::const_buffer{payload.data(), payload.size()}, error);
        }
    }

  private:
    void set_deflate(const Settings& settings) {
        websocket::permessage_deflate deflate;
        deflate.server_enable = deflate.client_enable = settings.deflate != Deflate::Off;
        deflate.compLevel = 6;
        deflate.memLevel = 8;
        deflate.server_no_context_takeover = deflate.client_no_context_takeover =
            settings.deflate == Deflate::NoTakeover;
        stream_.set_option(deflate);
    }

    bool accept(const std::string& request) {
        Pipe pipe{request, request.size()};
        stream_.next_layer().read_from(&pipe);
        beast::error_code error;
        stream_.accept(error);
        stream_.next_layer().read_from(nullptr);
        return !error;
    }

    bool connect(const Outbox& out, Deflate deflate) {
        std::string response;
        Pipe pipe{{}, 0};
        stream_.next_layer().when_empty([&] {
            response = canned_response(out.wire(), deflate);
            pipe = Pipe{response, response.size()};
        });
        stream_.next_layer().read_from(&pipe);
        beast::error_code error;
        stream_.handshake("server.example.com", "/chat", error);
        stream_.next_layer().read_from(nullptr);
        return !error;
    }

    websocket::stream<MemoryStream, Compresses> stream_{};
    bool open_ = false;
};

template <bool Compresses>
std::unique_ptr<Endpoint> open_endpoint(const Settings& settings) {
    auto endpoint = std::make_unique<BeastEndpoint<Compresses>>(settings);
    return endpoint->is_open() ? std::move(endpoint) : nullptr;
}

class Beast : public Library {
  public:
    Beast() : Library{"Beast", false} {}

    std::unique_ptr<Endpoint> open(const Settings& settings) override {
        return settings.deflate == Deflate::Off ? open_endpoint<false>(settings)
                                                : open_endpoint<true>(settings);
    }

    void accept(std::string_view request, Outbox& response) override {
        websocket::stream<MemoryStream, false> server;
        Pipe pipe{request, request.size()};
        server.next_layer().read_from(&pipe);
        server.next_layer().write_to(&response);
        beast::error_code error;
        server.accept(error);
    }

    bool shake_hands() override {
        websocket::stream<MemoryStream, false> client;
        websocket::stream<MemoryStream, false> server;
        request_.clear();
        response_.clear();
        Pipe to_server{{}, 0};
        Pipe to_client{{}, 0};
        beast::error_code refused;
        client.next_layer().read_from(&to_client);
        client.next_layer().write_to(&request_);
        server.next_layer().read_from(&to_server);
        server.next_layer().write_to(&response_);
        client.next_layer().when_empty([&] {
            to_server = Pipe{request_.wire(), request_.size()};
            server.accept(refused);
            to_client = Pipe{response_.wire(), response_.size()};
        });
        beast::error_code error;
        client.handshake("server.example.com", "/chat", error);
        return !error && !refused;
    }

  private:
    Outbox request_{Outbox::Mode::Copy, handshake_capacity};
    Outbox response_{Outbox::Mode::Copy, handshake_capacity};
};

}  // namespace

Libraries beast_libraries() {
    Libraries libraries;
    libraries.push_back(std::make_unique<Beast>());
    return libraries;
}

}  // namespace benchmark
