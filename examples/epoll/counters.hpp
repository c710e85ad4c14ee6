// What happened on a server, in numbers, and a line that tells it once a second.
#ifndef WSPROTO_EXAMPLES_EPOLL_COUNTERS_HPP
#define WSPROTO_EXAMPLES_EPOLL_COUNTERS_HPP

#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <utility>

/// Since the start.
struct Counters {
    std::uint64_t opened = 0;        ///< Handshakes that were accepted.
    std::uint64_t refused = 0;       ///< Handshakes that were not.
    std::uint64_t failed = 0;        ///< Clients that broke the protocol once open.
    std::uint64_t lost = 0;          ///< Transports that failed, or ended without a Close.
    std::uint64_t timed_out = 0;     ///< Time limits that were reached.
    std::uint64_t not_accepted = 0;  ///< How often descriptors or memory lacked.
    std::uint64_t messages = 0;
    std::uint64_t received = 0;  ///< Bytes.
    std::uint64_t sent = 0;      ///< Bytes.
};

/// How much of this program is in memory. Its file stays open: descriptors may be lacking later.
class ResidentMemory {
  public:
    [[nodiscard]] std::uint64_t kib() {
        std::uint64_t all = 0;
        std::uint64_t resident = 0;
        file_.clear();
        file_.seekg(0);
        file_ >> all >> resident;
        return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / 1024;
    }

  private:
    std::ifstream file_{"/proc/self/statm"};
};

/// Prints `name=value` pairs: rates are those of the last second, the other counts are totals.
class StatsLine {
  public:
    using Clock = std::chrono::steady_clock;

    [[nodiscard]] Clock::time_point due() const noexcept { return last_ + std::chrono::seconds{1}; }

    void print_if_due(Clock::time_point now, const Counters& counters, std::size_t connections) {
        if (now < due()) return;
        const double seconds = std::chrono::duration<double>(now - last_).count();
        const auto rate = [&](std::uint64_t total, std::uint64_t before) {
            return static_cast<std::uint64_t>(static_cast<double>(total - before) / seconds);
        };
        std::cout << "connections=" << connections
                  << " messages/s=" << rate(counters.messages, before_.messages)
                  << " received/s=" << rate(counters.received, before_.received)
                  << " sent/s=" << rate(counters.sent, before_.sent) << " rss_kib=" << memory_.kib()
                  << " opened=" << counters.opened << " refused=" << counters.refused
                  << " failed=" << counters.failed << " lost=" << counters.lost
                  << " timed_out=" << counters.timed_out
                  << " not_accepted=" << counters.not_accepted << std::endl;
        last_ = now;
        before_ = counters;
    }

  private:
    Clock::time_point last_ = Clock::now();
    Counters before_{};
    ResidentMemory memory_{};
};

#endif
