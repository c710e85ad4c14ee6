// The bytes that an HTTP/1.1 head may consist of, checked one by one as they arrive; finds where
// its parts lie and where it ends. RFC 9112 §2 to §5, without anything that is left to leniency.
//
// Keeps no text. What method, version or field it is, is not known here.
#ifndef WSPROTO_DETAIL_HEAD_SCANNER_HPP
#define WSPROTO_DETAIL_HEAD_SCANNER_HPP

#include <wsproto/detail/ascii.hpp>
#include <wsproto/detail/head_run.hpp>
#include <wsproto/detail/message_head.hpp>
#include <wsproto/error_code.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wsproto::detail {

/// How much of a limit is left. Each is inclusive.
struct HeadBudget {
    std::size_t size = 0;
    std::size_t fields = 0;
};

/// What a head begins with. A trailer section has no start line. RFC 9112 §7.1.2.
enum class HeadKind : std::uint8_t { Request, Response, Trailers };

constexpr bool is_field_char(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

class HeadScanner {
  public:
    /// `size` bytes were taken; behind them is the end of the head, or the byte that is wrong.
    struct Result {
        std::size_t size = 0;
        Error error = Error::None;
    };

    explicit HeadScanner(HeadKind kind) noexcept
        : kind_{kind}, at_{kind == HeadKind::Trailers ? At::LineStart : At::StartLine} {}

    /// Takes what belongs to the head and is no mistake; `budget` is for the whole head.
    Result scan(std::string_view data, HeadBudget budget) {
        const std::size_t left = budget.size - std::min(size_, budget.size);
        const std::string_view allowed = data.substr(0, left);
        Result result{};
        while (result.size != allowed.size() && !complete() && result.error == Error::None) {
            const std::string_view rest = behind(allowed, result.size);
            std::size_t count = take_many(rest, budget);
            if (count == 0) {
                result.error = take(rest.front(), budget);
                count = result.error == Error::None ? 1 : 0;
            }
            size_ += count;
            result.size += count;
        }
        if (result.size == left && left != data.size() && !complete()) {
            result.error = Error::HeadTooLarge;
        }
        return result;
    }

    [[nodiscard]] bool complete() const noexcept { return at_ == At::End; }

    /// Bytes taken so far.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    [[nodiscard]] const HeadLayout& layout() const noexcept { return layout_; }

  private:
    enum class At : std::uint8_t {
        StartLine,
        StartLineEnd,
        LineStart,
        Name,
        Value,
        ValueEnd,
        LastLineEnd,
        End,
    };

    // What a browser sends.
    static constexpr std::size_t usual_fields = 16;

    // How many bytes at the front needed no look at each: whole fields, or what only adds to a
    // part. 0 if the first one does.
    std::size_t take_many(std::string_view data, HeadBudget budget) {
        switch (at_) {
            case At::StartLine:
                return count_visible(data);
            case At::LineStart:
                return take_whole_fields(data, budget);
            case At::Name:
                return count_token_chars(data);
            case At::Value:
                return count_printable(data);
            default:
                return 0;
        }
    }

    std::size_t take_whole_fields(std::string_view data, HeadBudget budget) {
        std::size_t size = 0;
        for (std::size_t count = layout_.fields.size(); count < budget.fields; ++count) {
            const std::size_t line = take_whole_field(behind(data, size), size_ + size);
            if (line == 0) break;
            size += line;
        }
        return size;
    }

    // The usual case: the line is there to its end, and nothing in it is odd. Else nothing changes.
    std::size_t take_whole_field(std::string_view data, std::size_t begin) {
        const std::size_t name_end = count_token_chars(data);
        if (name_end == 0 || name_end == data.size() || data[name_end] != ':') return 0;
        const std::size_t value_end = name_end + 1 + count_printable(behind(data, name_end + 1));
        const std::string_view rest = behind(data, value_end);
        const bool ends = rest.size() >= 2 && rest[0] == '\r' && rest[1] == '\n';
        if (!ends) return 0;
        add_field({begin, begin + name_end, begin + value_end});
        return value_end + 2;
    }

    // substr, for `size` that cannot be too much.
    static std::string_view behind(std::string_view data, std::size_t size) noexcept {
        return {data.data() + size, data.size() - size};
    }

    Error take(char c, HeadBudget budget) {
        switch (at_) {
            case At::StartLine:
                return take_of_start_line(c);
            case At::LineStart:
                return c == '\r' ? move_to(At::LastLineEnd) : begin_field(c, budget);
            case At::Name:
                layout_.fields.back().name_end = size_;
                return expect(c == ':', At::Value);
            case At::Value:
                layout_.fields.back().value_end = size_;
                return c == '\t' ? Error::None : expect(c == '\r', At::ValueEnd);
            case At::LastLineEnd:
                return expect(c == '\n', At::End);
            default:
                return expect(c == '\n', At::LineStart);
        }
    }

    // A line that begins with white space would continue the value before it (obs-fold). RFC 9112
    // §5.2.
    Error begin_field(char c, HeadBudget budget) {
        if (!is_token_char(c)) return Error::BadHttpMessage;
        if (layout_.fields.size() >= budget.fields) return Error::TooManyHeaders;
        add_field({.name = size_});
        return move_to(At::Name);
    }

    void add_field(HeadLayout::Field field) {
        if (layout_.fields.empty()) {
            layout_.fields.reserve(usual_fields);
        }
        layout_.fields.push_back(field);
    }

    Error take_of_start_line(char c) {
        if (c == '\r') {
            layout_.start_line_end = size_;
            return expect(start_line_may_end(), At::StartLineEnd);
        }
        if (c == ' ' && layout_.second_space == 0) {
            return take_space();
        }
        const bool legal = kind_ == HeadKind::Request ? is_visible_char(c) : is_field_char(c);
        return legal ? Error::None : Error::BadHttpMessage;
    }

    // No part of a request line may be empty. RFC 9112 §3.
    Error take_space() {
        const bool first = layout_.first_space == 0;
        const std::size_t part = first ? 0 : layout_.first_space + 1;
        (first ? layout_.first_space : layout_.second_space) = size_;
        return size_ == part ? Error::BadHttpMessage : Error::None;
    }

    // A status code is of three characters. RFC 9112 §4. Deliberately, the line may end right
    // behind it: old servers leave the space out.
    [[nodiscard]] bool start_line_may_end() const noexcept {
        if (kind_ == HeadKind::Request) {
            return layout_.second_space != 0 && size_ != layout_.second_space + 1;
        }
        const std::size_t code_end = layout_.second_space != 0 ? layout_.second_space : size_;
        return layout_.first_space != 0 && code_end == layout_.first_space + 4;
    }

    Error move_to(At next) noexcept {
        at_ = next;
        return Error::None;
    }

    Error expect(bool legal, At next) noexcept {
        return legal ? move_to(next) : Error::BadHttpMessage;
    }

    HeadKind kind_;
    At at_;
    std::size_t size_ = 0;
    HeadLayout layout_{};
};

}  // namespace wsproto::detail

#endif
