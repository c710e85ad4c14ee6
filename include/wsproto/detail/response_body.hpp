// The body of an HTTP/1.1 response, piece by piece where it lies in the input. RFC 9112 §6, §7.1.
//
// Deliberately not left to llhttp, some builds of which take any byte for the end of a line. Which
// response it is, and that the transport may end it, is not known here.
#ifndef WSPROTO_DETAIL_RESPONSE_BODY_HPP
#define WSPROTO_DETAIL_RESPONSE_BODY_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/head_scanner.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/events.hpp>
#include <wsproto/frame.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace wsproto::detail {

enum class BodyKind : std::uint8_t { Length, Chunked, UntilEnd };

/// How the end of a body is told.
struct BodyFraming {
    BodyKind kind = BodyKind::Length;
    std::uint64_t length = 0;
};

/// The value of a hexadecimal digit, or -1.
constexpr int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

class ResponseBody {
  public:
    explicit ResponseBody(BodyFraming framing) noexcept
        : kind_{framing.kind}, left_{framing.length} {}

    /// Takes a piece off the front of `in`; `piece` views it and tells whether it was the last.
    ///
    /// `budget` is what trailers may take.
    [[nodiscard]] Progress read(MutableBytesView& in, HeadBudget budget, RejectData& piece) {
        switch (kind_) {
            case BodyKind::Length:
                piece = take_data(in);
                piece.body_finished = left_ == 0;
                return piece.data.empty() && left_ != 0 ? Progress::NeedMore : Progress::Ready;
            case BodyKind::UntilEnd:
                left_ = in.size();
                piece = take_data(in);
                return piece.data.empty() ? Progress::NeedMore : Progress::Ready;
            default:
                return read_chunk(in, budget, piece);
        }
    }

    /// Whether the end of the transport is the end of the body.
    [[nodiscard]] bool ends_with_transport() const noexcept { return kind_ == BodyKind::UntilEnd; }

    /// Why `read` failed.
    [[nodiscard]] Error error() const noexcept { return error_; }

  private:
    enum class At : std::uint8_t {
        FirstDigit,
        Digits,
        Extension,
        SizeEnd,
        Data,
        DataReturn,
        DataEnd,
        Trailers,
    };

    RejectData take_data(MutableBytesView& in) noexcept {
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size()));
        const BytesView data = in.first(size);
        in = in.subspan(size);
        left_ -= size;
        return {.data = data, .body_finished = false};
    }

    Progress read_chunk(MutableBytesView& in, HeadBudget budget, RejectData& piece) {
        while (!in.empty() && at_ != At::Data && at_ != At::Trailers) {
            if (!take(static_cast<char>(in.front()))) {
                error_ = Error::BadHttpMessage;
                return Progress::Failed;
            }
            in = in.subspan(1);
        }
        if (in.empty()) {
            return Progress::NeedMore;
        }
        if (at_ == At::Trailers) {
            return read_trailers(in, budget, piece);
        }
        piece = take_data(in);
        at_ = left_ == 0 ? At::DataReturn : At::Data;
        return Progress::Ready;
    }

    Progress read_trailers(MutableBytesView& in, HeadBudget budget, RejectData& piece) {
        const auto result = trailers_.scan(as_text(in), budget);
        in = in.subspan(result.size);
        error_ = result.error;
        if (error_ != Error::None) {
            return Progress::Failed;
        }
        piece = {};
        return trailers_.complete() ? Progress::Ready : Progress::NeedMore;
    }

    // One byte between two pieces of data; false if it is wrong.
    bool take(char c) noexcept {
        switch (at_) {
            case At::FirstDigit:
                return take_digit(c);
            case At::Digits:
                if (hex_value(c) >= 0) return take_digit(c);
                if (c == ';' || c == ' ' || c == '\t') return move_to(At::Extension);
                return c == '\r' && move_to(At::SizeEnd);
            case At::Extension:
                return c == '\r' ? move_to(At::SizeEnd) : is_field_char(c);
            case At::SizeEnd:
                return c == '\n' && move_to(left_ == 0 ? At::Trailers : At::Data);
            case At::DataReturn:
                return c == '\r' && move_to(At::DataEnd);
            default:
                return c == '\n' && move_to(At::FirstDigit);
        }
    }

    bool take_digit(char c) noexcept {
        const int value = hex_value(c);
        if (value < 0 || left_ >> 60U != 0) {
            return false;
        }
        left_ = left_ << 4U | static_cast<std::uint64_t>(value);
        return move_to(At::Digits);
    }

    bool move_to(At next) noexcept {
        at_ = next;
        return true;
    }

    BodyKind kind_;
    At at_ = At::FirstDigit;
    Error error_ = Error::None;
    std::uint64_t left_;
    HeadScanner trailers_{HeadKind::Trailers};
};

}  // namespace wsproto::detail

#endif
