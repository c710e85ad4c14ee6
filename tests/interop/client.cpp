// Our client against a server of others: a list of steps, each on a connection of its own. What the
// server has to do stands in CMakeLists.txt.
//
//   client PORT plain|deflate|limited [OMITTED-STEP]...
#include "payloads.hpp"
#include "session.hpp"

#include <wsproto/wsproto.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <iostream>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace std::string_literals;
using wsproto::as_bytes;
using wsproto::BytesMessage;
using wsproto::CloseConnection;
using wsproto::CloseReason;
using wsproto::DeflateOptions;
using wsproto::PerMessageDeflate;
using wsproto::TextMessage;

constexpr std::size_t mebibyte = 1024 * 1024;
constexpr int limited_window_bits = 10;  // that of both sides, in the mode `limited`

struct Server {
    std::string port;
    std::string mode;
};

struct Opening {
    std::string target = "/";
    std::vector<std::string> subprotocols{};
    DeflateOptions deflate{};
};

std::string shortened(std::string_view text) {
    constexpr std::size_t enough = 100;
    const std::string size = " (" + std::to_string(text.size()) + " bytes)";
    return '"' + std::string{text.substr(0, enough)} + '"' + (text.size() > enough ? size : "");
}

void require(bool holds, const std::string& claim) {
    if (!holds) throw std::runtime_error{"not true: " + claim};
}

void expect(Session& session, std::string_view expected) {
    const std::string line = session.next();
    if (line != expected) {
        throw std::runtime_error{"got " + shortened(line) + " instead of " + shortened(expected)};
    }
}

// With the extension it offers, which knows what was agreed on.
std::pair<Session, std::shared_ptr<PerMessageDeflate>> request(const Server& server,
                                                               const Opening& opening) {
    Session session{posix::connect_to({"127.0.0.1", server.port}, patience)};
    auto deflate = std::make_shared<PerMessageDeflate>(opening.deflate);
    wsproto::Request request{.host = "127.0.0.1:" + server.port,
                             .target = opening.target,
                             .subprotocols = opening.subprotocols};
    if (server.mode != "plain") request.extensions.push_back(deflate);
    session.send(request);
    return {std::move(session), std::move(deflate)};
}

Session connect(const Server& server, const Opening& opening = {}) {
    auto [session, deflate] = request(server, opening);
    expect(session, "accept ");
    require(deflate->enabled() == (server.mode != "plain"), "deflate is agreed on if asked for");
    if (server.mode == "limited") {
        require(deflate->client_no_context_takeover(), "client_no_context_takeover");
        require(deflate->server_no_context_takeover(), "server_no_context_takeover");
        require(deflate->client_max_window_bits() == limited_window_bits, "client_max_window_bits");
    }
    return std::move(session);
}

void echo_text(Session& session, std::string_view text) {
    session.send(TextMessage{.data = text});
    expect(session, "text " + std::string{text});
}

void echo_binary(Session& session, std::string_view data) {
    session.send(BytesMessage{.data = as_bytes(data)});
    expect(session, "binary " + std::string{data});
}

void close(Session& session, unsigned code, const std::string& reason) {
    session.send(CloseConnection{static_cast<CloseReason>(code), reason});
    expect(session, "close " + std::to_string(code) + ' ' + reason);
    expect(session, "end");
}

template <void (*Check)(Session&)>
void on_one_connection(const Server& server) {
    Session session = connect(server);
    Check(session);
    close(session, 1000, "");
}

void check_subprotocol(const Server& server) {
    auto session = request(server, {.subprotocols = {"unheard-of", "interop"}}).first;
    expect(session, "accept interop");
    echo_text(session, "by the rules of interop");
    close(session, 1000, "");
}

void check_text(Session& session) {
    for (const auto* text : {"Hello", "Grüße aus Köln", "日本語", "𝄞 and 🎻", "\x7F \t\r\n"}) {
        echo_text(session, text);
    }
    echo_text(session, "NUL \0 inside"s);
}

void check_binary(Session& session) {
    std::string bytes;
    for (int byte = 0; byte != 256; ++byte) {
        bytes += static_cast<char>(byte);
    }
    echo_binary(session, bytes);
    std::ranges::reverse(bytes);
    echo_binary(session, bytes);
}

void check_empty(Session& session) {
    for (int round = 0; round != 3; ++round) {
        echo_text(session, "");
        echo_binary(session, "");
    }
    echo_text(session, "not empty");
}

