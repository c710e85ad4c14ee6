// "ws://host:port/path?query" taken apart. RFC 6455 §3; TLS, and so wss, is out of scope.
#ifndef WSPROTO_EXAMPLES_WS_URL_HPP
#define WSPROTO_EXAMPLES_WS_URL_HPP

#include "command_line.hpp"
#include "posix_socket.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Where to connect, and what to ask for there.
struct WsUrl {
    posix::Endpoint endpoint{};
    std::string host{};    ///< For the Host header: the port is left out where it is the default.
    std::string target{};  ///< Path and query.
};

[[nodiscard]] inline std::string_view without_ws_scheme(std::string_view url) {
    if (url.starts_with("wss://")) {
        throw UsageError{"wss:// needs TLS, which this example leaves out; use ws://"};
    }
    if (!url.starts_with("ws://")) throw UsageError{"not a URL that begins with ws://"};
    if (url.find('#') != std::string_view::npos)
        throw UsageError{"a WebSocket URL has no fragment (#…)"};
    url.remove_prefix(5);
    return url;
}

/// Takes "host", "host:port" or "[address]:port" apart.
[[nodiscard]] inline posix::Endpoint parse_authority(std::string_view authority) {
    const bool bracketed = authority.starts_with('[');
    const std::size_t host_end = authority.find(bracketed ? ']' : ':');
    const std::size_t host_begin = bracketed ? 1 : 0;
    const std::string_view host = authority.substr(host_begin, host_end - host_begin);
    if (host.empty() || (bracketed && host_end == std::string_view::npos) ||
        authority.find('@') != std::string_view::npos) {
        throw UsageError{"not a host: '" + std::string{authority} + "'"};
    }
    std::string_view port = authority.substr(std::min(authority.size(), host_begin + host.size()));
    if (bracketed) port.remove_prefix(1);
    if (port.empty()) port = ":80";
    if (!port.starts_with(':')) throw UsageError{"not a port: '" + std::string{port} + "'"};
    port.remove_prefix(1);
    return {std::string{host}, std::to_string(parse_number<std::uint16_t>("port", port))};
}

/// Throws `UsageError` with what is wrong.
[[nodiscard]] inline WsUrl parse_ws_url(std::string_view url) {
    const std::string_view rest = without_ws_scheme(url);
    const std::size_t target_begin = std::min(rest.find_first_of("/?"), rest.size());
    WsUrl result;
    result.endpoint = parse_authority(rest.substr(0, target_begin));
    result.target = rest.substr(target_begin);
    if (!result.target.starts_with('/')) result.target.insert(0, "/");
    const bool is_address = result.endpoint.host.find(':') != std::string::npos;
    result.host = is_address ? '[' + result.endpoint.host + ']' : result.endpoint.host;
    if (result.endpoint.port != "80") result.host += ':' + result.endpoint.port;
    return result;
}

#endif
