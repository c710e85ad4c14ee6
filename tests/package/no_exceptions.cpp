// Compiled without exceptions and RTTI: a handshake, an echo and a complaint, with the forms that
// report errors by std::error_code.
#include <wsproto/wsproto.hpp>

#include <string>
#include <system_error>
#include <variant>

namespace {

// Takes what the peer sent, sends what is owed for it, and appends the text that came.
wsproto::Bytes answer(wsproto::WSConnection& ws, const wsproto::Bytes& received, std::string& text,
                      std::error_code& ec) {
    wsproto::Bytes out;
    ws.receive_data(received);
    for (const wsproto::Event& event : ws.events(ec)) {
        std::error_code send_error;
        if (std::holds_alternative<wsproto::Request>(event)) {
            ws.send(wsproto::AcceptConnection{}, out, send_error);
        } else if (const auto* message = std::get_if<wsproto::TextMessage>(&event)) {
            text += message->data;
        } else if (const auto response = ws.response_to(event)) {
            ws.send(*response, out, send_error);
        }
        if (send_error) ec = send_error;
    }
    return out;
}

bool echoes(wsproto::WSConnection& client, wsproto::WSConnection& server) {
    std::error_code ec;
    std::string there;
    std::string back;
    answer(server, client.send(wsproto::TextMessage{.data = "there and back"}, ec), there, ec);
    answer(client, server.send(wsproto::TextMessage{.data = there}, ec), back, ec);
    return !ec && back == "there and back";
}

// A reserved bit without an extension: RFC 6455 §5.2 says to fail the connection.
bool complains_about_a_reserved_bit(wsproto::WSConnection& client) {
    std::error_code ec;
    std::string text;
    answer(client, {std::byte{0xC1}, std::byte{0x00}}, text, ec);
    return ec && client.event_hint().has_value();
}

}  // namespace

int main() {
    wsproto::WSConnection client{wsproto::ConnectionType::Client};
    wsproto::WSConnection server{wsproto::ConnectionType::Server};
    std::error_code ec;
    std::string text;

    const wsproto::Bytes request =
        client.send(wsproto::Request{.host = "example.org", .target = "/"}, ec);
    answer(client, answer(server, request, text, ec), text, ec);
    if (ec || client.state() != wsproto::ConnectionState::Open) return 1;
    if (!echoes(client, server)) return 2;
    return complains_about_a_reserved_bit(client) ? 0 : 3;
}
