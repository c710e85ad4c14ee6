// Sends everything that can be sent, lets a peer receive it, and uses each byte of either as an
// index: valgrind's memcheck complains about one that was never written. Without valgrind it tells
// only that everything arrives. Which bytes they should be is not known here.
#include <wsproto/wsproto.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace {

using namespace wsproto;

constexpr std::string_view usage =
    "Usage: wsproto_memcheck\n\n"
    "Sends and receives everything, and looks at every byte. To be run by valgrind:\n\n"
    "    valgrind --error-exitcode=1 wsproto_memcheck\n";

std::array<std::uint64_t, 256> seen{};
std::uint64_t outputs = 0;

// An index that is not initialised is what memcheck complains about.
void look_at(BytesView bytes) {
    for (const std::byte byte : bytes) {
        ++seen[std::to_integer<std::size_t>(byte)];
    }
    ++outputs;
}

void require(bool fact, const char* what) {
    if (!fact) {
        std::fprintf(stderr, "wsproto_memcheck: %s\n", what);
        std::exit(1);
    }
}

// What can be compressed, and then what cannot.
std::string payload_of(std::size_t size) {
    std::string text;
    std::uint32_t state = 1;
    while (text.size() < size) {
        state = state * 1'664'525 + 1'013'904'223;
        text += text.size() < 300 ? 'x' : static_cast<char>(' ' + (state >> 24U) % 95);
    }
    return text;
}

// Two ends; what one returns is looked at, and so is what the other makes of it.
template <typename End>
struct Ends {
    End client;
    End server;

    template <typename E>
    void send(bool by_client, const E& event) {
        End& from = by_client ? client : server;
        const Bytes bytes = from.send(event);
        look_at(bytes);
        receive(by_client ? server : client, bytes);
    }

    static void receive(End& to, BytesView bytes) {
        Bytes buffer{bytes.begin(), bytes.end()};
        to.receive_data_in_place(buffer);
        for (const Event& event : to.events()) {
            if (const auto* text = std::get_if<TextMessage>(&event)) look_at(as_bytes(text->data));
            if (const auto* data = std::get_if<BytesMessage>(&event)) look_at(data->data);
            if (const auto* ping = std::get_if<Ping>(&event)) look_at(ping->payload);
            if (const auto* close = std::get_if<CloseConnection>(&event)) {
                look_at(as_bytes(close->reason));
            }
        }
    }

    // In all forms: returned, appended to what has room and to what has none, gathered.
    void send_message(bool by_client, std::string_view text, bool fin = true,
                      bool compress = true) {
        const TextMessage message{text, true, fin, compress};
        send(by_client, message);
        End& from = by_client ? client : server;
        End& to = by_client ? server : client;
        Bytes out;
        for (int times = 0; times != 3; ++times) {
            const std::size_t before = out.size();
            from.send(message, out);
            look_at(out);
            receive(to, BytesView{out}.subspan(before));
        }
        Bytes scratch;
        const OutgoingFrame frame = from.send_gather(message, scratch);
        look_at(frame.header());
        look_at(frame.payload());
        receive(to, frame.header());
        receive(to, frame.payload());
    }
};

