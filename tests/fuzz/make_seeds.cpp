// Writes the seeds of the fuzz targets: real traffic, and what comes of it when it is cut or bent.
// Run it with the directory to write to; what has crashed a target once is not made here.
#include "opening.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <vector>

namespace fuzz {
namespace {

/// What one end sends, by name.
struct Traffic {
    std::string name;
    std::function<void(Connection&, Bytes&)> send;
    bool deflated = false;
};

constexpr std::string_view long_text =
    "{\"id\": 1, \"name\": \"user 1\"}, {\"id\": 2, \"name\": \"user 2\"}, {\"id\": 3, \"name\": "
    "\"user 3\"}, {\"id\": 4, \"name\": \"\u00fcser \u20ac \U0001f600\"}, {\"id\": 5, \"name\": "
    "\"user 5\"}";

void send_text(Connection& from, Bytes& out) {
    from.send(TextMessage{.data = "Hello"}, out);
}
void send_fragments(Connection& from, Bytes& out) {
    constexpr std::string_view text = "a \u20ac b \U0001f600";
    from.send(TextMessage{.data = text.substr(0, 3), .message_finished = false}, out);
    from.send(Ping{.payload = as_bytes("between")}, out);
    from.send(TextMessage{.data = text.substr(3, 6), .message_finished = false}, out);
    from.send(TextMessage{.data = "", .message_finished = false}, out);
    from.send(TextMessage{.data = text.substr(9)}, out);
}
void send_long(Connection& from, Bytes& out) {
    from.send(TextMessage{.data = long_text}, out);
    from.send(BytesMessage{.data = as_bytes(long_text)}, out);
}
void send_control(Connection& from, Bytes& out) {
    from.send(Ping{.payload = as_bytes("ping")}, out);
    from.send(Pong{}, out);
    from.send(BytesMessage{}, out);
    from.send(CloseConnection{.code = CloseReason::GoingAway, .reason = "bye \u2603"}, out);
}
void send_close(Connection& from, Bytes& out) {
    from.send(CloseConnection{.code = CloseReason::NoStatusRcvd}, out);
}
// Zeros that fill a chunk and more.
void send_zeros(Connection& from, Bytes& out) {
    from.send(BytesMessage{.data = Bytes(1000, std::byte{0})}, out);
    from.send(TextMessage{.data = "plain", .compress = false}, out);
}

const std::vector<Traffic>& all_traffic() {
    static const std::vector<Traffic> all = {
        {"text", send_text},
        {"fragments", send_fragments},
        {"long", send_long},
        {"control", send_control},
        {"empty_close", send_close},
        {"deflated_text", send_text, true},
        {"deflated_fragments", send_fragments, true},
        {"deflated_long", send_long, true},
        {"deflated_zeros", send_zeros, true},
    };
    return all;
}

Extensions agreed_extensions(ConnectionType role) {
    auto extension = std::make_shared<PerMessageDeflate>(
        DeflateOptions{.client_no_context_takeover = true, .server_no_context_takeover = true});
    constexpr std::string_view parameters =
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover;"
        " server_max_window_bits=9; client_max_window_bits=9";
    if (role == ConnectionType::Server) {
        claim(extension->accept(parameters).has_value(), "the server agrees");
    } else {
        claim(extension->finalize(parameters) == Error::None, "the client agrees");
    }
    return {extension};
}

Bytes traffic_from(ConnectionType role, const Traffic& traffic) {
    Connection from{role,
                    traffic.deflated ? agreed_extensions(role) : Extensions{},
                    {},
                    {.random = fixed_random()}};
    Bytes out;
    traffic.send(from, out);
    return out;
}

/// Bytes of choices, then traffic.
Bytes seed(std::initializer_list<unsigned> choices, BytesView behind) {
    Bytes bytes;
    for (const unsigned choice : choices) {
        bytes.push_back(static_cast<std::byte>(choice));
    }
    detail::append(bytes, behind);
    return bytes;
}

class Writer {
  public:
    explicit Writer(std::filesystem::path directory) : directory_{std::move(directory)} {}

    void write(std::string_view target, const std::string& name, BytesView bytes) {
        std::filesystem::create_directories(directory_ / target);
        std::ofstream file{directory_ / target / name, std::ios::binary};
        file.write(as_text(bytes).data(), static_cast<std::streamsize>(bytes.size()));
        claim(file.good(), "the seed could be written");
        ++count_;
    }
    [[nodiscard]] std::size_t count() const noexcept { return count_; }

