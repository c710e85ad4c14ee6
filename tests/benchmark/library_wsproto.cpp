// wsproto, through its public interface alone.
#include "library.hpp"
#include "page_buffer.hpp"

#include <wsproto/wsproto.hpp>

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace benchmark {
namespace {

using wsproto::BytesMessage;
using wsproto::Connection;
using wsproto::ConnectionState;
using wsproto::ConnectionType;
using wsproto::Delivery;
using wsproto::TextMessage;
using wsproto::WSConnection;

constexpr std::size_t slack = 64;

/// What becomes of a read before it is decoded.
enum class Copied {
    Nowhere,    ///< It is decoded in place, with slack behind it.
    ByLibrary,  ///< It goes through receive_data.
    ByUser,     ///< It is copied by the loop and decoded in the copy: what ByLibrary has to match.
};

/// How wsproto is used.
struct Usage {
    Delivery delivery = Delivery::Chunks;
    Copied copied = Copied::Nowhere;
    bool gathers = false;  ///< Sends with send_gather, else appends.
};

// Buffers of the event loop: every connection of a thread can use the same.
struct Loop {
    PageBuffer input{};
    wsproto::Bytes copy{};
    wsproto::Bytes output{};
    wsproto::Bytes scratch{};
};

Loop& loop() {
    static Loop loop;
    return loop;
}

/// `size` bytes, with slack behind them.
wsproto::MutableBytesView input_buffer(std::size_t size) {
    PageBuffer& input = loop().input;
    if (input.size() < size + slack) {
        input.resize(size + slack);
    }
    return std::as_writable_bytes(std::span{input}).first(size);
}

/// The same bytes in a block as the library has them for its copies, with slack behind them.
wsproto::MutableBytesView copy_of(wsproto::BytesView read) {
    wsproto::Bytes& copy = loop().copy;
    copy.resize(std::max(copy.size(), read.size() + slack));
    std::memcpy(copy.data(), read.data(), read.size());
    return wsproto::MutableBytesView{copy}.first(read.size());
}

ConnectionType type_of(Role role) {
    return role == Role::Server ? ConnectionType::Server : ConnectionType::Client;
}

wsproto::Extensions extensions_for(Deflate deflate) {
    if (deflate == Deflate::Off) {
        return {};
    }
    const bool forgets = deflate == Deflate::NoTakeover;
    return {std::make_shared<wsproto::PerMessageDeflate>(wsproto::DeflateOptions{
        .client_no_context_takeover = forgets, .server_no_context_takeover = forgets})};
}

void accept_request(WSConnection& server, std::string_view request, Deflate deflate,
                    wsproto::Bytes& out) {
    const auto input = input_buffer(request.size());
    copy_bytes(input.data(), request.data(), request.size());
    server.receive_data_in_place(input, slack);
    for (const wsproto::Event& event : server.events()) {
        if (std::holds_alternative<wsproto::Request>(event)) {
            server.send(wsproto::AcceptConnection{.extensions = extensions_for(deflate)}, out);
        }
    }
}

WSConnection open_server(const Settings& settings, const wsproto::Options& options) {
    WSConnection server{ConnectionType::Server, options};
    wsproto::Bytes response;
    accept_request(server, canned_request(settings.deflate), settings.deflate, response);
    return server;
}

WSConnection open_client(const Settings& settings, const wsproto::Options& options) {
    WSConnection client{ConnectionType::Client, options};
    const wsproto::Bytes request =
        client.send(wsproto::Request{.host = "server.example.com",
                                     .target = "/chat",
                                     .extensions = extensions_for(settings.deflate)});
    client.receive_data(
        wsproto::as_bytes(canned_response(wsproto::as_text(request), settings.deflate)));
    for (const wsproto::Event& event : client.events()) {
        static_cast<void>(event);
    }
    return client;
}

template <typename C>
C open_connection(const Settings& settings, const wsproto::Options& options) {
    if constexpr (std::is_same_v<C, Connection>) {
        return Connection{type_of(settings.role), {}, {}, options};
    } else {
        return settings.role == Role::Server ? open_server(settings, options)
                                             : open_client(settings, options);
    }
}

template <typename C>
class WsprotoEndpoint : public Endpoint {
  public:
    WsprotoEndpoint(const Settings& settings, Usage usage)
        : usage_{usage}, connection_{open_connection<C>(settings, {.delivery = usage.delivery})} {}

    [[nodiscard]] bool is_open() const { return connection_.state() == ConnectionState::Open; }

    [[nodiscard]] std::size_t wrapping() const noexcept override {
        return sizeof(*this) - sizeof(C);
    }

    void receive(Pipe& pipe, std::size_t, Sink& sink) override {
        const auto buffer = input_buffer(pipe.most());
        while (const std::size_t size = pipe.read(buffer.data(), pipe.most())) {
            hand_over(buffer.first(size));
            drain(sink);
        }
    }

    void send(const Batch& batch, Outbox& out) override {
        if (batch.text) {
            send_all<TextMessage>(batch, out);
        } else {
            send_all<BytesMessage>(batch, out);
        }
    }

  private:
    void hand_over(wsproto::MutableBytesView read) {
        if (usage_.copied == Copied::ByLibrary) {
            connection_.receive_data(read);
        } else {
            connection_.receive_data_in_place(
                usage_.copied == Copied::ByUser ? copy_of(read) : read, slack);
        }
    }

    void drain(Sink& sink) {
        for (const wsproto::Event& event : connection_.events()) {
            if (const auto* const bytes = std::get_if<BytesMessage>(&event)) {
                sink.piece(wsproto::as_text(bytes->data), bytes->message_finished);
            } else if (const auto* const text = std::get_if<TextMessage>(&event)) {
                sink.piece(text->data, text->message_finished);
            }
        }
    }

    template <typename M>
    static M message_of(std::string_view payload) {
        if constexpr (std::is_same_v<M, TextMessage>) {
            return {.data = payload};
        } else {
            return {.data = wsproto::as_bytes(payload)};
        }
    }

    template <typename M>
    void send_all(const Batch& batch, Outbox& out) {
        Loop& shared = loop();
        if (usage_.gathers) {
            for (const std::string_view payload : batch.messages) {
                const auto frame = connection_.send_gather(message_of<M>(payload), shared.scratch);
                out.write(wsproto::as_text(frame.header()), wsproto::as_text(frame.payload()));
            }
            return;
        }
        shared.output.clear();
        for (const std::string_view payload : batch.messages) {
            connection_.send(message_of<M>(payload), shared.output);
        }
        out.lend(wsproto::as_text(shared.output));
    }

    Usage usage_;
    C connection_;
};

template <typename C>
class Wsproto : public Library {
  public:
    Wsproto(std::string name, Usage usage) : Library{std::move(name), true}, usage_{usage} {}

    std::unique_ptr<Endpoint> open(const Settings& settings) override {
        if (std::is_same_v<C, Connection> && settings.deflate != Deflate::Off) {
            return nullptr;
        }
        auto endpoint = std::make_unique<WsprotoEndpoint<C>>(settings, usage_);
        return endpoint->is_open() ? std::move(endpoint) : nullptr;
    }

    void accept(std::string_view request, Outbox& response) override {
        WSConnection server{ConnectionType::Server};
        wsproto::Bytes& output = loop().output;
        output.clear();
        accept_request(server, request, Deflate::Off, output);
        response.lend(wsproto::as_text(output));
    }

    bool shake_hands() override {
        WSConnection client{ConnectionType::Client};
        WSConnection server{ConnectionType::Server};
        wsproto::Bytes& output = loop().output;
        output.clear();
        client.send(wsproto::Request{.host = "server.example.com", .target = "/chat"}, output);
        wsproto::Bytes& response = loop().scratch;
        response.clear();
        accept_request(server, wsproto::as_text(output), Deflate::Off, response);
        client.receive_data_in_place(response);
        for (const wsproto::Event& event : client.events()) {
            pretend_to_read(&event);
        }
        return client.state() == ConnectionState::Open && server.state() == ConnectionState::Open;
    }

  private:
    Usage usage_;
};

template <typename C>
void add(Libraries& libraries, std::string name, Usage usage) {
    libraries.push_back(std::make_unique<Wsproto<C>>(std::move(name), usage));
}

}  // namespace

Libraries wsproto_receivers() {
    Libraries libraries;
    add<WSConnection>(libraries, "chunks", {});
    add<WSConnection>(libraries, "messages", {.delivery = Delivery::Messages});
    add<WSConnection>(libraries, "chunks copied", {.copied = Copied::ByLibrary});
    add<WSConnection>(libraries, "messages copied",
                      {.delivery = Delivery::Messages, .copied = Copied::ByLibrary});
    add<WSConnection>(libraries, "memcpy + chunks", {.copied = Copied::ByUser});
    add<Connection>(libraries, "Connection", {});
    return libraries;
}

Libraries wsproto_senders(Outbox::Mode mode) {
    const Usage usage{.gathers = mode == Outbox::Mode::Gather};
    Libraries libraries;
    add<WSConnection>(libraries, "wsproto", usage);
    add<Connection>(libraries, "Connection", usage);
    return libraries;
}

}  // namespace benchmark
