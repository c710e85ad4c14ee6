// Does one thing again and again, for callgrind to count: wsproto_instructions receive 8192.
// Counted is what runs inside the functions called counted_…, so that the copy that stands for a
// read is not. tests/instructions/count.py runs it.
#include "../benchmark/library.hpp"

#include <wsproto/wsproto.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace {

constexpr std::size_t slack = 64;
constexpr std::size_t message_size = 16;
constexpr std::size_t messages_in_a_read = 2048;
using Content = std::array<std::byte, message_size>;

wsproto::BytesMessage message(const Content& content) {
    return {.data = content};
}

}  // namespace

// Names that callgrind finds whatever the compiler: it switches counting on and off there.
extern "C" {

[[gnu::noinline]] std::size_t counted_receive(wsproto::WSConnection& server,
                                              wsproto::MutableBytesView read) {
    std::size_t received = 0;
    server.receive_data_in_place(read, slack);
    for (const wsproto::Event& event : server.events()) {
        if (const auto* const bytes = std::get_if<wsproto::BytesMessage>(&event)) {
            received += bytes->data.size();
        }
    }
    return received;
}

[[gnu::noinline]] void counted_send(wsproto::WSConnection& connection, const Content& content,
                                    wsproto::Bytes& out) {
    for (std::size_t index = 0; index < messages_in_a_read; ++index) {
        connection.send(message(content), out);
    }
}

[[gnu::noinline]] void counted_accept(wsproto::MutableBytesView request, wsproto::Bytes& out) {
    wsproto::WSConnection server{wsproto::ConnectionType::Server};
    server.receive_data_in_place(request, slack);
    for (const wsproto::Event& event : server.events()) {
        if (std::holds_alternative<wsproto::Request>(event)) {
            server.send(wsproto::AcceptConnection{}, out);
        }
    }
}
}

namespace {

/// The read buffer of a loop: a copy of what has come, with slack behind it.
class ReadBuffer {
  public:
    explicit ReadBuffer(wsproto::BytesView wire) : wire_{wire}, buffer_(wire.size() + slack) {}

    wsproto::MutableBytesView fill() {
        std::copy(wire_.begin(), wire_.end(), buffer_.begin());
        return std::span{buffer_}.first(wire_.size());
    }

  private:
    wsproto::BytesView wire_;
    wsproto::Bytes buffer_;
};

wsproto::WSConnection open_server() {
    wsproto::WSConnection server{wsproto::ConnectionType::Server};
    wsproto::Bytes response;
    server.receive_data(wsproto::as_bytes(benchmark::canned_request()));
    for (const wsproto::Event& event : server.events()) {
        if (std::holds_alternative<wsproto::Request>(event)) {
            server.send(wsproto::AcceptConnection{}, response);
        }
    }
    return server;
}

wsproto::WSConnection open_client() {
    wsproto::WSConnection client{wsproto::ConnectionType::Client};
    const auto request = client.send(wsproto::Request{.host = "example.org", .target = "/"});
    client.receive_data(wsproto::as_bytes(
        benchmark::canned_response(wsproto::as_text(request), benchmark::Deflate::Off)));
    for (const wsproto::Event& event : client.events()) {
        static_cast<void>(event);
    }
    return client;
}

bool receive(std::size_t messages) {
    auto client = open_client();
    wsproto::Bytes wire;
    for (std::size_t index = 0; index < messages_in_a_read; ++index) {
        Content content;
        content.fill(static_cast<std::byte>(index));
        client.send(message(content), wire);
    }
    auto server = open_server();
    ReadBuffer buffer{wire};
    std::size_t received = 0;
    for (std::size_t done = 0; done < messages; done += messages_in_a_read) {
        received += counted_receive(server, buffer.fill());
    }
    return received == messages * message_size;
}

bool send(wsproto::WSConnection connection, std::size_t messages) {
    constexpr Content content{};
    constexpr std::size_t largest_header = 14;
    wsproto::Bytes out;
    out.reserve(messages_in_a_read * (message_size + largest_header));
    for (std::size_t done = 0; done < messages; done += messages_in_a_read) {
        out.clear();
        counted_send(connection, content, out);
    }
    return out.size() > messages_in_a_read * message_size;
}

bool accept(std::size_t times) {
    ReadBuffer request{wsproto::as_bytes(benchmark::canned_request())};
    wsproto::Bytes out;
    for (std::size_t done = 0; done < times; ++done) {
        out.clear();
        counted_accept(request.fill(), out);
    }
    return wsproto::as_text(out).starts_with("HTTP/1.1 101 ");
}

// Nothing if there is no such thing to do; else whether it was done.
std::optional<bool> run(std::string_view what, std::size_t times) {
    if (what == "receive") return receive(times);
    if (what == "send-server") return send(open_server(), times);
    if (what == "send-client") return send(open_client(), times);
    if (what == "accept") return accept(times);
    return std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
    const auto done = argc == 3 ? run(argv[1], std::strtoul(argv[2], nullptr, 10)) : std::nullopt;
    if (!done) {
        std::fputs("usage: wsproto_instructions receive|send-server|send-client|accept TIMES\n",
                   stderr);
        return 2;
    }
    return *done ? EXIT_SUCCESS : EXIT_FAILURE;
}
