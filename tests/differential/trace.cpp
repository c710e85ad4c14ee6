// Reads streams, one a line, and prints what this library makes of each, one line again. The peer
// of compare.py, which has Python's wsproto do the same; what a line holds stands there.
#include <wsproto/wsproto.hpp>

#include <array>
#include <cstddef>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

using namespace wsproto;

namespace {

std::string to_hex(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string result;
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        result += {digits[byte / 16U], digits[byte % 16U]};
    }
    return text.empty() ? "." : result;
}

unsigned nibble(char digit) {
    constexpr std::string_view digits = "0123456789abcdef";
    const std::size_t value = digits.find(digit);
    if (value == std::string_view::npos) throw std::runtime_error{"not a hexadecimal digit"};
    return static_cast<unsigned>(value);
}

std::string from_hex(std::string_view digits) {
    if (digits == ".") return {};
    if (digits.size() % 2 != 0) throw std::runtime_error{"an odd number of hexadecimal digits"};
    std::string result;
    for (std::size_t at = 0; at != digits.size(); at += 2) {
        result += static_cast<char>(nibble(digits[at]) * 16U + nibble(digits[at + 1]));
    }
    return result;
}

std::string list(const std::vector<std::string>& items) {
    std::string result = "[";
    for (const auto& item : items) {
        result.append(result.size() == 1 ? "" : ",").append(to_hex(item));
    }
    return result + ']';
}

std::string list(const Headers& headers) {
    std::vector<std::string> lines;
    for (const auto& [name, value] : headers) {
        lines.push_back(name + ": " + value);
    }
    return list(lines);
}

std::string describe(const Request& request) {
    return "request " + to_hex(request.host) + ' ' + to_hex(request.target) + ' ' +
           list(request.subprotocols) + ' ' + list(request.offered_extensions) + ' ' +
           list(request.extra_headers);
}

std::string describe(const AcceptConnection& accept) {
    std::vector<std::string> names;
    for (const auto& extension : accept.extensions) {
        names.emplace_back(extension->name());
    }
    return "accept " + to_hex(accept.subprotocol.value_or("")) + ' ' + list(names) + ' ' +
           list(accept.extra_headers);
}

std::string describe(const RejectConnection& reject) {
    return "reject " + std::to_string(reject.status_code) + ' ' + list(reject.headers);
}

std::string describe(const RejectData& piece) {
    return "body " + to_hex(as_text(piece.data)) + (piece.body_finished ? " end" : " more");
}

template <typename Data>
std::string describe(const Message<Data>& message) {
    const std::string_view end = message.message_finished ? " message"
                                 : message.frame_finished ? " frame"
                                                          : " more";
    if constexpr (std::is_same_v<Data, BytesView>) {
        return "binary " + to_hex(as_text(message.data)).append(end);
    } else {
        return "text " + to_hex(message.data).append(end);
    }
}

std::string describe(const Ping& ping) {
    return "ping " + to_hex(as_text(ping.payload));
}

std::string describe(const Pong& pong) {
    return "pong " + to_hex(as_text(pong.payload));
}

std::string describe(const CloseConnection& close) {
    return "close " + std::to_string(static_cast<unsigned>(close.code)) + ' ' +
           to_hex(close.reason);
}

// A close code, an HTTP status, or 0 where there is nothing to answer.
unsigned answer_to(const RemoteProtocolError& error) {
    if (const auto& hint = error.event_hint()) {
        if (const auto* close = std::get_if<CloseConnection>(&*hint)) {
            return static_cast<unsigned>(close->code);
        }
        return std::get<RejectConnection>(*hint).status_code;
    }
    const CloseReason code = close_code(error.error());
    return code == CloseReason::InternalError ? 0 : static_cast<unsigned>(code);
}

std::string_view name_of(ConnectionState state) {
    static constexpr std::array<std::pair<ConnectionState, std::string_view>, 6> names{
        {{ConnectionState::Connecting, "CONNECTING"},
         {ConnectionState::Open, "OPEN"},
         {ConnectionState::RemoteClosing, "REMOTE_CLOSING"},
         {ConnectionState::LocalClosing, "LOCAL_CLOSING"},
         {ConnectionState::Closed, "CLOSED"},
         {ConnectionState::Rejecting, "REJECTING"}}};
    for (const auto& [each, name] : names) {
        if (each == state) return name;
    }
    throw std::logic_error{"a state without a name"};
}

