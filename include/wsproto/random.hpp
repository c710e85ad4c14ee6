// Where masking keys and nonces come from. RFC 6455 §5.3, §10.3: nobody may predict them.
//
// The default is the operating system's generator. Which bytes are needed when is not known here.
#ifndef WSPROTO_RANDOM_HPP
#define WSPROTO_RANDOM_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/random_pool.hpp>

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace wsproto {

/// A source of random bytes; copies share it.
///
/// By default the operating system's generator, from which each thread draws 512 bytes at a time;
/// bytes are erased once used, and a child made by `fork` never repeats its parent's. Should the
/// operating system refuse, the process ends by `std::abort`: there are no weaker keys.
///
/// Any callable that fills a `MutableBytesView` takes its place; its bytes are as good as it is. It
/// must not throw, and is called by every thread that uses a copy.
class RandomSource {
  public:
    RandomSource() noexcept = default;

    /// Throws nothing but `bad_alloc`, or what moving `fill` throws.
    template <typename Fill>
    requires(std::invocable<Fill&, MutableBytesView> && !std::same_as<Fill, RandomSource>)
        RandomSource(Fill fill)
        : fill_{[](void* state, MutableBytesView out) { (*static_cast<Fill*>(state))(out); }},
          state_{std::make_shared<Fill>(std::move(fill))} {}

    /// Fills `out`.
    void operator()(MutableBytesView out) const {
        if (fill_ == nullptr) {
            detail::this_threads_random_pool().take(out);
        } else {
            fill_(state_.get(), out);
        }
    }

  private:
    void (*fill_)(void* state, MutableBytesView out) = nullptr;
    std::shared_ptr<void> state_;
};
static_assert(sizeof(RandomSource) <= 4 * sizeof(void*));

}  // namespace wsproto

#endif
