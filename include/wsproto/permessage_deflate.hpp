// permessage-deflate, the extension that compresses messages. RFC 7692.
//
// Says which frames are compressed, and with which windows; how stands in detail/. Not known here:
// how large a message may become, that is up to who inflates it, step by step.
#ifndef WSPROTO_PERMESSAGE_DEFLATE_HPP
#define WSPROTO_PERMESSAGE_DEFLATE_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/append.hpp>
#include <wsproto/detail/deflate_parameters.hpp>
#include <wsproto/detail/deflater.hpp>
#include <wsproto/detail/inflater.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/extension.hpp>
#include <wsproto/frame.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace wsproto {

/// What to offer, or to demand of a client. Out of range, it is reported by the first `send` or
/// `events`, and neither offered nor accepted.
struct DeflateOptions {
    bool client_no_context_takeover = false;      ///< Client: each message for itself. §7.1.1.2.
    std::optional<int> client_max_window_bits{};  ///< Client: 2^n bytes, 8 to 15. §7.1.2.2.
    bool server_no_context_takeover = false;      ///< Server: each message for itself. §7.1.1.1.
    std::optional<int> server_max_window_bits{};  ///< Server: 2^n bytes, 8 to 15. §7.1.2.1.
    int level = 6;              ///< 1, fast, to 9, small; 0 stores; -1 is zlib's default.
    int memory_level = 8;       ///< Of the compressor, 1 to 9.
    std::size_t threshold = 0;  ///< Messages in one frame of fewer bytes go uncompressed.
};

/// Compresses messages, both ways, once a handshake has agreed on it. RFC 7692 §7.
///
/// zlib's memory is allocated at the first message that needs it. Without context takeover it goes
/// to a pool of the thread after each message.
class PerMessageDeflate : public Extension {
  public:
    explicit PerMessageDeflate(DeflateOptions options = {}) noexcept : options_{options} {}

    [[nodiscard]] std::string_view name() const override { return "permessage-deflate"; }
    [[nodiscard]] bool enabled() const override { return negotiated_; }
    [[nodiscard]] RsvBits reserved_bits() const override { return {.rsv1 = true}; }
    [[nodiscard]] bool compresses() const override { return true; }

    [[nodiscard]] Error validate() const override {
        const auto within = [](int value, int low, int high) {
            return low <= value && value <= high;
        };
        const auto window = [&](std::optional<int> bits) {
            return !bits || within(*bits, detail::min_window_bits, detail::max_window_bits);
        };
        const bool valid = window(options_.client_max_window_bits) &&
                           window(options_.server_max_window_bits) &&
                           within(options_.level, -1, 9) && within(options_.memory_level, 1, 9);
        return valid ? Error::None : Error::OptionsOutOfRange;
    }

    /// What differs from the default, and that a server may choose the client's window.
    [[nodiscard]] std::optional<std::string> offer() const override {
        if (validate() != Error::None) return std::nullopt;
        return detail::format_deflate_parameters(offered());
    }

    /// Makes this the server's side, unless the offer is declined. RFC 7692 §5.1, §7.1.
    std::optional<std::string> accept(std::string_view offer) override {
        const auto asked = detail::parse_deflate_parameters(offer);
        if (!asked || validate() != Error::None) return std::nullopt;
        agreed_ = detail::deflate_answer(*asked, configured());
        begin(client_side(), server_side());
        return detail::format_deflate_parameters(agreed_);
    }

    /// Makes this the client's side, unless the answer is none to `offer()`. RFC 7692 §5.2, §7.1.
    Error finalize(std::string_view response) override {
        const auto answer = detail::parse_deflate_parameters(response);
        if (!answer || validate() != Error::None || !detail::answers_offer(*answer, offered())) {
            return Error::UnrecognizedExtension;
        }
        agreed_ = detail::with_hints(*answer, offered());
        begin(server_side(), client_side());
        return Error::None;
    }

