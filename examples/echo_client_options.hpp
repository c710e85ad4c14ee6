// The command line of the echo client.
#ifndef WSPROTO_EXAMPLES_ECHO_CLIENT_OPTIONS_HPP
#define WSPROTO_EXAMPLES_ECHO_CLIENT_OPTIONS_HPP

#include "command_line.hpp"
#include "option_table.hpp"
#include "ws_url.hpp"

#include <wsproto/headers.hpp>

#include <getopt.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

inline constexpr std::string_view echo_client_help =
    R"(Usage: echo_client [options] ws://HOST[:PORT][/PATH]
Sends messages to a WebSocket echo server, one after the other, and checks what comes back. Or the
other way round: sends back what a server sends.

  --message TEXT       send this; may be given often     (the lines of standard input)
  --size BYTES         send a generated message of this size, up to 1 GiB; may be given often
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

inline constexpr std::size_t longest_generated = std::size_t{1} << 30U;

/// Text that repeats itself, as texts do, but not too soon.
[[nodiscard]] inline std::string generate_message(std::size_t size) {
    std::string message;
    for (std::size_t number = 1; message.size() < size; ++number) {
        message += std::to_string(number) + " sheep, ";
    }
    message.resize(size);
    return message;
}

[[nodiscard]] inline std::string generate_message(const OptionValue& value) {
    const auto size = parse_number<std::size_t>(value);
    if (size > longest_generated) throw UsageError{value.option + ": more than 1 GiB"};
    return generate_message(size);
}

[[nodiscard]] inline std::pair<std::string, std::string> parse_header(const OptionValue& given) {
    const std::string_view field = given.text;
    const std::size_t colon = field.find(':');
    if (colon == std::string_view::npos) {
        throw UsageError{given.option + ": 'Name: value' is expected"};
    }
    std::string_view value = field.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return {std::string{field.substr(0, colon)}, std::string{value}};
}

inline constexpr OptionRule<EchoClientOptions> echo_client_rules[] = {
    {"message", required_argument,
     [](auto& all, auto& value) { all.messages.emplace_back(value.text); }},
    {"size", required_argument,
     [](auto& all, auto& value) { all.messages.push_back(generate_message(value)); }},
    {"binary", no_argument, [](auto& all, auto&) { all.binary = true; }},
    {"fragment", required_argument, take_number<&EchoClientOptions::fragment_size>},
    {"ping", no_argument, [](auto& all, auto&) { all.ping = true; }},
    {"echo", no_argument, [](auto& all, auto&) { all.echo = true; }},
    {"subprotocol", required_argument,
     [](auto& all, auto& value) { all.subprotocols.emplace_back(value.text); }},
    {"header", required_argument,
     [](auto& all, auto& value) { all.headers.push_back(parse_header(value)); }},
    {"no-deflate", no_argument, [](auto& all, auto&) { all.deflate = false; }},
    {"timeout", required_argument,
     [](auto& all, auto& value) {
         all.timeout = std::chrono::seconds{parse_number<std::uint16_t>(value)};
     }},
    {"help", no_argument, [](auto& all, auto&) { all.help = true; }, true},
};

/// Throws `UsageError` with what is wrong.
[[nodiscard]] inline EchoClientOptions parse_echo_client_options(int argc, char** argv) {
    EchoClientOptions options;
    constexpr std::span<const OptionRule<EchoClientOptions>> rules{echo_client_rules};
    const std::span<char*> operands = take_options(argc, argv, rules, options);
    if (options.help) return options;
    if (operands.size() != 1) throw UsageError{"one URL is expected; see echo_client --help"};
    if (options.echo && (options.ping || !options.messages.empty())) {
        throw UsageError{"--echo sends nothing of its own: leave out --message, --size and --ping"};
    }
    options.url = parse_ws_url(operands.front());
    return options;
}

#endif
