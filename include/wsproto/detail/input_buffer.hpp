// The bytes that a connection was fed and has not looked at: some of its own, then some that the
// caller lent. One contiguous piece at a time is offered, to be taken from the front. Knows no
// frames.
#ifndef WSPROTO_DETAIL_INPUT_BUFFER_HPP
#define WSPROTO_DETAIL_INPUT_BUFFER_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/append.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace wsproto::detail {

class InputBuffer {
  public:
    InputBuffer() = default;
    InputBuffer(InputBuffer&& other) noexcept { *this = std::move(other); }
    // What was moved from is empty, also onto itself.
    InputBuffer& operator=(InputBuffer&& other) noexcept {
        owned_ = std::move(other.owned_);
        front_ = other.front_;
        lent_ = other.lent_;
        slack_ = other.slack_;
        front_is_lent_ = other.front_is_lent_;
        other.drop();
        return *this;
    }
    ~InputBuffer() = default;

    /// Copies `data` behind what is there.
    void append(BytesView data) {
        release();
        append_to_owned(data);
    }

    /// Takes `data` as it lies; it stays untouched by others until it is consumed or released.
    void lend(MutableBytesView data, std::size_t slack) {
        if (!idle()) {
            release();
        }
        front_is_lent_ = front_.empty();
        (front_is_lent_ ? front_ : lent_) = data;
        slack_ = static_cast<std::uint8_t>(std::min(slack, max_slack));
    }

    /// Copies what is left of a lent piece; gives back memory of its own that nobody needs.
    void release() {
        if (front_is_lent_) {
            Bytes copy;
            detail::append(copy, front_);
            owned_ = std::move(copy);
            front_ = owned_;
            front_is_lent_ = false;
        } else if (!lent_.empty()) {
            append_to_owned(lent_);
            lent_ = {};
        }
        if (front_.empty()) {
            drop();
        }
    }

    /// Forgets everything.
    void drop() noexcept {
        front_ = lent_ = {};
        front_is_lent_ = false;
        owned_.clear();
        if (owned_.capacity() > kept_capacity) {
            owned_ = Bytes{};
        }
    }

    /// The readable piece; the reader takes from its front by shrinking it.
    MutableBytesView& front() noexcept {
        if (front_.empty() && !lent_.empty()) {
            front_ = std::exchange(lent_, {});
            front_is_lent_ = true;
        }
        return front_;
    }

    /// Whether `release` would have nothing to do.
    [[nodiscard]] bool idle() const noexcept {
        return front_.empty() && lent_.empty() && owned_.capacity() <= kept_capacity;
    }

    [[nodiscard]] std::size_t size() const noexcept { return front_.size() + lent_.size(); }

    /// How many bytes behind `front()` exist and may be read, and rewritten unchanged.
    [[nodiscard]] std::size_t slack() const noexcept { return front_is_lent_ ? slack_ : 0; }

  private:
    static constexpr std::size_t max_slack = 0xff;

    // An idle connection keeps no more than this: enough for small messages not to allocate each
    // time.
    static constexpr std::size_t kept_capacity = 128;

    // `front_` is the end of `owned_`, or empty. What stands before it goes once it is as much, so
    // that each byte is moved at most once for one consumed.
    void append_to_owned(BytesView data) {
        const std::size_t unread = front_.size();
        const std::size_t consumed = owned_.size() - unread;
        if (consumed >= unread) {
            owned_.erase(owned_.begin(), owned_.begin() + static_cast<std::ptrdiff_t>(consumed));
            front_ = owned_;
        }
        detail::append(owned_, data);
        front_is_lent_ = false;
        front_ = MutableBytesView{owned_}.last(unread + data.size());
    }

    Bytes owned_{};
    MutableBytesView front_{};
    MutableBytesView lent_{};
    std::uint8_t slack_ = 0;
    bool front_is_lent_ = false;
};

}  // namespace wsproto::detail

#endif
