// epoll(7), level-triggered: which descriptors are ready, and for what. Knows nothing of what they
// are; each is known by a pointer of its owner's.
#ifndef WSPROTO_EXAMPLES_EPOLL_POLLER_HPP
#define WSPROTO_EXAMPLES_EPOLL_POLLER_HPP

#include "../posix_socket.hpp"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

/// A closed descriptor leaves by itself.
class Poller {
  public:
    Poller() : epoll_{::epoll_create1(EPOLL_CLOEXEC)} {
        if (!epoll_.is_open()) throw posix::system_error("epoll_create1");
    }

    void add(int descriptor, std::uint32_t interest, void* owner) {
        control(EPOLL_CTL_ADD, descriptor, interest, owner);
    }

    /// `interest` may be empty: then only errors are reported, and that the peer is gone.
    void change(int descriptor, std::uint32_t interest, void* owner) {
        control(EPOLL_CTL_MOD, descriptor, interest, owner);
    }

    void remove(int descriptor) { control(EPOLL_CTL_DEL, descriptor, 0, nullptr); }

    /// What is ready within `patience`, which is rounded up: a time limit has passed when it ends.
    [[nodiscard]] std::span<const epoll_event> wait(std::chrono::nanoseconds patience) {
        const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(patience);
        const int count =
            ::epoll_wait(epoll_.descriptor(), events_.data(), static_cast<int>(events_.size()),
                         static_cast<int>(rounded.count()));
        if (count < 0 && errno != EINTR) throw posix::system_error("epoll_wait");
        return std::span{events_}.first(static_cast<std::size_t>(count < 0 ? 0 : count));
    }

  private:
    void control(int operation, int descriptor, std::uint32_t interest, void* owner) {
        epoll_event event{};
        event.events = interest;
        event.data.ptr = owner;
        if (::epoll_ctl(epoll_.descriptor(), operation, descriptor, &event) != 0) {
            throw posix::system_error("epoll_ctl");
        }
    }

    posix::Socket epoll_;
    std::array<epoll_event, 256> events_{};
};

#endif
