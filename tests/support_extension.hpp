// An extension to test with: it changes every byte and adds some at the end of a message.
#ifndef WSPROTO_TESTS_SUPPORT_EXTENSION_HPP
#define WSPROTO_TESTS_SUPPORT_EXTENSION_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/append.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/extension.hpp>
#include <wsproto/frame.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace support {

/// XORs each byte, and ends each message with a trailer of its own for either direction.
class Disguise : public wsproto::Extension {
  public:
    struct Settings {
        wsproto::RsvBits bits{.rsv2 = true};
        std::byte key{0x55};
        std::string outbound_trailer = "<out>";
        std::string inbound_trailer = "<in>";
    };
    Disguise() = default;
    explicit Disguise(Settings settings) : settings_{std::move(settings)} {}

    [[nodiscard]] std::string_view name() const override { return "x-disguise"; }
    [[nodiscard]] bool enabled() const override { return true; }
    [[nodiscard]] std::optional<std::string> offer() const override { return ""; }
    [[nodiscard]] wsproto::RsvBits reserved_bits() const override { return settings_.bits; }

    wsproto::Step frame_inbound_payload_data(wsproto::BytesView& in,
                                             wsproto::MutableBytesView out) override {
        const std::size_t count = std::min(in.size(), out.size());
        std::transform(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(count), out.begin(),
                       [&](std::byte byte) { return byte ^ settings_.key; });
        in = in.subspan(count);
        return {.produced = count, .more = !in.empty()};
    }

    wsproto::Step frame_inbound_complete(bool fin, wsproto::MutableBytesView out) override {
        if (!fin) return {};
        const auto rest = std::string_view{settings_.inbound_trailer}.substr(trailer_shown_);
        const std::size_t count = std::min(rest.size(), out.size());
        const auto bytes = wsproto::as_bytes(rest.substr(0, count));
        std::copy(bytes.begin(), bytes.end(), out.begin());
        trailer_shown_ = count == rest.size() ? 0 : trailer_shown_ + count;
        return {.produced = count, .more = trailer_shown_ != 0};
    }

    wsproto::Error frame_outbound(wsproto::FrameHeader& header, wsproto::BytesView payload,
                                  bool fin, wsproto::Bytes& out) override {
        if (header.opcode != wsproto::Opcode::Continuation)
            header.rsv = header.rsv | settings_.bits;
        const std::size_t begin = out.size();
        wsproto::detail::append(out, payload);
        if (fin) wsproto::detail::append(out, wsproto::as_bytes(settings_.outbound_trailer));
        for (std::size_t at = begin; at != out.size(); ++at) {
            out[at] ^= settings_.key;
        }
        return wsproto::Error::None;
    }

  private:
    Settings settings_{};
    std::size_t trailer_shown_ = 0;
};

/// What it makes of `text` on its way out, but for the trailer.
inline std::string disguised(std::string text, std::byte key = std::byte{0x55}) {
    for (char& character : text) {
        character = static_cast<char>(static_cast<unsigned char>(character) ^
                                      std::to_integer<unsigned char>(key));
    }
    return text;
}

}  // namespace support

#endif
