// Where masking keys and nonces come from. RFC 6455 §5.3, §10.3: nobody may predict them.
//
// The default descends from the operating system's generator. Which bytes are needed when is not
// known here.
#ifndef WSPROTO_RANDOM_HPP
#define WSPROTO_RANDOM_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/random_pool.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace wsproto {

namespace detail {

/// What may be null, and can be asked: a function pointer, a `std::function`.
template <typename T>
concept Nullable = std::is_constructible_v<T, std::nullptr_t> && requires(const T& object) {
    { object == nullptr } -> std::convertible_to<bool>;
};

}  // namespace detail

/// A source of random bytes; copies share it.
///
/// By default a ChaCha20 generator of each thread, which the operating system seeds time and again.
/// Bytes are erased once used, and a child made by `fork` never repeats its parent's. Should the
/// operating system refuse, the process ends by `std::abort`: there are no weaker keys.
///
/// Any callable that fills a `MutableBytesView` takes its place; its bytes are as good as it is. It
/// is called by every thread that uses a copy. What it throws comes out of `send`, and means what a
/// lack of memory means there.
class RandomSource {
  public:
    RandomSource() noexcept = default;

    /// A null pointer, or a `std::function` without a target, leaves the default in its place.
    ///
    /// Throws nothing but `bad_alloc`, or what moving `fill` throws.
    template <typename Fill>
    requires(std::invocable<Fill&, MutableBytesView> && !std::same_as<Fill, RandomSource>)
        RandomSource(Fill fill)
        : other_{is_empty(fill) ? nullptr : std::make_shared<OtherOf<Fill>>(std::move(fill))} {}

    /// Fills `out`.
    void operator()(MutableBytesView out) const {
        if (other_ == nullptr) {
            detail::this_threads_random_pool().take(out);
        } else {
            other_->fill(out);
        }
    }

    /// Fills `out` if that takes a copy and no more; else false, and nothing was taken.
    [[nodiscard, gnu::always_inline]] bool take_from_stock(MutableBytesView out) const noexcept {
        return other_ == nullptr && detail::this_threads_random_pool().take_from_stock(out);
    }

  private:
    template <typename Fill>
    static bool is_empty(const Fill& fill) {
        if constexpr (detail::Nullable<Fill>) {
            return fill == nullptr;
        } else {
            return false;
        }
    }

    struct Other {
        Other() = default;
        Other(const Other&) = delete;
        Other& operator=(const Other&) = delete;
        virtual ~Other() = default;
        virtual void fill(MutableBytesView out) = 0;
    };

    template <typename Fill>
    struct OtherOf final : Other {
        explicit OtherOf(Fill from) : source{std::move(from)} {}
        void fill(MutableBytesView out) override { source(out); }
        Fill source;
    };

    std::shared_ptr<Other> other_{};  // than the default
};

}  // namespace wsproto

#endif