void check_lengths(Session& session) {
    for (const auto size : {1U, 124U, 125U, 126U, 127U, 65'534U, 65'535U, 65'536U, 65'537U}) {
        echo_text(session, prose(size));
        echo_binary(session, noise(size));
    }
}

void check_mebibyte(Session& session) {
    echo_text(session, prose(mebibyte));
    echo_binary(session, noise(mebibyte));
    echo_binary(session, prose(mebibyte));
}

void check_uncompressed(Session& session) {
    for (const bool compress : {true, false, true, false, true}) {
        session.send(TextMessage{.data = "the same text", .compress = compress});
        expect(session, "text the same text");
    }
}

// The first cut is inside a code point.
void check_fragments(Session& session) {
    for (const auto* piece : {"Gr\xC3", "\xBC\xC3\x9F", "", "e "}) {
        session.send(TextMessage{.data = piece, .message_finished = false});
    }
    session.send(TextMessage{.data = ""});
    expect(session, "text Grüße ");
    const std::string half = noise(70'000);
    session.send(BytesMessage{.data = as_bytes(half), .message_finished = false});
    session.send(BytesMessage{.data = as_bytes(half)});
    expect(session, "binary " + half + half);
}

void check_pings_between_fragments(Session& session) {
    for (const auto* round : {"1st", "2nd"}) {
        for (const auto* piece : {"one ", "two ", "three "}) {
            session.send(TextMessage{.data = piece, .message_finished = false});
            session.send(wsproto::Ping{.payload = as_bytes(piece)});
        }
        session.send(TextMessage{.data = round});
        expect(session, "pong one ");
        expect(session, "pong two ");
        expect(session, "pong three ");
        expect(session, "text one two three "s + round);
    }
}

void check_peer_fragments(Session& session) {
    for (int round = 0; round != 2; ++round) {
        session.send(TextMessage{.data = "please fragment"});
        expect(session, "text one two three ☃");
        expect(session, "binary \0\1\2\xFF"s);
    }
}

void check_peer_pings_between_fragments(Session& session) {
    session.send(TextMessage{.data = "please fragment around pings"});
    for (const auto* number : {"1", "2", "3"}) {
        expect(session, "ping between "s + number);
    }
    expect(session, "text one two three ☃");
    expect(session, "binary \0\1\2\xFF"s);
}

void check_pings(Session& session) {
    for (const std::string& payload : {""s, "abc"s, noise(125)}) {
        session.send(wsproto::Ping{.payload = as_bytes(payload)});
        expect(session, "pong " + payload);
    }
}

void check_peer_ping(Session& session) {
    session.send(TextMessage{.data = "please ping"});
    expect(session, "ping are you there?");
    expect(session, "text there you are");
}

void check_unasked_pong(Session& session) {
    session.send(wsproto::Pong{.payload = as_bytes("nobody asked")});
    echo_text(session, "still here");
}

void check_one_write(Session& session) {
    constexpr std::size_t count = 300;
    const std::string text = prose(count);
    std::vector<wsproto::Event> events;
    for (std::size_t size = 0; size != count; ++size) {
        events.emplace_back(TextMessage{.data = std::string_view{text}.substr(0, size)});
    }
    session.send_in_one_write(events);
    for (std::size_t size = 0; size != count; ++size) {
        expect(session, "text " + text.substr(0, size));
    }
}

void check_greeting(const Server& server) {
    Session session = connect(server, {.target = "/greet?name=client"});
    expect(session, "text welcome");
    echo_text(session, "thank you");
    close(session, 1001, "goodbye");
}

void check_close(const Server& server) {
    const std::string longest(123, 'x');
    for (const auto& reason : {"enough for today ☂"s, ""s, longest}) {
        Session session = connect(server);
        echo_text(session, "last words");
        close(session, 4001, reason);
    }
}

void check_close_without_code(const Server& server) {
    Session session = connect(server);
    close(session, 1005, "");
}

void check_peer_close(const Server& server) {
    Session session = connect(server);
    session.send(TextMessage{.data = "please close"});
    expect(session, "close 4002 as you wish ☂");
    expect(session, "end");
}

void check_rejection(const Server& server) {
    auto session = request(server, {.target = "/refuse"}).first;
    expect(session, "reject 404");
    expect(session, "body Nothing is echoed here.\n");
    expect(session, "end");
}

void check_window(const Server& server, const DeflateOptions& asked) {
    auto [session, deflate] = request(server, {.deflate = asked});
    expect(session, "accept ");
    require(deflate->client_max_window_bits() == asked.client_max_window_bits.value_or(15),
            "the client's window is as asked for");
    require(deflate->server_max_window_bits() == asked.server_max_window_bits.value_or(15),
            "the server's window is as asked for");
    const std::string data = repetitions();
    echo_binary(session, data);
    echo_text(session, prose(1000));
    echo_binary(session, data);
    close(session, 1000, "");
}

void check_windows(const Server& server) {
    for (int bits = 9; bits <= 15; ++bits) {
        check_window(server, {.client_max_window_bits = bits, .server_max_window_bits = bits});
    }
}

void check_smallest_client_window(const Server& server) {
    check_window(server, {.client_max_window_bits = 8});
}

void check_smallest_server_window(const Server& server) {
    check_window(server, {.server_max_window_bits = 8});
}

void check_context_takeover(const Server& server) {
    for (const auto& [client, server_side] :
         {std::pair{false, true}, {true, false}, {true, true}}) {
        auto [session, deflate] =
            request(server, {.deflate = {.client_no_context_takeover = client,
                                         .server_no_context_takeover = server_side}});
        expect(session, "accept ");
        require(deflate->client_no_context_takeover() || !client, "client_no_context_takeover");
        require(deflate->server_no_context_takeover() || !server_side,
                "server_no_context_takeover");
        for (int round = 0; round != 3; ++round) {
            echo_text(session, prose(1000));
            echo_text(session, "");
        }
        close(session, 1000, "");
    }
}

struct Step {
    std::string_view name;
    void (*check)(const Server&);
    std::string_view modes = "plain deflate limited";

    [[nodiscard]] bool belongs_to(std::string_view mode) const {
        return modes.find(mode) != std::string_view::npos;
    }
};

constexpr std::array steps = {
    Step{"subprotocol", check_subprotocol},
    Step{"text", on_one_connection<check_text>},
    Step{"binary", on_one_connection<check_binary>},
    Step{"empty messages", on_one_connection<check_empty>},
    Step{"lengths at every form of the header", on_one_connection<check_lengths>},
    Step{"1 MiB", on_one_connection<check_mebibyte>},
    Step{"uncompressed messages", on_one_connection<check_uncompressed>},
    Step{"fragments", on_one_connection<check_fragments>},
    Step{"pings between fragments", on_one_connection<check_pings_between_fragments>},
    Step{"the server's fragments", on_one_connection<check_peer_fragments>},
    Step{"the server's pings between fragments",
         on_one_connection<check_peer_pings_between_fragments>},
    Step{"pings", on_one_connection<check_pings>},
    Step{"the server's ping", on_one_connection<check_peer_ping>},
    Step{"a pong nobody asked for", on_one_connection<check_unasked_pong>},
    Step{"many messages in one write", on_one_connection<check_one_write>},
    Step{"a message right behind the accept", check_greeting},
    Step{"close with code and reason", check_close},
    Step{"close without code", check_close_without_code},
    Step{"the server's close", check_peer_close},
    Step{"rejection", check_rejection},
    Step{"windows of 9 to 15 bits", check_windows, "deflate"},
    Step{"a client's window of 8 bits", check_smallest_client_window, "deflate"},
    Step{"a server's window of 8 bits", check_smallest_server_window, "deflate"},
    Step{"no context takeover", check_context_takeover, "deflate limited"},
};

bool passes(const Step& step, const Server& server) {
    try {
        step.check(server);
        std::cout << "ok: " << step.name << std::endl;
        return true;
    } catch (const std::exception& error) {
        std::cout << "FAILED: " << step.name << ": " << error.what() << std::endl;
        return false;
    }
}

int run(std::span<const std::string_view> arguments) {
    const Server server{std::string{arguments[0]}, std::string{arguments[1]}};
    const auto excepted = arguments.subspan(2);
    bool all = true;
    for (const Step& step : steps) {
        if (std::ranges::find(excepted, step.name) != excepted.end()) {
            std::cout << "omitted: " << step.name << std::endl;
        } else {
            all = (!step.belongs_to(server.mode) || passes(step, server)) && all;
        }
    }
    return all ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    if (arguments.size() < 2) {
        std::cerr << "usage: client PORT plain|deflate|limited [OMITTED-STEP]...\n";
        return 2;
    }
    return run(arguments);
}
