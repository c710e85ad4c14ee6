// The command line of the echo client.
#ifndef WSPROTO_EXAMPLES_ECHO_CLIENT_OPTIONS_HPP
#define WSPROTO_EXAMPLES_ECHO_CLIENT_OPTIONS_HPP

#include "command_line.hpp"
#include "ws_url.hpp"

#include <wsproto/headers.hpp>

#include <getopt.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

inline constexpr std::string_view echo_client_help =
    R"(Usage: echo_client [options] ws://HOST[:PORT][/PATH]
Sends messages to a WebSocket echo server, one after the other, and checks what comes back. Or the
other way round: sends back what a server sends.

  --message TEXT       send this; may be given often     (the lines of standard input)
  --size BYTES         send a generated message of this size; may be given often
  --binary             send binary messages              (text)
  --fragment BYTES     send each message in frames of at most that many bytes; text is cut
                       between characters
  --ping               send a Ping first, and await the Pong
  --echo               send no messages but those that the server sends, back to it, until the
                       server closes
  --subprotocol NAME   offer this subprotocol; may be given often, the preferred one first
  --header 'NAME: VALUE'   add this field to the request; may be given often
  --no-deflate         do not offer permessage-deflate
  --timeout SECONDS    give up when nothing happens for so long             (10)
  --help               print this

Exit status: 0 every message came back as it was sent, and both sides closed cleanly; 1 wrong
usage; 2 cannot connect, connection lost, or out of time; 3 refused, the server answered with
another HTTP status than 101; 4 the server broke the protocol, closed too early, or did not send
back what it was sent.
)";

struct EchoClientOptions {
    WsUrl url{};
    std::deque<std::string> messages{};  ///< None: lines of standard input.
    std::vector<std::string> subprotocols{};
    wsproto::Headers headers{};
    std::chrono::seconds timeout{10};
    std::size_t fragment_size = 0;  ///< 0: one frame.
    bool binary = false;
    bool ping = false;
    bool echo = false;
    bool deflate = true;
    bool help = false;
};

/// Text that repeats itself, as texts do, but not too soon.
[[nodiscard]] inline std::string generate_message(std::size_t size) {
    std::string message;
    for (std::size_t number = 1; message.size() < size; ++number) {
        message += std::to_string(number) + " sheep, ";
    }
    message.resize(size);
    return message;
}

[[nodiscard]] inline std::pair<std::string, std::string> parse_header(std::string_view field) {
    const std::size_t colon = field.find(':');
    if (colon == std::string_view::npos) throw UsageError{"--header: 'Name: value' is expected"};
    std::string_view value = field.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return {std::string{field.substr(0, colon)}, std::string{value}};
}

inline void take_option(int option, EchoClientOptions& options) {
    switch (option) {
        case 'm':
            options.messages.emplace_back(optarg);
            break;
        case 'z':
            options.messages.push_back(
                generate_message(parse_number<std::size_t>("--size", optarg)));
            break;
        case 'b':
            options.binary = true;
            break;
        case 'f':
            options.fragment_size = parse_number<std::size_t>("--fragment", optarg);
            break;
        case 'p':
            options.ping = true;
            break;
        case 'e':
            options.echo = true;
            break;
        case 's':
            options.subprotocols.emplace_back(optarg);
            break;
        case 'a':
            options.headers.push_back(parse_header(optarg));
            break;
        case 'd':
            options.deflate = false;
            break;
        case 't':
            options.timeout =
                std::chrono::seconds{parse_number<std::uint16_t>("--timeout", optarg)};
            break;
        case 'H':
            options.help = true;
            break;
        default:
            throw UsageError{"see echo_client --help"};
    }
}

/// Throws `UsageError` with what is wrong.
[[nodiscard]] inline EchoClientOptions parse_echo_client_options(int argc, char** argv) {
    static constexpr std::array known = {
        option{"message", required_argument, nullptr, 'm'},
        option{"size", required_argument, nullptr, 'z'},
        option{"binary", no_argument, nullptr, 'b'},
        option{"fragment", required_argument, nullptr, 'f'},
        option{"ping", no_argument, nullptr, 'p'},
        option{"echo", no_argument, nullptr, 'e'},
        option{"subprotocol", required_argument, nullptr, 's'},
        option{"header", required_argument, nullptr, 'a'},
        option{"no-deflate", no_argument, nullptr, 'd'},
        option{"timeout", required_argument, nullptr, 't'},
        option{"help", no_argument, nullptr, 'H'},
        option{nullptr, 0, nullptr, 0},
    };
    EchoClientOptions options;
    for (int at = 0; !options.help && at != -1;) {
        at = ::getopt_long(argc, argv, "", known.data(), nullptr);
        if (at != -1) take_option(at, options);
    }
    if (options.help) return options;
    if (optind + 1 != argc) throw UsageError{"one URL is expected; see echo_client --help"};
    if (options.echo && (options.ping || !options.messages.empty())) {
        throw UsageError{"--echo sends nothing of its own: leave out --message, --size and --ping"};
    }
    options.url = parse_ws_url(argv[optind]);
    return options;
}

#endif