constexpr std::array<std::size_t, 24> sizes{0,   1,   2,   3,    4,      7,      8,  15,
                                            16,  17,  31,  32,   33,     63,     64, 125,
                                            126, 127, 256, 1000, 65'535, 65'536, 5,  70'000};

void send_messages() {
    for (const bool by_client : {false, true}) {
        Ends<Connection> ends{Connection{ConnectionType::Client},
                              Connection{ConnectionType::Server}};
        for (const std::size_t size : sizes) {
            const std::string text = payload_of(size);
            ends.send_message(by_client, text);
            ends.send_message(by_client, text, false);
            ends.send(by_client, TextMessage{""});
            ends.send(by_client, BytesMessage{as_bytes(text)});
            if (size <= 125) {
                ends.send(by_client, Ping{as_bytes(text)});
                ends.send(by_client, Pong{as_bytes(text)});
            }
        }
        ends.send(by_client, CloseConnection{.code = CloseReason{4000}, .reason = payload_of(200)});
        ends.send(!by_client, CloseConnection{.code = CloseReason::NoStatusRcvd});
        require(ends.client.state() == ConnectionState::Closed, "the closing handshake failed");
    }
}

Ends<WSConnection> open(const DeflateOptions& options) {
    Ends<WSConnection> ends{WSConnection{ConnectionType::Client},
                            WSConnection{ConnectionType::Server}};
    ends.send(true, Request{.host = "example.com",
                            .target = "/chat?a=b",
                            .extensions = {std::make_shared<PerMessageDeflate>(options)},
                            .subprotocols = {"a", "b"},
                            .extra_headers = {{"X-One", "1"}, {"x-two", ""}}});
    ends.send(false, AcceptConnection{.subprotocol = "b",
                                      .extensions = {std::make_shared<PerMessageDeflate>(options)},
                                      .extra_headers = {{"X-Three", "3"}}});
    require(ends.client.state() == ConnectionState::Open, "the handshake failed");
    return ends;
}

void send_compressed(const DeflateOptions& options) {
    auto ends = open(options);
    for (const bool by_client : {false, true}) {
        for (const std::size_t size : {0U, 5U, 300U, 3000U}) {
            ends.send_message(by_client, payload_of(size));
            ends.send_message(by_client, payload_of(size), false);
            ends.send(by_client, Ping{as_bytes("p")});
            ends.send(by_client, TextMessage{payload_of(size)});
        }
        ends.send_message(by_client, "plain", true, false);
    }
}

void send_with_all_parameters() {
    for (const int bits : {8, 9, 12, 15}) {
        for (const int level : {0, 1, 6, 9}) {
            const bool forgets = level % 2 == 0;
            send_compressed({.client_no_context_takeover = forgets,
                             .client_max_window_bits = bits,
                             .server_no_context_takeover = forgets,
                             .server_max_window_bits = bits,
                             .level = level,
                             .memory_level = bits == 12 ? 1 : 9,
                             .threshold = level == 6 ? 10U : 0U});
        }
    }
}

WSConnection asked_server() {
    WSConnection client{ConnectionType::Client};
    WSConnection server{ConnectionType::Server};
    server.receive_data(client.send(Request{.host = "h", .target = "/"}));
    for (const Event& event : server.events()) {
        require(std::holds_alternative<Request>(event), "there is no request");
    }
    return server;
}

void send_rejections() {
    for (unsigned status = 200; status != 600; ++status) {
        WSConnection server = asked_server();
        look_at(server.send(RejectConnection{.status_code = status, .headers = {{"X-One", "1"}}}));
    }
    for (const bool chunked : {false, true}) {
        WSConnection server = asked_server();
        RejectConnection rejection{.status_code = 403, .has_body = true};
        if (!chunked) rejection.headers.emplace_back("Content-Length", "10");
        look_at(server.send(rejection));
        look_at(server.send(RejectData{.data = as_bytes("12345"), .body_finished = false}));
        look_at(server.send(RejectData{.data = as_bytes("67890")}));
        require(server.state() == ConnectionState::Closed, "the rejection has no end");
    }
}

// What is owed for mistakes.
void send_hints() {
    for (const std::string_view request : {"POST / HTTP/1.1\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
                                           "GET / HTTP/1.1\r\n\r\n", "what\r\n"}) {
        WSConnection server{ConnectionType::Server};
        server.receive_data(as_bytes(request));
        std::error_code ec;
        static_cast<void>(server.events(ec).begin());
        const auto hint = server.event_hint();
        require(ec && hint, "a mistake has no hint");
        look_at(server.send(*hint));
    }
    Connection client{ConnectionType::Client};
    client.receive_data(as_bytes("\x83"));
    std::error_code ec;
    static_cast<void>(client.events(ec).begin());
    look_at(client.send(client.event_hint().value()));
}

}  // namespace

int main(int argument_count, char**) {
    if (argument_count > 1) {
        std::fputs(usage.data(), stdout);
        return 0;
    }
    send_messages();
    send_with_all_parameters();
    send_rejections();
    send_hints();
    std::uint64_t bytes = 0;
    for (const std::uint64_t count : seen) {
        bytes += count;
    }
    std::printf("looked at %llu bytes in %llu pieces\n", static_cast<unsigned long long>(bytes),
                static_cast<unsigned long long>(outputs));
}