    /// What was agreed on, with what a client announced about itself; before that, the defaults.
    [[nodiscard]] bool client_no_context_takeover() const noexcept {
        return agreed_.client_no_context_takeover;
    }
    [[nodiscard]] int client_max_window_bits() const noexcept {
        return agreed_.client_max_window_bits.value_or(detail::max_window_bits);
    }
    [[nodiscard]] bool server_no_context_takeover() const noexcept {
        return agreed_.server_no_context_takeover;
    }
    [[nodiscard]] int server_max_window_bits() const noexcept {
        return agreed_.server_max_window_bits.value_or(detail::max_window_bits);
    }

    /// RSV1 says of the first frame that its message is compressed; of others, nothing. §6, §7.2.3.
    Error frame_inbound_header(const FrameHeader& header) override {
        if (is_control(header.opcode) || header.opcode == Opcode::Continuation) {
            return header.rsv.rsv1 ? Error::UnexpectedReservedBit : Error::None;
        }
        inbound_compressed_ = header.rsv.rsv1;
        return Error::None;
    }

    Step frame_inbound_payload_data(BytesView& in, MutableBytesView out) override {
        return inbound_compressed_ ? inflater_.inflate(in, out)
                                   : Extension::frame_inbound_payload_data(in, out);
    }

    Step frame_inbound_complete(bool fin, MutableBytesView) override {
        if (!fin || !std::exchange(inbound_compressed_, false)) return {};
        const Error error = inflater_.finish();
        if (!inbound_takeover_) inflater_.forget();
        return {.error = error};
    }

    Error frame_outbound(FrameHeader& header, BytesView payload, bool fin, Bytes& out) override {
        const bool first = header.opcode != Opcode::Continuation && !is_control(header.opcode);
        if (first) outbound_compressed_ = !fin || payload.size() >= options_.threshold;
        if (is_control(header.opcode) || !outbound_compressed_) {
            detail::append(out, payload);
            return Error::None;
        }
        header.rsv.rsv1 = first;
        deflater_.deflate(payload, fin, out);
        if (fin && !outbound_takeover_) deflater_.forget();
        return Error::None;
    }

  private:
    struct Side {
        int window_bits;
        bool takeover;
    };

    [[nodiscard]] Side client_side() const noexcept {
        return {client_max_window_bits(), !client_no_context_takeover()};
    }
    [[nodiscard]] Side server_side() const noexcept {
        return {server_max_window_bits(), !server_no_context_takeover()};
    }

    // 15 bits are what there is without any parameter: nothing to ask for.
    [[nodiscard]] detail::DeflateParameters configured() const noexcept {
        const auto limit = [](std::optional<int> bits) {
            return bits == detail::max_window_bits ? std::nullopt : bits;
        };
        return {
            .server_no_context_takeover = options_.server_no_context_takeover,
            .client_no_context_takeover = options_.client_no_context_takeover,
            .server_max_window_bits = limit(options_.server_max_window_bits),
            .client_max_window_bits = limit(options_.client_max_window_bits),
        };
    }

    [[nodiscard]] detail::DeflateParameters offered() const noexcept {
        auto parameters = configured();
        parameters.bare_client_max_window_bits = !parameters.client_max_window_bits;
        return parameters;
    }

    void begin(Side inbound, Side outbound) noexcept {
        inflater_ = detail::Inflater{inbound.window_bits};
        inbound_takeover_ = inbound.takeover;
        deflater_ = detail::Deflater{outbound.window_bits, options_.level, options_.memory_level};
        outbound_takeover_ = outbound.takeover;
        negotiated_ = true;
    }

    DeflateOptions options_;
    detail::DeflateParameters agreed_{};
    detail::Inflater inflater_{};
    detail::Deflater deflater_{};
    bool negotiated_ = false;
    bool inbound_takeover_ = true;
    bool outbound_takeover_ = true;
    bool inbound_compressed_ = false;   // the message that is being received
    bool outbound_compressed_ = false;  // the message that is being sent
};

}  // namespace wsproto

#endif
