// A server's two answers as bytes: the 101 and the rejection, with its body. RFC 6455 §4.2.2,
// RFC 9112 §4, §6, §7.1.
//
// Whether they may be sent is checked before.
#ifndef WSPROTO_DETAIL_RESPONSE_WRITER_HPP
#define WSPROTO_DETAIL_RESPONSE_WRITER_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/append.hpp>
#include <wsproto/detail/handshake_headers.hpp>
#include <wsproto/detail/status_reason.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/events.hpp>
#include <wsproto/headers.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wsproto::detail {

/// Appends the 101. `extensions` is the value of its header, if there is one.
inline void write_acceptance(const AcceptConnection& accepted, std::string_view accept_token,
                             const std::optional<std::string>& extensions, Bytes& out) {
    append_texts(out, [&](auto add) {
        add("HTTP/1.1 101 Switching Protocols\r\n"
            "Upgrade: websocket\r\n"
            "Connection: Upgrade\r\n");
        add_header(add, "Sec-WebSocket-Accept", accept_token);
        if (accepted.subprotocol) {
            add_header(add, "Sec-WebSocket-Protocol", *accepted.subprotocol);
        }
        if (extensions) {
            add_header(add, "Sec-WebSocket-Extensions", *extensions);
        }
        add_headers(add, accepted.extra_headers);
        add("\r\n");
    });
}

/// Appends the head of a rejection, and its whole when it has no body.
///
/// What named an upgrade was refused: nothing that follows is a request. RFC 9110 §7.8, RFC 9931.
inline void write_rejection(const RejectConnection& rejection, Bytes& out) {
    const bool has_length = find_header(rejection.headers, "Content-Length").has_value();
    const bool has_upgrade = find_header(rejection.headers, "Upgrade").has_value();
    const bool must_upgrade = rejection.status_code == 426;
    const std::string status = std::to_string(rejection.status_code);
    append_texts(out, [&](auto add) {
        add("HTTP/1.1 ");
        add(status);
        add(" ");
        add(status_reason(rejection.status_code));
        add("\r\n");
        add_headers(add, rejection.headers);
        if (must_upgrade && !has_upgrade) {
            add_header(add, "Upgrade", "websocket");
        }
        add_header(add, "Connection", must_upgrade || has_upgrade ? "Upgrade, close" : "close");
        if (rejection.has_body && !has_length) {
            add_header(add, "Transfer-Encoding", "chunked");
        } else if (!rejection.has_body && !is_bodyless(rejection.status_code)) {
            add_header(add, "Content-Length", "0");
        }
        add("\r\n");
    });
}

/// The body of a rejection, in chunks unless its length was declared.
class RejectionBody {
  public:
    RejectionBody() = default;
    explicit RejectionBody(const RejectConnection& rejection) noexcept {
        if (const auto length = find_header(rejection.headers, "Content-Length")) {
            left_ = parse_content_length(*length);
        }
    }

    /// Appends a piece to `out`; on an error, nothing has changed.
    Error write(const RejectData& piece, Bytes& out) {
        if (!left_) {
            write_chunk(piece, out);
            return Error::None;
        }
        if (piece.data.size() > *left_) return Error::BodyTooLong;
        if (piece.body_finished && piece.data.size() != *left_) return Error::BodyTooShort;
        append(out, piece.data);
        *left_ -= piece.data.size();
        return Error::None;
    }

  private:
    // An empty chunk would be the last one.
    static void write_chunk(const RejectData& piece, Bytes& out) {
        const bool empty = piece.data.empty();
        const std::string head = empty ? std::string{} : chunk_size_line(piece.data.size());
        const std::string tail =
            std::string{empty ? "" : "\r\n"} + (piece.body_finished ? "0\r\n\r\n" : "");
        std::byte* to = extend(out, head.size() + piece.data.size() + tail.size());
        for (const BytesView part : {as_bytes(head), piece.data, as_bytes(tail)}) {
            to = std::copy(part.begin(), part.end(), to);
        }
    }

    static std::string chunk_size_line(std::size_t size) {
        std::array<char, 2 * sizeof(size)> digits{};
        const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16);
        return std::string{digits.data(), written.ptr}.append("\r\n");
    }

    std::optional<std::uint64_t> left_{};
};

}  // namespace wsproto::detail

#endif
