// A user's program: a handshake that agrees on compression, and one message that comes back.
#include <wsproto/wsproto.hpp>

#include <memory>
#include <string>
#include <variant>

namespace {

// Hands over what was sent, answers a request, and returns the text that came.
std::string deliver(const wsproto::Bytes& sent, wsproto::WSConnection& receiver,
                    wsproto::Bytes& answer) {
    std::string text;
    receiver.receive_data(sent);
    for (const wsproto::Event& event : receiver.events()) {
        if (std::holds_alternative<wsproto::Request>(event)) {
            const auto deflate = std::make_shared<wsproto::PerMessageDeflate>();
            answer = receiver.send(wsproto::AcceptConnection{.extensions = {deflate}});
        }
        if (const auto* message = std::get_if<wsproto::TextMessage>(&event)) text += message->data;
    }
    return text;
}

}  // namespace

int main() {
    wsproto::WSConnection client{wsproto::ConnectionType::Client};
    wsproto::WSConnection server{wsproto::ConnectionType::Server};
    const auto deflate = std::make_shared<wsproto::PerMessageDeflate>();
    wsproto::Bytes answer;

    deliver(client.send(
                wsproto::Request{.host = "example.org", .target = "/", .extensions = {deflate}}),
            server, answer);
    deliver(wsproto::Bytes{answer}, client, answer);

    const std::string text(1000, 'x');
    const wsproto::Bytes sent = client.send(wsproto::TextMessage{.data = text});
    if (sent.size() >= text.size()) return 1;
    const std::string request = deliver(sent, server, answer);
    const std::string reply =
        deliver(server.send(wsproto::TextMessage{.data = request}), client, answer);
    return reply == text ? 0 : 1;
}
