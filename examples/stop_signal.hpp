// SIGINT and SIGTERM as something to poll for: the well-known pipe to oneself. One object per
// program.
#ifndef WSPROTO_EXAMPLES_STOP_SIGNAL_HPP
#define WSPROTO_EXAMPLES_STOP_SIGNAL_HPP

#include "posix_socket.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

/// Becomes readable when the program is asked to stop. The second request ends it at once.
class StopSignal {
  public:
    StopSignal() {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) throw posix::system_error("pipe");
        read_end_ = posix::Socket{ends[0]};
        write_end_ = posix::Socket{ends[1]};
        descriptor_to_write = ends[1];
        std::signal(SIGINT, &StopSignal::receive);
        std::signal(SIGTERM, &StopSignal::receive);
    }

    [[nodiscard]] int descriptor() const noexcept { return read_end_.descriptor(); }

  private:
    static void receive(int) {
        const int error = errno;
        std::signal(SIGINT, SIG_DFL);
        std::signal(SIGTERM, SIG_DFL);
        static_cast<void>(::write(descriptor_to_write, "", 1) == 1);
        errno = error;
    }

    static inline volatile std::sig_atomic_t descriptor_to_write = -1;

    posix::Socket read_end_{};
    posix::Socket write_end_{};
};

#endif
