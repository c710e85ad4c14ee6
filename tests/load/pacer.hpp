// When the next message is due: at even distances, whatever happened to those before. A timer of
// the kernel's wakes the loop, to the microsecond.
#ifndef WSPROTO_TESTS_LOAD_PACER_HPP
#define WSPROTO_TESTS_LOAD_PACER_HPP

#include <posix_socket.hpp>

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

class Pacer {
  public:
    using Clock = std::chrono::steady_clock;

    Pacer() : timer_{::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)} {
        if (!timer_.is_open()) throw posix::system_error("timerfd_create");
    }

    /// Readable when something is due, once armed.
    [[nodiscard]] int descriptor() const noexcept { return timer_.descriptor(); }

    /// From now on, `rate` a second.
    void start(std::uint64_t rate) {
        start_ = Clock::now();
        rate_ = rate;
        arm();
    }

    [[nodiscard]] bool is_due(Clock::time_point now) const noexcept { return due() <= now; }

    /// When the next one was due; then it is the turn of the one behind it.
    Clock::time_point take() noexcept {
        const auto result = due();
        ++taken_;
        return result;
    }

    /// Has the timer wait for the next one.
    void arm() const {
        using std::chrono::nanoseconds;
        const auto left = std::max<Clock::duration>(due() - Clock::now(), nanoseconds{1});
        const auto count = std::chrono::duration_cast<nanoseconds>(left).count();
        itimerspec when{};
        when.it_value.tv_sec = count / 1'000'000'000;
        when.it_value.tv_nsec = count % 1'000'000'000;
        ::timerfd_settime(timer_.descriptor(), 0, &when, nullptr);
    }

    void acknowledge() const {
        std::uint64_t expirations = 0;
        static_cast<void>(::read(timer_.descriptor(), &expirations, sizeof expirations) == 0);
    }

  private:
    // No error adds up: each is computed from the start.
    [[nodiscard]] Clock::time_point due() const noexcept {
        const std::chrono::duration<double> since{static_cast<double>(taken_) /
                                                  static_cast<double>(rate_)};
        return start_ + std::chrono::duration_cast<Clock::duration>(since);
    }

    posix::Socket timer_;
    Clock::time_point start_{};
    std::uint64_t rate_ = 1;
    std::uint64_t taken_ = 0;
};

#endif
