// The HTTP heads that every library is opened with.
#include "library.hpp"

#include <wsproto/accept_token.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace benchmark {
namespace {

constexpr std::string_view request_head =
    "GET /chat/rooms/42?token=0123456789abcdef0123456789abcdef0123 HTTP/1.1\r\n"
    "Host: server.example.com\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: */*\r\n"
    "Accept-Language: en-US,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Origin: https://www.example.com\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Connection: keep-alive, Upgrade\r\n"
    "Upgrade: websocket\r\n";

constexpr std::string_view no_takeover = "; server_no_context_takeover; client_no_context_takeover";

// What permessage-deflate is called, with its parameters, as a header field.
std::string extension_field(Deflate deflate) {
    std::string field;
    if (deflate != Deflate::Off) {
        field = "Sec-WebSocket-Extensions: permessage-deflate";
        field += deflate == Deflate::NoTakeover ? no_takeover : std::string_view{};
        field += "\r\n";
    }
    return field;
}

std::string_view key_of(std::string_view request) {
    constexpr std::string_view name = "Sec-WebSocket-Key: ";
    const std::size_t begin = request.find(name) + name.size();
    return request.substr(begin, request.find("\r\n", begin) - begin);
}

}  // namespace

std::string canned_request(Deflate deflate) {
    std::string request{request_head};
    request += extension_field(deflate);
    request += "\r\n";
    return request;
}

std::string_view canned_request() {
    static const std::string request = canned_request(Deflate::Off);
    return request;
}

std::string canned_response(std::string_view request, Deflate deflate) {
    std::string response =
        "HTTP/1.1 101 Switching Protocols\r\n"
        "Upgrade: websocket\r\n"
        "Connection: Upgrade\r\n"
        "Sec-WebSocket-Accept: ";
    response += wsproto::generate_accept_token(key_of(request));
    response += "\r\n";
    response += extension_field(deflate);
    response += "\r\n";
    return response;
}

}  // namespace benchmark
