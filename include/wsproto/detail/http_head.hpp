// Reads HTTP/1.1 heads off the input: llhttp knows methods, versions and how a body is framed, our
// own scanner is strict about every byte, and both must find the end of the head at the same one.
// Where nothing is left for llhttp to know, it is not asked.
//
// The only file that includes llhttp. What a head has to say is not known here.
#ifndef WSPROTO_DETAIL_HTTP_HEAD_HPP
#define WSPROTO_DETAIL_HTTP_HEAD_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/append.hpp>
#include <wsproto/detail/ascii.hpp>
#include <wsproto/detail/head_scanner.hpp>
#include <wsproto/detail/message_head.hpp>
#include <wsproto/detail/response_body.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/frame.hpp>

#if __has_include(<llhttp/llhttp.h>)
#include <llhttp/llhttp.h>
#else
#include <llhttp.h>
#endif

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace wsproto::detail {

class HttpHead {
  public:
    explicit HttpHead(HeadKind kind) noexcept : kind_{kind}, scanner_{kind} {}

    /// Takes from the front of `in` what belongs to the head: `Ready` when it is complete.
    ///
    /// `limits` are for this head and those before it together.
    [[nodiscard]] Progress read(MutableBytesView& in, HeadBudget limits) {
        const std::size_t fields_before = scanner_.layout().fields.size();
        const auto result = scanner_.scan(as_text(in), remaining(limits));
        const BytesView taken = in.first(result.size);
        in = in.subspan(result.size);
        keep(taken);
        // llhttp has seen nothing but the bytes before the scanner's complaint: its own comes
        // first.
        error_ = parse(as_text(taken), fields_before) ? result.error : Error::BadHttpMessage;
        if (error_ != Error::None) {
            return Progress::Failed;
        }
        return scanner_.complete() ? Progress::Ready : Progress::NeedMore;
    }

    /// Why `read` failed.
    [[nodiscard]] Error error() const noexcept { return error_; }

    /// Whether any byte of the head was read.
    [[nodiscard]] bool started() const noexcept { return scanner_.size() != 0; }

    /// The head, once complete; valid until the next call that is not const, and as long as the
    /// input that was read.
    [[nodiscard]] MessageHead head() const noexcept {
        return {as_text(kept_.empty() ? whole_ : kept_), scanner_.layout()};
    }

    /// How the body ends that follows it.
    [[nodiscard]] BodyFraming framing() const noexcept { return found_.framing; }

    /// The status of a response.
    [[nodiscard]] unsigned status_code() const noexcept { return found_.status_code; }

    /// What the heads so far leave of `limits`.
    [[nodiscard]] HeadBudget remaining_after(HeadBudget limits) const noexcept {
        return minus(remaining(limits), scanner_.size(), scanner_.layout().fields.size());
    }

    /// Forgets this head, but not how much of the limits it took, and expects another.
    void start_next() {
        used_.size += scanner_.size();
        used_.fields += scanner_.layout().fields.size();
        kept_.clear();
        scanner_ = HeadScanner{kind_};
        found_ = {};
    }

  private:
    struct Found {
        bool complete = false;
        unsigned status_code = 0;
        BodyFraming framing{};
    };

    // A head that came in one piece is read where it lies.
    void keep(BytesView taken) {
        if (kept_.empty() && scanner_.complete()) {
            whole_ = taken;
        } else {
            append(kept_, taken);
        }
    }

    static HeadBudget minus(HeadBudget from, std::size_t size, std::size_t fields) noexcept {
        return {.size = from.size - std::min(from.size, size),
                .fields = from.fields - std::min(from.fields, fields)};
    }

    [[nodiscard]] HeadBudget remaining(HeadBudget limits) const noexcept {
        return minus(limits, used_.size, used_.fields);
    }

    // A fresh parser for each head: a 103 with "Connection: close" would make it discard what
    // follows.
    void reset_parser() noexcept {
        static const llhttp_settings_t settings = [] {
            llhttp_settings_t callbacks;
            llhttp_settings_init(&callbacks);
            callbacks.on_headers_complete = &HttpHead::on_headers_complete;
            return callbacks;
        }();
        llhttp_init(&parser_, kind_ == HeadKind::Request ? HTTP_REQUEST : HTTP_RESPONSE, &settings);
    }

    // Whether llhttp has no complaint, and finds the end of the head where the scanner does.
    //
    // Of a field that frames nothing it could but repeat that the line is well-formed: it is spared
    // those that lie whole in this piece.
    [[nodiscard]] bool parse(std::string_view taken, std::size_t first_field) noexcept {
        if (is_plain(taken)) return true;
        const auto& fields = scanner_.layout().fields;
        const std::size_t whole = whole_fields();
        std::size_t shown = begin_of(taken);
        if (shown == 0) {
            reset_parser();
        }
        if (first_field < whole) {
            if (execute(taken, shown, fields[first_field].name) != HPE_OK) return false;
            for (std::size_t index = first_field; index != whole; ++index) {
                if (!parse_line(taken, fields[index], line_end(index))) return false;
            }
            shown = line_end(whole - 1);
        }
        const llhttp_errno_t expected = scanner_.complete() ? HPE_PAUSED_UPGRADE : HPE_OK;
        return execute(taken, shown, scanner_.size()) == expected &&
               found_.complete == scanner_.complete();
    }

    // Whether this is a whole head, of a GET in HTTP/1.1 for a path, in which nothing frames a
    // body. Behind a slash, llhttp takes every visible character for a part of the target.
    [[nodiscard]] bool is_plain(std::string_view taken) const noexcept {
        const bool whole = scanner_.complete() && taken.size() == scanner_.size();
        if (kind_ != HeadKind::Request || !whole) {
            return false;
        }
        const HeadLayout& layout = scanner_.layout();
        const MessageHead head{taken, layout};
        return head.method() == "GET" && head.target().starts_with('/') &&
               head.request_version() == "HTTP/1.1" &&
               std::none_of(layout.fields.begin(), layout.fields.end(),
                            [&](const auto& field) { return frames_message(taken, field); });
    }

    // Whether llhttp has no complaint about a line, which it is shown only if it has a say.
    [[nodiscard]] bool parse_line(std::string_view taken, const HeadLayout::Field& field,
                                  std::size_t end) noexcept {
        return !frames_message(taken, field) || execute(taken, field.name, end) == HPE_OK;
    }

    // Where in the head its last bytes so far begin.
    [[nodiscard]] std::size_t begin_of(std::string_view taken) const noexcept {
        return scanner_.size() - taken.size();
    }

    // How many of the fields are known to have ended.
    [[nodiscard]] std::size_t whole_fields() const noexcept {
        const std::size_t count = scanner_.layout().fields.size();
        return scanner_.complete() || count == 0 ? count : count - 1;
    }

    // Where the line ends of a field that is whole.
    [[nodiscard]] std::size_t line_end(std::size_t index) const noexcept {
        const auto& fields = scanner_.layout().fields;
        const std::size_t empty_line = 2;
        return index + 1 < fields.size() ? fields[index + 1].name : scanner_.size() - empty_line;
    }

    // Whether a field that begins in `taken` has a say in where the message ends. RFC 9112 §6.
    [[nodiscard]] bool frames_message(std::string_view taken,
                                      const HeadLayout::Field& field) const noexcept {
        const std::string_view name{taken.data() + (field.name - begin_of(taken)),
                                    field.name_end - field.name};
        return is_in_any_case(name, "content-length") || is_in_any_case(name, "transfer-encoding");
    }

    // The head from `begin` to `end`, which lie in `taken`, its last bytes so far.
    //
    // In a field, a tab is as good as a space, RFC 9110 §5.6.3; llhttp takes one behind a length or
    // a coding for a part of it.
    llhttp_errno_t execute(std::string_view taken, std::size_t begin, std::size_t end) noexcept {
        std::string_view text{taken.data() + (begin - begin_of(taken)), end - begin};
        for (std::size_t skipped = start_line_part(begin, end);; skipped = 0) {
            const std::size_t size = std::min(text.find('\t', skipped), text.size());
            const llhttp_errno_t error = execute(text.substr(0, size));
            if (error != HPE_OK || size == text.size()) return error;
            if (execute(" ") != HPE_OK) return llhttp_get_errno(&parser_);
            text.remove_prefix(size + 1);
        }
    }

    // How much of the head from `begin` to `end` stands in the start line.
    [[nodiscard]] std::size_t start_line_part(std::size_t begin, std::size_t end) const noexcept {
        const std::size_t line = scanner_.layout().start_line_end;
        return line == 0 ? end - begin : std::min(std::max(line, begin), end) - begin;
    }

    llhttp_errno_t execute(std::string_view text) noexcept {
        parser_.data = &found_;
        return text.empty() ? HPE_OK : llhttp_execute(&parser_, text.data(), text.size());
    }

    // Returning 2 makes it stop right behind the head, whatever body is announced.
    static int on_headers_complete(llhttp_t* parser) {
        Found& found = *static_cast<Found*>(parser->data);
        found.complete = true;
        found.framing = framing_of(*parser);
        found.status_code = parser->status_code;
        return is_sound(*parser) ? 2 : -1;
    }

    // What llhttp lets through: two framings at once, an attack (RFC 9112 §6.1), and codes of two
    // digits.
    static bool is_sound(const llhttp_t& parser) noexcept {
        const bool contradictory =
            (parser.flags & F_TRANSFER_ENCODING) != 0 && (parser.flags & F_CONTENT_LENGTH) != 0;
        return !contradictory && (parser.type == HTTP_REQUEST || parser.status_code >= 100);
    }

    // RFC 9112 §6.3.
    static BodyFraming framing_of(const llhttp_t& parser) noexcept {
        const auto has = [&](llhttp_flags_t flag) { return (parser.flags & flag) != 0; };
        const auto status = parser.status_code;
        if (status / 100 == 1 || status == 204 || status == 304) {
            return {};
        }
        if (llhttp_message_needs_eof(&parser) != 0) {
            return {.kind = BodyKind::UntilEnd};
        }
        if (has(F_CHUNKED)) {
            return {.kind = BodyKind::Chunked};
        }
        return {.length = has(F_CONTENT_LENGTH) ? parser.content_length : 0};
    }

    HeadKind kind_;
    Error error_ = Error::None;
    HeadBudget used_{};
    Bytes kept_{};
    BytesView whole_{};
    HeadScanner scanner_;
    llhttp_t parser_{};
    Found found_{};
};

}  // namespace wsproto::detail

#endif
