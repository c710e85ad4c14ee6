// The command line of the load client.
#ifndef WSPROTO_TESTS_LOAD_OPTIONS_HPP
#define WSPROTO_TESTS_LOAD_OPTIONS_HPP

#include <command_line.hpp>
#include <option_table.hpp>
#include <posix_socket.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

inline constexpr std::string_view load_client_help = R"(Usage: load_client --port PORT [options]
Opens many connections to a WebSocket echo server, sends messages, and checks every echo byte for
byte. Prints how many there were and how long they took: from the time when a message was due to the
last byte of its echo.

  --host ADDRESS       where the server listens                            (127.0.0.1)
  --port PORT
  --connections COUNT  to open and to hold                                 (100)
  --opening COUNT      how many are being opened at the same time          (64)
  --duration SECONDS   how long to send, once all are open                 (10)
  --rate COUNT         messages a second, over all connections, evenly;    (0)
                       0 sends the next as soon as an echo has come
  --in-flight COUNT    messages on the way on one connection; 0 with rate 0 sends nothing   (1,
                       with a rate 64)
  --sizes LIST         bytes of payload, by turns at random                (125)
  --binary PERCENT     messages that are binary, of random bytes; the others are text       (50)
  --fragmented PERCENT messages that are sent in up to five frames         (0)
  --deflate            offer permessage-deflate; fails if it is declined
  --patience SECONDS   for the last echoes, and the closing handshakes     (10)
  --phase SECONDS      report each so many seconds by itself               (the whole)
  --seed NUMBER        of the sizes, kinds and contents                    (1)
  --json               print lines of JSON, one for each phase, then one for the whole
  --quiet              no progress line each second on standard error
  --help               print this

SIGINT ends the duration; what is on the way is still awaited.
Exit status: 0 every message came back as it was sent and every connection closed cleanly, 1 wrong
usage, 2 cannot connect, 3 an echo was lost or altered, or a connection failed.
)";

struct LoadOptions {
    posix::Endpoint endpoint{.host = "127.0.0.1", .port = {}};
    std::size_t connections = 100;
    std::size_t opening = 64;
    std::chrono::milliseconds duration{10'000};
    std::uint64_t rate = 0;
    std::size_t in_flight = 1;
    bool in_flight_given = false;
    std::vector<std::size_t> sizes{125};
    unsigned binary_percent = 50;
    unsigned fragmented_percent = 0;
    std::chrono::milliseconds patience{10'000};
    std::chrono::milliseconds phase{0};
    std::uint64_t seed = 1;
    bool deflate = false;
    bool json = false;
    bool quiet = false;
    bool help = false;
};

inline constexpr std::size_t max_message_size = 4U << 20U;

[[nodiscard]] inline std::vector<std::size_t> parse_sizes(const OptionValue& value) {
    std::vector<std::size_t> sizes;
    std::string_view list = value.text;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        sizes.push_back(parse_number<std::size_t>(value.option, list.substr(0, comma)));
        if (sizes.back() > max_message_size) throw UsageError{value.option + ": more than 4 MiB"};
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    if (sizes.empty()) throw UsageError{value.option + ": none"};
    return sizes;
}

inline constexpr OptionRule<LoadOptions> load_client_rules[] = {
    {"host", required_argument, [](auto& all, auto& value) { all.endpoint.host = value.text; }},
    {"port", required_argument, [](auto& all, auto& value) { all.endpoint.port = value.text; }},
    {"connections", required_argument, take_number<&LoadOptions::connections>},
    {"opening", required_argument, take_number<&LoadOptions::opening>},
    {"duration", required_argument, take_seconds<&LoadOptions::duration>},
    {"rate", required_argument, take_number<&LoadOptions::rate>},
    {"in-flight", required_argument,
     [](auto& all, auto& value) {
         take_number<&LoadOptions::in_flight>(all, value);
         all.in_flight_given = true;
     }},
    {"sizes", required_argument, [](auto& all, auto& value) { all.sizes = parse_sizes(value); }},
    {"binary", required_argument, take_number<&LoadOptions::binary_percent>},
    {"fragmented", required_argument, take_number<&LoadOptions::fragmented_percent>},
    {"deflate", no_argument, [](auto& all, auto&) { all.deflate = true; }},
    {"patience", required_argument, take_seconds<&LoadOptions::patience>},
    {"phase", required_argument, take_seconds<&LoadOptions::phase>},
    {"seed", required_argument, take_number<&LoadOptions::seed>},
    {"json", no_argument, [](auto& all, auto&) { all.json = true; }},
    {"quiet", no_argument, [](auto& all, auto&) { all.quiet = true; }},
    {"help", no_argument, [](auto& all, auto&) { all.help = true; }, true},
};

/// Throws `UsageError` with what is wrong.
[[nodiscard]] inline LoadOptions parse_load_options(int argc, char** argv) {
    LoadOptions options;
    constexpr std::span<const OptionRule<LoadOptions>> rules{load_client_rules};
    refuse_operands(take_options(argc, argv, rules, options));
    if (options.help) return options;
    if (options.endpoint.port.empty()) throw UsageError{"--port is needed; see load_client --help"};
    if (options.connections == 0 || options.opening == 0) {
        throw UsageError{"--connections, --opening: at least one"};
    }
    if (options.rate != 0 && !options.in_flight_given) options.in_flight = 64;
    return options;
}

#endif
