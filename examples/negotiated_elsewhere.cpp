// WebSockets whose handshake someone else reads: an HTTP/2 or HTTP/3 stack (RFC 8441, RFC 9220),
// or an HTTP/1.1 server that found an Upgrade in one of its requests.
#include <wsproto/wsproto.hpp>

#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

using namespace wsproto;

namespace {

// All text that has come, compressed or not.
std::string received_text(Connection& connection) {
    std::string text;
    for (const Event& event : connection.events()) {
        if (const auto* message = std::get_if<TextMessage>(&event)) text += message->data;
    }
    return text;
}

// Over HTTP/2 the header fields travel as strings, the frames as DATA of one stream: no keys, no
// tokens, and `Connection` instead of `WSConnection`.
bool extended_connect() {
    // The client's :method CONNECT, :protocol websocket, and this field of its own:
    const auto client_deflate = std::make_shared<PerMessageDeflate>();
    const std::string offer{client_deflate->name()};
    const std::string offers = offer + "; " + client_deflate->offer().value_or("");

    // The server's :status 200, and this field if anything was agreed on:
    const Extensions supported{
        std::make_shared<PerMessageDeflate>(DeflateOptions{.server_no_context_takeover = true})};
    const auto answer = server_extensions_handshake(split_comma_header(offers), supported);
    if (!answer) return false;
    Connection server{ConnectionType::Server, supported};
    const Bytes greeting = server.send(TextMessage{.data = "welcome, welcome, welcome"});

    // The greeting came together with the answer: it is what trails the handshake.
    const auto agreed = client_extensions_handshake(split_comma_header(*answer), {client_deflate});
    Connection client{ConnectionType::Client, agreed, greeting};
    std::cout << "extended CONNECT: " << offers << " -> " << *answer << '\n';
    if (received_text(client) != "welcome, welcome, welcome") return false;

    server.receive_data(client.send(TextMessage{.data = "thank you"}));
    return received_text(server) == "thank you";
}

// The request was read by an HTTP/1.1 server; the answer, and all that follows, is WSConnection's.
bool upgrade_of_a_request() {
    constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";  // RFC 6455 §1.3
    const Headers headers{{"Host", "example.com"},
                          {"Upgrade", "websocket"},
                          {"Connection", "keep-alive, Upgrade"},
                          {"Sec-WebSocket-Key", std::string{key}},
                          {"Sec-WebSocket-Version", "13"},
                          {"Sec-WebSocket-Protocol", "chat, superchat"}};
    WSConnection server{ConnectionType::Server};
    server.initiate_upgrade_connection(headers, "/chat");

    Bytes out;
    for (const Event& event : server.events()) {
        const auto* request = std::get_if<Request>(&event);
        if (request == nullptr || request->target != "/chat") return false;
        server.send(AcceptConnection{.subprotocol = request->subprotocols.front()}, out);
    }
    std::cout << as_text(out);
    return server.state() == ConnectionState::Open &&
           as_text(out).find(generate_accept_token(key)) != std::string_view::npos &&
           as_text(out).find("Sec-WebSocket-Protocol: chat\r\n") != std::string_view::npos;
}

}  // namespace

int main() {
    return extended_connect() && upgrade_of_a_request() ? 0 : 1;
}
