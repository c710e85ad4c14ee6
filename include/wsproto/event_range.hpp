// The input range that `events()` returns, and the link between it and the connection it drains.
// How a connection makes its next event is not known here.
#ifndef WSPROTO_EVENT_RANGE_HPP
#define WSPROTO_EVENT_RANGE_HPP

#include <wsproto/error_code.hpp>
#include <wsproto/events.hpp>
#include <wsproto/frame.hpp>

#include <cstddef>
#include <iterator>
#include <new>
#include <system_error>
#include <utility>

namespace wsproto {

class EventRange;

namespace detail {

/// What a range drains. At most one range is linked to a source; both may move or end first.
class EventSource {
  public:
    EventSource() = default;
    EventSource(EventSource&& other) noexcept { other.finish_range(); }
    EventSource& operator=(EventSource&& other) noexcept {
        end_range();
        other.finish_range();
        return *this;
    }

  protected:
    virtual ~EventSource() { end_range(); }

    /// Makes the next event in `slot`.
    virtual Progress step(Event& slot) = 0;

    /// Copies what the caller lent and nobody has looked at yet. The connection is dead if memory
    /// lacks.
    virtual void release() noexcept = 0;

    /// Why `step` failed.
    [[nodiscard]] virtual Error step_error() const noexcept = 0;

#ifdef __cpp_exceptions
    [[noreturn]] virtual void throw_step_error() const = 0;
#endif

    void end_range() noexcept;

    /// The same, but what was lent stays.
    void finish_range() noexcept;

  private:
    friend wsproto::EventRange;
    EventRange* range_ = nullptr;
};

}  // namespace detail

/// The events of a connection, made one by one as the range is advanced: a C++20 input range.
///
/// A second `events()` continues where the first stands, and the first has ended; what was lent
/// stays lent until the second ends. It also ends when the connection is moved or destroyed. What
/// the event that it shows views is valid until the range is advanced or ends, or the connection is
/// fed.
class EventRange {
  public:
    class Iterator {
      public:
        using value_type = Event;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;

        const Event& operator*() const noexcept { return range_->slot_; }
        const Event* operator->() const noexcept { return &range_->slot_; }
        Iterator& operator++() {
            range_->advance();
            return *this;
        }
        void operator++(int) { range_->advance(); }
        friend bool operator==(const Iterator& at, std::default_sentinel_t) noexcept {
            return at.range_->ended();
        }

      private:
        friend EventRange;
        explicit Iterator(EventRange& range) noexcept : range_{&range} {}
        EventRange* range_;
    };

    /// Links to `source`; where `code` is given, an error ends the range and is stored there.
    explicit EventRange(detail::EventSource& source, std::error_code* code = nullptr) noexcept
        : source_{&source}, code_{code} {
        source.end_range();
        source.range_ = std::launder(this);  // else GCC 12 at -O3 takes it for a dangling pointer
    }

    EventRange(EventRange&& other) noexcept
        : slot_{std::move(other.slot_)},
          source_{std::exchange(other.source_, nullptr)},
          code_{other.code_},
          started_{other.started_} {
        if (source_ != nullptr) {
            source_->range_ = this;
        }
    }
    EventRange& operator=(EventRange&&) = delete;
    ~EventRange() { finish(); }

    /// Makes the first event, unless that was done.
    [[nodiscard]] Iterator begin() {
        if (!std::exchange(started_, true)) {
            advance();
        }
        return Iterator{*this};
    }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

    /// Whether it has shown its last event.
    [[nodiscard]] bool ended() const noexcept { return source_ == nullptr; }

  private:
    friend detail::EventSource;

    void advance() {
        if (source_ != nullptr) {
            const Progress progress = source_->step(slot_);
            if (progress != Progress::Ready) [[unlikely]] {
                end_with(progress);
            }
        }
    }

    void end_with(Progress progress) {
        detail::EventSource& source = *source_;
        finish();
        if (progress == Progress::Failed) {
            report(source);
        }
    }

    void report(const detail::EventSource& source) {
        if (code_ != nullptr) {
            *code_ = source.step_error();
            return;
        }
#ifdef __cpp_exceptions
        source.throw_step_error();
#endif
    }

    void finish() noexcept {
        if (source_ != nullptr) {
            source_->range_ = nullptr;
            std::exchange(source_, nullptr)->release();
        }
    }

    Event slot_{std::in_place_type<BytesMessage>};  // the cheapest to make
    detail::EventSource* source_;
    std::error_code* code_;
    bool started_ = false;
};

namespace detail {

inline void EventSource::end_range() noexcept {
    if (range_ != nullptr) {
        std::exchange(range_, nullptr)->source_ = nullptr;
    }
}

inline void EventSource::finish_range() noexcept {
    if (range_ != nullptr) {
        range_->finish();
    }
}

}  // namespace detail
}  // namespace wsproto

#endif