/// What becomes of one stream, for a `Connection` or a `WSConnection`.
template <typename Endpoint>
class Run {
  public:
    Run(Endpoint& endpoint, bool with_extension)
        : endpoint_{endpoint}, with_extension_{with_extension} {}

    void step(const std::string& what) {
        if (what == "close") {
            if (endpoint_.state() == ConnectionState::Open) {
                endpoint_.send(CloseConnection{}, sent_);
            }
            return;
        }
        const std::string bytes = what == "eof" ? "" : from_hex(what);
        if (what == "eof") {
            endpoint_.receive_eof();
        } else {
            endpoint_.receive_data(as_bytes(bytes));
        }
        drain();
    }

    [[nodiscard]] std::string result() const {
        return trace_ + "state " + std::string{name_of(endpoint_.state())};
    }

  private:
    void drain() {
        try {
            for (const Event& event : endpoint_.events()) {
                std::visit([this](const auto& any) { add(describe(any)); }, event);
                if (std::holds_alternative<Request>(event)) accept(std::get<Request>(event));
            }
        } catch (const RemoteProtocolError& error) {
            add("error " + std::to_string(answer_to(error)) + ' ' + to_hex(error.what()));
        }
    }

    void accept(const Request& request) {
        AcceptConnection accept;
        if (!request.subprotocols.empty()) accept.subprotocol = request.subprotocols.front();
        if (with_extension_) accept.extensions.push_back(std::make_shared<PerMessageDeflate>());
        endpoint_.send(accept, sent_);
    }

    void add(const std::string& item) { trace_ += item + '\t'; }

    Endpoint& endpoint_;
    Bytes sent_{};  // of no interest
    std::string trace_{};
    bool with_extension_;
};

/// One line of input.
struct Stream {
    ConnectionType role{};
    bool open = false;
    std::string extension{};  ///< What was offered to a server, or what a client was answered.
    std::vector<std::string> steps{};
};

Stream parse(const std::string& line) {
    std::istringstream words{line};
    std::string role;
    std::string start;
    std::string extension;
    Stream stream;
    words >> role >> start >> extension;
    stream.role = role == "client" ? ConnectionType::Client : ConnectionType::Server;
    stream.open = start == "open";
    stream.extension = from_hex(extension);
    for (std::string step; words >> step;) {
        stream.steps.push_back(step);
    }
    return stream;
}

/// The extension as it was negotiated elsewhere.
Extensions negotiated(const Stream& stream) {
    if (stream.extension.empty()) return {};
    const std::vector<std::string> line{stream.extension};
    auto deflate = std::make_shared<PerMessageDeflate>();
    if (stream.role == ConnectionType::Client) {
        static_cast<void>(deflate->offer());
        return client_extensions_handshake(line, {deflate});
    }
    const Extensions supported{deflate};
    if (!server_extensions_handshake(line, supported)) throw std::runtime_error{"declined"};
    return supported;
}

// The key of the client is the one of sixteen zeros.
Options without_randomness() {
    Options options;
    options.random = [](MutableBytesView out) {
        for (std::byte& byte : out) {
            byte = std::byte{0};
        }
    };
    return options;
}

template <typename Endpoint>
std::string run(Endpoint& endpoint, const Stream& stream) {
    Run<Endpoint> result{endpoint, !stream.extension.empty()};
    for (const auto& step : stream.steps) {
        result.step(step);
    }
    return result.result();
}

std::string run(const Stream& stream) {
    if (stream.open) {
        Connection connection{stream.role, negotiated(stream), {}, without_randomness()};
        return run(connection, stream);
    }
    WSConnection connection{stream.role, without_randomness()};
    if (stream.role == ConnectionType::Client) {
        Request request{.host = "example.org", .target = "/", .subprotocols = {"a", "b"}};
        if (!stream.extension.empty()) {
            request.extensions.push_back(std::make_shared<PerMessageDeflate>());
        }
        Bytes sent;
        connection.send(request, sent);
    }
    return run(connection, stream);
}

}  // namespace

int main(int argc, char**) {
    if (argc != 1) {
        std::cerr << "Usage: trace <STREAMS >TRACES    see compare.py\n";
        return 2;
    }
    try {
        for (std::string line; std::getline(std::cin, line);) {
            std::cout << run(parse(line)) << std::endl;
        }
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "trace: " << error.what() << '\n';
        return 1;
    }
}