  private:
    std::filesystem::path directory_;
    std::size_t count_ = 0;
};

constexpr unsigned opens_well = 8;
constexpr unsigned echoes = 16;
constexpr unsigned do_nothing = 14;

/// Whether it is among the few that every target gets, however slow.
bool is_telling(const Traffic& traffic) {
    return traffic.name == "fragments" || traffic.name == "control" ||
           traffic.name == "deflated_fragments" || traffic.name == "deflated_zeros";
}

void write_traffic(Writer& writer, ConnectionType to) {
    const bool to_server = to == ConnectionType::Server;
    const auto from = to_server ? ConnectionType::Client : ConnectionType::Server;
    const std::string_view whole = to_server ? "connection_server" : "connection_client";
    const std::string suffix = to_server ? "_to_server" : "_to_client";
    const unsigned role = to_server ? 0 : 1;
    for (const Traffic& traffic : all_traffic()) {
        const Bytes wire = traffic_from(from, traffic);
        const unsigned setup = opens_well | echoes | (traffic.deflated ? 2U : 0U);
        writer.write(whole, traffic.name, seed({setup, 0, 0}, wire));
        if (is_telling(traffic)) {
            const auto size = static_cast<unsigned>(std::min<std::size_t>(255, wire.size()));
            writer.write("any_split", traffic.name + suffix, seed({role, setup, 3, 0, 1, 2}, wire));
            writer.write("error_codes", traffic.name + suffix,
                         seed({role, setup, 0, 0, do_nothing, size}, wire));
        }
        if (!traffic.deflated) {
            writer.write("frame_decoder", traffic.name + suffix, seed({role, 3}, wire));
        }
    }
}

constexpr std::string_view answer_head =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";

void write_handshakes(Writer& writer) {
    const auto to_server = [&](const std::string& name, std::string_view text) {
        writer.write("server_handshake", name, seed({0, 0, 0}, as_bytes(text)));
    };
    to_server("right", right_request);
    to_server("followed_by_a_frame", std::string{right_request} +
                                         "\x81\x80"
                                         "abcd");
    to_server("plain_http", "GET / HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n");
    to_server("post", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    to_server("folded", "GET / HTTP/1.1\r\nHost: a\r\n b\r\nX : y\r\n\r\n");
    to_server("http2_preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    to_server("bare_line_feeds", "GET / HTTP/1.1\nHost: a\n\n");

    const auto to_client = [&](const std::string& name, std::string_view text) {
        writer.write("client_handshake", name, seed({0, 0, 0}, as_bytes(text)));
    };
    to_client("right", right_answer(false));
    writer.write("client_handshake", "right_deflated",
                 seed({2, 0, 0}, as_bytes(right_answer(true))));
    to_client("early_hints",
              "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + right_answer(false));
    to_client("without_token", std::string{answer_head} + "\r\n");
    to_client("not_found", "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nnot");
    to_client("chunked",
              "HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nnot\r\n0\r\nA: b\r\n\r\n");
    to_client("until_the_end", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\npage");
    to_client("without_body", "HTTP/1.1 304 Not Modified\r\n\r\n");
}

void write_parameters(Writer& writer) {
    const std::array<std::pair<const char*, std::string_view>, 8> offers = {{
        {"bare", "permessage-deflate"},
        {"browser", "permessage-deflate; client_max_window_bits"},
        {"all",
         "permessage-deflate; server_no_context_takeover; client_no_context_takeover;"
         " server_max_window_bits=10; client_max_window_bits=12"},
        {"quoted", "permessage-deflate; server_max_window_bits=\"1\\0\""},
        {"two_offers", "permessage-deflate; server_max_window_bits=7, Permessage-Deflate"},
        {"others", "x-webkit-deflate-frame, x; a=b; c=\"d, e\", permessage-deflate"},
        {"illegal_values", "permessage-deflate; client_max_window_bits=08; a=+9"},
        {"malformed", "permessage-deflate;, ;=\""},
    }};
    for (const auto& [name, offer] : offers) {
        writer.write("extension_parameters", name, seed({0, 0, 3, 0x32}, as_bytes(offer)));
    }
}

void write_texts(Writer& writer) {
    const std::array<std::pair<const char*, std::string>, 6> texts = {{
        {"ascii", std::string(300, 'a')},
        {"mixed", std::string{long_text} + std::string{long_text}},
        {"late_mistake", std::string(200, 'a') + "\xed\xa0\x80"},
        {"cut_code_point", std::string(60, 'b') + "\xf0\x9f\x98"},
        {"overlong", "\xc0\xaf\xe0\x80\xaf"},
        {"short", "\u00e9"},
    }};
    for (const auto& [name, text] : texts) {
        writer.write("text_and_masking", name, seed({1, 7, 0, 0, 0, 0}, as_bytes(text)));
    }
}

/// Steps of send_and_receive: what, how many bytes, and those.
Bytes program() {
    Bytes steps;
    const auto step = [&](unsigned what, std::string_view bytes) {
        detail::append(steps, seed({what, static_cast<unsigned>(bytes.size())}, as_bytes(bytes)));
    };
    step(0x10, "Hello");
    step(0x31, "cut inside \u20ac\u20ac\U0001f600");
    step(0x05, "ping");
    step(0x07, "");
    step(0x74, "abcdef");
    step(0x92, "many times ");
    step(0x16, "pong");
    step(0x47, "bye \u2603");
    return steps;
}

void write_programs(Writer& writer) {
    const auto write = [&](const std::string& name, std::initializer_list<unsigned> setup) {
        writer.write("send_and_receive", name, seed(setup, program()));
    };
    write("to_server", {0, 0, 0});
    write("to_client_in_messages", {0x41, 3, 0x20});
    write("deflated_to_server", {0x02, 5, 0});
    write("deflated_to_client_in_messages", {0x43, 50, 0x5f});
    write("deflated_in_small_chunks", {0x06, 0, 0x20});
}

}  // namespace
}  // namespace fuzz

int main(int argument_count, char** arguments) {
    const std::string_view argument = argument_count == 2 ? arguments[1] : "--help";
    if (argument.starts_with('-')) {
        std::cout << "Usage: fuzz_make_seeds DIRECTORY\nWrites a directory of seeds for each fuzz "
                     "target there; files of the same name are replaced.\n";
        return argument == "--help" && argument_count == 2 ? 0 : 2;
    }
    fuzz::Writer writer{std::string{argument}};
    fuzz::write_traffic(writer, wsproto::ConnectionType::Server);
    fuzz::write_traffic(writer, wsproto::ConnectionType::Client);
    fuzz::write_handshakes(writer);
    fuzz::write_parameters(writer);
    fuzz::write_texts(writer);
    fuzz::write_programs(writer);
    std::cout << writer.count() << " seeds in " << argument << '\n';
}
