// How the endpoint under test opens its connection, and what its application does.
#include "echo.hpp"

#include <algorithm>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

using namespace wsproto;

namespace conformance {
namespace {

// RFC 6455 §1.3: this nonce, in base64, has this accept token.
constexpr std::string_view nonce = "the sample nonce";
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view accept_token = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

std::string request(const std::string& extensions) {
    return "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n"
           "Connection: Upgrade\r\nSec-WebSocket-Key: " +
           std::string{key} + "\r\nSec-WebSocket-Version: 13\r\n" + extensions + "\r\n";
}

std::string answer(const std::string& extensions) {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: " +
           std::string{accept_token} + "\r\n" + extensions + "\r\n";
}

std::string field(const std::string& value) {
    return "Sec-WebSocket-Extensions: " + value + "\r\n";
}

Extensions extensions(const std::optional<Compression>& compression) {
    if (!compression) return {};
    return {std::make_shared<PerMessageDeflate>(compression->options)};
}

// The nonce, and then masking keys that differ.
RandomSource fixed_random() {
    return [used = std::size_t{0}](MutableBytesView out) mutable {
        for (std::byte& byte : out) {
            byte = used < nonce.size() ? static_cast<std::byte>(nonce[used])
                                       : static_cast<std::byte>(used * 151 + used / 256 + 1);
            ++used;
        }
    };
}

Options with_fixed_random(Options options) {
    options.random = fixed_random();
    return options;
}

}  // namespace

Echo::Echo(ConnectionType role, Options options, const std::optional<Compression>& compression)
    : connection{role, with_fixed_random(std::move(options))} {
    if (role == ConnectionType::Server) {
        open_server(compression);
    } else {
        open_client(compression);
    }
    REQUIRE(connection.state() == ConnectionState::Open);
}

void Echo::open_server(const std::optional<Compression>& compression) {
    connection.receive_data(as_bytes(request(compression ? field(compression->offer) : "")));
    REQUIRE(support::trace(connection).size() == 1);
    const Bytes sent = connection.send(AcceptConnection{.extensions = extensions(compression)});
    REQUIRE(as_text(sent) == answer(compression ? field(compression->answer) : ""));
}

void Echo::open_client(const std::optional<Compression>& compression) {
    const Bytes sent = connection.send(
        Request{.host = "example.com", .target = "/chat", .extensions = extensions(compression)});
    REQUIRE(as_text(sent) == request(compression ? field(compression->offer) : ""));
    connection.receive_data(as_bytes(answer(compression ? field(compression->answer) : "")));
    REQUIRE(support::trace(connection).size() == 1);
}

void Echo::receive(BytesView bytes, support::Feed feed) {
    if (feed == support::Feed::Copied) {
        connection.receive_data(bytes);
        drain();
        return;
    }
    const std::size_t slack = feed == support::Feed::InPlaceWithSlack ? 64 : 0;
    if (lent_.size() < bytes.size() + slack) lent_.resize(bytes.size() + slack);
    std::copy(bytes.begin(), bytes.end(), lent_.begin());
    connection.receive_data_in_place(MutableBytesView{lent_}.first(bytes.size()), slack);
    drain();
    std::fill_n(lent_.begin(), bytes.size() + slack, std::byte{0xdd});
}

void Echo::end() {
    connection.receive_eof();
    static_cast<void>(support::trace(connection));
}

void Echo::drain() {
    try {
        for (const Event& event : connection.events()) {
            take(event);
        }
    } catch (const RemoteProtocolError& error) {
        complaint_ = support::line(error).substr(std::string_view{"error "}.size());
        if (const auto hint = error.event_hint()) {
            connection.send(*hint, written_);
        }
    }
}

void Echo::take(const Event& event) {
    const auto collect = [this]<typename Data>(const Message<Data>& piece) {
        const auto* const first = reinterpret_cast<const char*>(piece.data.data());
        message_.append(first, piece.data.size());
        if (!piece.message_finished) return;
        if constexpr (std::is_same_v<Data, BytesView>) {
            connection.send(BytesMessage{as_bytes(message_)}, written_);
        } else {
            connection.send(TextMessage{message_}, written_);
        }
        message_.clear();
    };
    if (const auto* const words = std::get_if<TextMessage>(&event)) {
        collect(*words);
    } else if (const auto* const bytes = std::get_if<BytesMessage>(&event)) {
        collect(*bytes);
    } else if (const auto response = connection.response_to(event)) {
        connection.send(*response, written_);
    }
}

}  // namespace conformance
