// The convenient forms of `next` for users of the frame layer alone: an optional frame, and a
// complaint as `ParseFailed` or as an `std::error_code`.
#ifndef WSPROTO_DETAIL_FRAME_SOURCE_HPP
#define WSPROTO_DETAIL_FRAME_SOURCE_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/frame.hpp>
#include <wsproto/parse_failed.hpp>

#include <optional>
#include <system_error>

namespace wsproto::detail {

template <typename Derived>
class FrameSource {
  public:
#ifdef __cpp_exceptions
    /// The next frame or piece of one, nothing when `in` is used up. Throws `ParseFailed`.
    [[nodiscard]] std::optional<Frame> receive(MutableBytesView& in) {
        std::error_code ec;
        auto frame = receive(in, ec);
        if (ec) {
            throw ParseFailed{self().error(), self().error_message()};
        }
        return frame;
    }
#endif

    /// The same; a complaint is stored in `ec`.
    [[nodiscard]] std::optional<Frame> receive(MutableBytesView& in, std::error_code& ec) {
        Frame frame;
        const Progress progress = self().next(in, frame);
        ec = progress == Progress::Failed ? self().error() : Error::None;
        return progress == Progress::Ready ? std::optional{frame} : std::nullopt;
    }

  private:
    [[nodiscard]] Derived& self() noexcept {
        return static_cast<Derived&>(*this);
    }
};

}  // namespace wsproto::detail

#endif
