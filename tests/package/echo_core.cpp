// A user's program: two open connections, and one message that comes back.
#include <wsproto/connection.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace {

std::string received_text(wsproto::Connection& connection) {
    std::string text;
    for (const wsproto::Event& event : connection.events()) {
        if (const auto* message = std::get_if<wsproto::TextMessage>(&event)) text += message->data;
    }
    return text;
}

}  // namespace

int main() {
    wsproto::Connection client{wsproto::ConnectionType::Client};
    wsproto::Connection server{wsproto::ConnectionType::Server};

    server.receive_data(client.send(wsproto::TextMessage{.data = "there and back"}));
    const std::string request = received_text(server);
    client.receive_data(server.send(wsproto::TextMessage{.data = request}));
    return received_text(client) == "there and back" ? 0 : 1;
}
