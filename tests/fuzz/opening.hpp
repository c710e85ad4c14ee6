// Connections to feed with what the fuzzer made up: how they are set up, a handshake that is right,
// and who answers as an application would. What has to hold is up to the targets.
#ifndef WSPROTO_TESTS_FUZZ_OPENING_HPP
#define WSPROTO_TESTS_FUZZ_OPENING_HPP

#include "fuzz.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fuzz {

/// How a connection is set up and what the application does, from the front of the input.
struct Setup {
    explicit Setup(Input& input) : choices{input.byte()}, piece_size{input.byte()} {
        const Choices more{input.byte()};
        deflate = {.client_no_context_takeover = more[0],
                   .server_no_context_takeover = more[1],
                   .level = 1,
                   .memory_level = 1,
                   .threshold = more[2] ? 8U : 0U};
        if (more[3]) deflate.client_max_window_bits = 9;
        if (more[4]) deflate.server_max_window_bits = 9;
        feed = more[5] ? 1U : 0U;
        feed += more[6] ? 2U : 0U;
        rejects = more[7];
    }

    [[nodiscard]] Options options() const {
        return {.delivery = choices[0] ? Delivery::Messages : Delivery::Chunks,
                .limits = choices[2] ? small_limits() : Limits{},
                .random = fixed_random()};
    }
    [[nodiscard]] bool deflates() const { return choices[1]; }
    [[nodiscard]] bool opens_well() const {
        return choices[3];
    }  ///< A right handshake comes first.
    [[nodiscard]] bool echoes() const { return choices[4]; }
    [[nodiscard]] bool closes_first() const { return choices[5]; }

    [[nodiscard]] Extensions extensions() const {
        if (!deflates()) return {};
        return {std::make_shared<PerMessageDeflate>(deflate)};
    }

    /// Agrees on no window that is smaller than all that zlib looks back.
    void use_whole_windows() {
        deflate.client_max_window_bits.reset();
        deflate.server_max_window_bits.reset();
        whole_windows = true;
    }

    Choices choices;
    std::size_t piece_size;
    std::size_t feed = 0;
    DeflateOptions deflate{};
    bool rejects = false;
    bool whole_windows = false;
};

inline constexpr std::string_view right_request =
    "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: chat\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";

inline Request request_to_send(const Setup& setup) {
    return {.host = "example.com",
            .target = "/chat",
            .extensions = setup.extensions(),
            .subprotocols = {"chat", "superchat"}};
}

/// The Sec-WebSocket-Accept for a client with `fixed_random`, taken from a request of its own.
inline std::string accept_token_for_fixed_random() {
    WSConnection client{ConnectionType::Client, {.random = fixed_random()}};
    const Bytes request = client.send(Request{.host = "example.com", .target = "/chat"});
    constexpr std::string_view name = "Sec-WebSocket-Key: ";
    const std::string_view text = as_text(request);
    return generate_accept_token(text.substr(text.find(name) + name.size(), 24));
}

inline const std::string& right_answer(bool deflates, bool whole_windows = false) {
    static const std::string head =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        accept_token_for_fixed_random() + "\r\nSec-WebSocket-Protocol: chat\r\n";
    static const std::string plain = head + "\r\n";
    static const std::string deflated =
        head +
        "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover;"
        " client_no_context_takeover";
    static const std::string whole = deflated + "\r\n\r\n";
    static const std::string small =
        deflated + "; server_max_window_bits=9; client_max_window_bits=9\r\n\r\n";
    if (!deflates) return plain;
    return whole_windows ? whole : small;
}

/// The opening, or nothing, that comes to one who plays `role` before what was made up.
inline BytesView opening_to(ConnectionType role, const Setup& setup) {
    if (!setup.opens_well()) return {};
    return as_bytes(role == ConnectionType::Server
                        ? right_request
                        : std::string_view{right_answer(setup.deflates(), setup.whole_windows)});
}

}  // namespace fuzz

#endif
