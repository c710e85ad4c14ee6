// A client and a server joined in memory: what one sends, the other receives. No socket, no thread:
// whoever has bytes from somewhere can have a WebSocket.
#include <wsproto/wsproto.hpp>

#include <iostream>
#include <string>
#include <variant>

// [readme]
using namespace wsproto;

// A server that echoes: it turns the bytes that came from a client into the bytes to write back.
Bytes serve(WSConnection& server, BytesView received) {
    Bytes out;
    server.receive_data(received);
    for (const Event& event : server.events()) {
        if (std::holds_alternative<Request>(event)) {
            server.send(AcceptConnection{}, out);
        } else if (const auto* text = std::get_if<TextMessage>(&event)) {
            server.send(*text, out);
        } else if (const auto response = server.response_to(event)) {  // to a Ping, or a Close
            server.send(*response, out);
        }
    }
    return out;
}
// [/readme]

// A client that says something, and returns the text of what comes back.
std::string ask(WSConnection& client, WSConnection& server, const Event& question) {
    std::string answer;
    client.receive_data(serve(server, client.send(question)));
    for (const Event& event : client.events()) {
        std::visit(overloaded{
                       [&](const AcceptConnection&) { answer += "accepted"; },
                       [&](const TextMessage& text) { answer += text.data; },
                       [&](const Pong& pong) { answer += as_text(pong.payload); },
                       [&](const CloseConnection& close) { answer += close.reason; },
                       [](const auto&) {},
                   },
                   event);
    }
    return answer;
}

int main() {
    WSConnection client{ConnectionType::Client};
    WSConnection server{ConnectionType::Server};

    std::string told = ask(client, server, Request{.host = "example.com", .target = "/chat"});
    told += ", " + ask(client, server, TextMessage{.data = "Hello"});
    told += ", " + ask(client, server, Ping{.payload = as_bytes("ping")});
    told += ", " + ask(client, server, CloseConnection{.reason = "bye"});

    std::cout << told << '\n';
    const bool closed =
        client.state() == ConnectionState::Closed && server.state() == ConnectionState::Closed;
    return closed && told == "accepted, Hello, ping, bye" ? 0 : 1;
}
