// The command line of the epoll server, and the settings it stands for.
#ifndef WSPROTO_EXAMPLES_EPOLL_OPTIONS_HPP
#define WSPROTO_EXAMPLES_EPOLL_OPTIONS_HPP

#include "../command_line.hpp"
#include "../option_table.hpp"
#include "../posix_socket.hpp"

#include <wsproto/wsproto.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

inline constexpr std::string_view epoll_server_help = R"(Usage: epoll_server [options]
Accepts WebSocket connections and sends every message back. Many clients, one thread, epoll(7).

  --host HOST            address or name to listen on; :: for all           (127.0.0.1)
  --port PORT            0 takes a free one                                 (9000)
  --backlog COUNT        connections that wait to be accepted               (4096)
  --max-message BYTES    longest message to accept, after inflation; 0 for no limit   (1048576)
  --max-fragments COUNT  most frames of one message; 0 for no limit         (4096)
  --max-output BYTES     kept for a client that does not read; when there is more, the client is
                         not read from                                      (262144)
  --opening SECONDS      time for the opening handshake, as a whole         (10)
  --idle SECONDS         time without a byte, either way, on an open connection   (300)
  --closing SECONDS      time for the closing handshake, as a whole         (5)
  --no-deflate           do not agree on permessage-deflate
  --context-takeover     compress each message with those before it in mind: smaller messages,
                         but some 300 KiB for each client
  --deflate-level LEVEL  1, fast, to 9, small                               (1)
  --deflate-above BYTES  messages below this size go uncompressed           (64)
  --stats                one line a second: what happened in it, and memory
  --help                 print this

Prints "listening on HOST:PORT" when clients may come. Raises its limit of open files as far as it
may. SIGINT and SIGTERM close all connections with code 1001; the second one does not wait for them.
Exit status: 0 stopped by a signal, 1 wrong usage, 2 cannot listen.
)";

struct ServerOptions {
    posix::Endpoint endpoint{.host = "127.0.0.1", .port = "9000"};
    int backlog = 4096;
    // A client that inflates much from little has others wait for no more than a small piece.
    wsproto::Options protocol{.limits = {.frame_size = 1U << 20U,
                                         .message_size = 1U << 20U,
                                         .fragments = 4096,
                                         .chunk_size = 16 * 1024}};
    // Without context takeover an idle client holds no memory of zlib's.
    wsproto::DeflateOptions compression{.client_no_context_takeover = true,
                                        .server_no_context_takeover = true,
                                        .level = 1,
                                        .threshold = 64};
    std::size_t max_output = 256 * 1024;
    std::chrono::seconds time_to_open{10};
    std::chrono::seconds time_to_idle{300};
    std::chrono::seconds time_to_close{5};
    bool deflate = true;
    bool stats = false;
    bool help = false;
};

inline constexpr OptionRule<ServerOptions> epoll_server_rules[] = {
    {"host", required_argument, [](auto& all, auto& value) { all.endpoint.host = value.text; }},
    {"port", required_argument,
     [](auto& all, auto& value) {
         all.endpoint.port = std::to_string(parse_number<std::uint16_t>(value));
     }},
    {"backlog", required_argument,
     [](auto& all, auto& value) { all.backlog = parse_positive<int>(value); }},
    {"max-message", required_argument,
     [](auto& all, auto& value) {
         auto& limits = all.protocol.limits;
         limits.frame_size = limits.message_size = parse_limit<std::uint64_t>(value);
     }},
    {"max-fragments", required_argument,
     [](auto& all, auto& value) {
         all.protocol.limits.fragments = parse_limit<std::uint32_t>(value);
     }},
    {"max-output", required_argument,
     [](auto& all, auto& value) { all.max_output = parse_positive<std::size_t>(value); }},
    {"opening", required_argument,
     [](auto& all, auto& value) {
         all.time_to_open = std::chrono::seconds{parse_positive<std::uint32_t>(value)};
     }},
    {"idle", required_argument,
     [](auto& all, auto& value) {
         all.time_to_idle = std::chrono::seconds{parse_positive<std::uint32_t>(value)};
     }},
    {"closing", required_argument, take_seconds<&ServerOptions::time_to_close>},
    {"no-deflate", no_argument, [](auto& all, auto&) { all.deflate = false; }},
    {"context-takeover", no_argument,
     [](auto& all, auto&) {
         all.compression.client_no_context_takeover = false;
         all.compression.server_no_context_takeover = false;
     }},
    {"deflate-level", required_argument,
     [](auto& all, auto& value) { all.compression.level = parse_number<int>(value); }},
    {"deflate-above", required_argument,
     [](auto& all, auto& value) { all.compression.threshold = parse_number<std::size_t>(value); }},
    {"stats", no_argument, [](auto& all, auto&) { all.stats = true; }},
    {"help", no_argument, [](auto& all, auto&) { all.help = true; }, true},
};

/// Throws `UsageError` with what is wrong.
[[nodiscard]] inline ServerOptions parse_server_options(int argc, char** argv) {
    ServerOptions options;
    constexpr std::span<const OptionRule<ServerOptions>> rules{epoll_server_rules};
    refuse_operands(take_options(argc, argv, rules, options));
    if (wsproto::PerMessageDeflate{options.compression}.validate() != wsproto::Error::None) {
        throw UsageError{"--deflate-level: not a level of zlib"};
    }
    return options;
}

#endif
