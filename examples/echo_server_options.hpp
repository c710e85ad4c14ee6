// The command line of the echo server.
#ifndef WSPROTO_EXAMPLES_ECHO_SERVER_OPTIONS_HPP
#define WSPROTO_EXAMPLES_ECHO_SERVER_OPTIONS_HPP

#include "option_table.hpp"
#include "posix_socket.hpp"

#include <wsproto/options.hpp>

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

inline constexpr std::string_view echo_server_help = R"(Usage: echo_server [options]
Accepts WebSocket connections and sends every message back, piece by piece as it arrives.

  --host HOST          address or name to listen on; :: for all, IPv4 too  (127.0.0.1)
  --port PORT          0 takes a free one                                  (9000)
  --max-message BYTES  longest message to accept; 0 for no limit           (16777216)
  --no-deflate         do not agree on permessage-deflate
  --verbose            one line for each thing that happens to a connection
  --version            print the version of the library
  --help               print this

Prints "listening on HOST:PORT" when clients may come. Takes the first subprotocol that a client
offers. Serves every path, but for those that begin with /refuse: they are answered with 404.
SIGINT and SIGTERM close all connections with code 1001; the second one does not wait for them.
Exit status: 0 stopped by a signal, 1 wrong usage, 2 cannot listen.
)";

struct EchoServerOptions {
    posix::Endpoint endpoint{.host = "127.0.0.1", .port = "9000"};
    wsproto::Limits limits{};
    bool deflate = true;
    bool verbose = false;
    bool version = false;
    bool help = false;
};

// Who may send a message of any length may send it in any number of frames.
inline void take_max_message(EchoServerOptions& options, const OptionValue& value) {
    constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();
    wsproto::Limits& limits = options.limits;
    limits.frame_size = limits.message_size = parse_limit<std::uint64_t>(value);
    limits.fragments = limits.message_size == none ? std::numeric_limits<std::uint32_t>::max()
                                                   : wsproto::Limits{}.fragments;
}

inline constexpr OptionRule<EchoServerOptions> echo_server_rules[] = {
    {"host", required_argument, [](auto& all, auto& value) { all.endpoint.host = value.text; }},
    {"port", required_argument,
     [](auto& all, auto& value) {
         all.endpoint.port = std::to_string(parse_number<std::uint16_t>(value));
     }},
    {"max-message", required_argument, take_max_message},
    {"no-deflate", no_argument, [](auto& all, auto&) { all.deflate = false; }},
    {"verbose", no_argument, [](auto& all, auto&) { all.verbose = true; }},
    {"version", no_argument, [](auto& all, auto&) { all.version = true; }, true},
    {"help", no_argument, [](auto& all, auto&) { all.help = true; }, true},
};

/// Throws `UsageError` with what is wrong.
[[nodiscard]] inline EchoServerOptions parse_echo_server_options(int argc, char** argv) {
    EchoServerOptions options;
    constexpr std::span<const OptionRule<EchoServerOptions>> rules{echo_server_rules};
    refuse_operands(take_options(argc, argv, rules, options));
    return options;
}

#endif
