// What the echo client asks for, whatever it does then: the request, and a connection without
// limits.
#ifndef WSPROTO_EXAMPLES_CLIENT_REQUEST_HPP
#define WSPROTO_EXAMPLES_CLIENT_REQUEST_HPP

#include "echo_client_options.hpp"

#include <wsproto/wsproto.hpp>

#include <cstdint>
#include <limits>
#include <memory>

/// For a client that holds no message.
[[nodiscard]] inline wsproto::Options without_limits() {
    wsproto::Options options;
    options.limits.frame_size = std::numeric_limits<std::uint64_t>::max();
    options.limits.message_size = std::numeric_limits<std::uint64_t>::max();
    options.limits.fragments = std::numeric_limits<std::uint32_t>::max();
    return options;
}

[[nodiscard]] inline wsproto::Request client_request(const EchoClientOptions& options) {
    wsproto::Request request{.host = options.url.host,
                             .target = options.url.target,
                             .subprotocols = options.subprotocols,
                             .extra_headers = options.headers};
    if (options.deflate) {
        request.extensions.push_back(std::make_shared<wsproto::PerMessageDeflate>());
    }
    return request;
}

#endif
