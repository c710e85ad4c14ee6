// A client's opening request: whether it may be sent, and its bytes. RFC 6455 §4.1.
//
// No CR or LF gets on the wire but those written here.
#ifndef WSPROTO_DETAIL_REQUEST_WRITER_HPP
#define WSPROTO_DETAIL_REQUEST_WRITER_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/ascii.hpp>
#include <wsproto/detail/extension_header.hpp>
#include <wsproto/detail/handshake_extensions.hpp>
#include <wsproto/detail/handshake_headers.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/events.hpp>
#include <wsproto/headers.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace wsproto::detail {

/// Whether it is a path, or begins with a scheme as proxies want it. RFC 9112 §3.2.
constexpr bool is_target(std::string_view target) noexcept {
    const std::string_view scheme = target.substr(0, target.find("://"));
    const bool has_scheme = scheme.size() != target.size() && is_token(scheme);
    return is_visible_ascii(target) && (target.front() == '/' || has_scheme);
}

/// Tokens, all different. RFC 6455 §4.1, item 10.
inline Error check_subprotocols(const std::vector<std::string>& subprotocols) noexcept {
    for (auto at = subprotocols.begin(); at != subprotocols.end(); ++at) {
        if (!is_token(*at)) return Error::BadSubprotocol;
        if (std::find(subprotocols.begin(), at, *at) != at) return Error::DuplicateSubprotocol;
    }
    return Error::None;
}

/// Whether the request may be sent with those offers.
inline Error check_outgoing_request(const Request& request, std::string_view offers) {
    if (!is_target(request.target)) return Error::BadTarget;
    if (!is_visible_ascii(request.host)) return Error::BadHost;
    if (const Error error = check_subprotocols(request.subprotocols); error != Error::None) {
        return error;
    }
    if (const Error error = check_extensions(request.extensions); error != Error::None) {
        return error;
    }
    if (!offers.empty() && !is_well_formed_extension_list(offers)) return Error::BadHeader;
    return check_extra_headers(request.extra_headers);
}

/// Appends the request.
inline void write_request(const Request& request, std::string_view key, std::string_view offers,
                          Bytes& out) {
    append_texts(out, [&](auto add) {
        add("GET ");
        add(request.target);
        add(" HTTP/1.1\r\n");
        add_header(add, "Host", request.host);
        add("Upgrade: websocket\r\nConnection: Upgrade\r\n");
        add_header(add, "Sec-WebSocket-Key", key);
        add_header(add, "Sec-WebSocket-Version", "13");
        for (const std::string& name : request.subprotocols) {
            add(&name == &request.subprotocols.front() ? "Sec-WebSocket-Protocol: " : ", ");
            add(name);
        }
        if (!request.subprotocols.empty()) {
            add("\r\n");
        }
        if (!offers.empty()) {
            add_header(add, "Sec-WebSocket-Extensions", offers);
        }
        add_headers(add, request.extra_headers);
        add("\r\n");
    });
}

}  // namespace wsproto::detail

#endif
