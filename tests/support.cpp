#include "support.hpp"

#include <wsproto/error_code.hpp>

#include <cctype>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <variant>

using namespace wsproto;

namespace support {

Bytes hex(std::string_view digits) {
    Bytes bytes;
    std::string pair;
    for (const char digit : digits) {
        if (digit == ' ' || digit == '\n') continue;
        REQUIRE(std::isxdigit(static_cast<unsigned char>(digit)) != 0);
        pair += digit;
        if (pair.size() == 2) {
            bytes.push_back(static_cast<std::byte>(std::stoi(pair, nullptr, 16)));
            pair.clear();
        }
    }
    REQUIRE(pair.empty());
    return bytes;
}

namespace {

std::string two_digits(std::byte byte) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto value = std::to_integer<std::size_t>(byte);
    return {digits[value / 16], digits[value % 16]};
}

}  // namespace

std::string to_hex(BytesView bytes) {
    std::string text;
    for (const std::byte byte : bytes) {
        text += (text.empty() ? "" : " ") + two_digits(byte);
    }
    return text;
}

Bytes concat(std::initializer_list<BytesView> parts) {
    Bytes bytes;
    for (const BytesView part : parts) {
        bytes.insert(bytes.end(), part.begin(), part.end());
    }
    return bytes;
}

Bytes header_to(ConnectionType receiver, unsigned first, std::uint64_t length) {
    const unsigned mask_bit = receiver == ConnectionType::Server ? 0x80 : 0;
    const unsigned form = length <= 125     ? static_cast<unsigned>(length)
                          : length <= 65535 ? 126
                                            : 127;
    Bytes bytes{static_cast<std::byte>(first), static_cast<std::byte>(mask_bit | form)};
    for (int shift = form == 126 ? 8 : form == 127 ? 56 : -8; shift >= 0; shift -= 8) {
        bytes.push_back(static_cast<std::byte>(length >> shift & 0xff));
    }
    return bytes;
}

Bytes frame_to(ConnectionType receiver, unsigned first, std::string_view payload) {
    Bytes bytes = header_to(receiver, first, payload.size());
    const bool masked = receiver == ConnectionType::Server;
    const Bytes key = masked ? hex("37 fa 21 3d") : hex("00 00 00 00");
    if (masked) {
        bytes.insert(bytes.end(), key.begin(), key.end());
    }
    for (std::size_t at = 0; at != payload.size(); ++at) {
        bytes.push_back(static_cast<std::byte>(payload[at]) ^ key[at % 4]);
    }
    return bytes;
}

RandomSource fixed_random(Bytes bytes) {
    return [bytes = std::move(bytes), used = std::size_t{0}](MutableBytesView out) mutable {
        for (std::byte& byte : out) {
            byte = used < bytes.size() ? bytes[used++] : std::byte{0};
        }
    };
}

std::string quoted(BytesView bytes, bool is_text) {
    std::string text = "'";
    for (const std::byte byte : bytes) {
        const auto value = std::to_integer<unsigned>(byte);
        const bool printable = value >= 0x20 && value < 0x7f && value != '\'' && value != '\\';
        if (printable || (is_text && value >= 0x80)) {
            text += static_cast<char>(value);
        } else {
            text += "\\x" + two_digits(byte);
        }
    }
    return text + "'";
}

namespace {

std::string fields(const Headers& headers) {
    std::string text;
    for (const auto& [name, value] : headers) {
        text += " {" + name + ": " + value + "}";
    }
    return text;
}

std::string list(std::string_view label, const std::vector<std::string>& items,
                 std::string_view separator) {
    std::string text;
    for (const auto& item : items) {
        text += text.empty() ? label : separator;
        text += item;
    }
    return text;
}

template <typename Data>
std::string flags(const Message<Data>& message) {
    if (message.message_finished)
        return message.frame_finished ? "" : " with a frame beyond its end";
    return message.frame_finished ? " more frames" : " more";
}

std::string describe(const Request& request) {
    return "request " + request.host + ' ' + request.target +
           list(" protocols ", request.subprotocols, ", ") +
           list(" offers ", request.offered_extensions, " | ") + fields(request.extra_headers);
}

std::string describe(const AcceptConnection& accept) {
    std::vector<std::string> names;
    for (const auto& extension : accept.extensions) {
        names.emplace_back(extension->name());
    }
    return "accept" + (accept.subprotocol ? " protocol " + *accept.subprotocol : std::string{}) +
           list(" extensions ", names, ", ") + fields(accept.extra_headers);
}

std::string describe(const RejectConnection& reject) {
    return "reject " + std::to_string(reject.status_code) + (reject.has_body ? " body" : "") +
           fields(reject.headers);
}

std::string describe(const RejectData& body) {
    return "data " + quoted(body.data) + (body.body_finished ? "" : " more");
}

std::string describe(const CloseConnection& close) {
    return "close " + std::to_string(static_cast<unsigned>(close.code)) + ' ' +
           quoted(as_bytes(close.reason), true);
}

std::string describe(const TextMessage& text) {
    return "text " + quoted(as_bytes(text.data), true) + flags(text);
}

std::string describe(const BytesMessage& bytes) {
    return "binary " + quoted(bytes.data) + flags(bytes);
}

std::string describe(const Ping& ping) {
    return "ping " + quoted(ping.payload);
}

std::string describe(const Pong& pong) {
    return "pong " + quoted(pong.payload);
}

}  // namespace

std::string line(const Event& event) {
    return std::visit([](const auto& any) { return describe(any); }, event);
}

std::string line(const Frame& frame) {
    switch (frame.opcode) {
        case Opcode::Text:
            return describe(
                TextMessage{as_text(frame.payload), frame.frame_finished, frame.message_finished});
        case Opcode::Ping:
            return describe(Ping{frame.payload});
        case Opcode::Pong:
            return describe(Pong{frame.payload});
        case Opcode::Close:
            return "close frame " + quoted(frame.payload);
        default:
            return describe(
                BytesMessage{frame.payload, frame.frame_finished, frame.message_finished});
    }
}

std::string line(const ProtocolError& error) {
    return error_line(error.error(), error.what());
}

std::string error_line(Error error, std::string_view text) {
    return "error " + std::to_string(wsproto::detail::error_row(error).code) + ' ' +
           std::string{text};
}

Trace joined(const Trace& lines) {
    constexpr std::string_view open_end = "' more";
    Trace result;
    for (const std::string& next : lines) {
        const std::string kind = next.substr(0, next.find('\'') + 1);
        const bool continues = !result.empty() && result.back().ends_with(open_end) &&
                               kind.ends_with('\'') && result.back().starts_with(kind);
        if (continues) {
            result.back().resize(result.back().size() - open_end.size());
            result.back() += next.substr(kind.size());
        } else {
            result.push_back(next);
        }
    }
    return result;
}

Connection scenario(ConnectionType role, ConnectionState state, const Options& options) {
    Connection connection{role, {}, {}, options};
    if (state == ConnectionState::LocalClosing) {
        static_cast<void>(connection.send(CloseConnection{}));
    } else if (state != ConnectionState::Open) {
        receive(connection, frame_to(role, 0x88, ""));
    }
    if (state == ConnectionState::Closed) {
        static_cast<void>(connection.send(CloseConnection{}));
    }
    REQUIRE(connection.state() == state);
    return connection;
}

}  // namespace support
