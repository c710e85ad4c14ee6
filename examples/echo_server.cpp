// A WebSocket server that sends every message back: any number of clients, one thread, poll(2).
// What happens with one client stands in echo_session.hpp.
#include "command_line.hpp"
#include "echo_server_options.hpp"
#include "echo_session.hpp"
#include "posix_socket.hpp"
#include "stop_signal.hpp"

#include <wsproto/wsproto.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace {

void log_line(const std::string& what) {
    std::cout << what << std::endl;
}

EchoSettings settings_for(const EchoServerOptions& options) {
    EchoSettings settings{.options = {.limits = options.limits}, .deflate = options.deflate};
    if (options.verbose) settings.log = log_line;
    return settings;
}

class EchoServer {
  public:
    explicit EchoServer(const EchoServerOptions& options)
        : settings_{settings_for(options)}, listener_{posix::listen_on(options.endpoint)} {}

    void run() {
        std::cout << "listening on " << posix::local_address(listener_) << std::endl;
        while (!stopping_ || (!sessions_.empty() && Clock::now() < stop_deadline_)) {
            turn();
        }
        std::cout << "stopped" << std::endl;
    }

  private:
    static constexpr std::chrono::milliseconds pause_when_exhausted{100};
    static constexpr std::chrono::seconds time_to_stop{3};
    static constexpr int accepts_per_turn = 64;
    static constexpr std::size_t not_sessions = 2;  // the first entries of `polled_`

    void turn() {
        gather();
        if (::poll(polled_.data(), static_cast<nfds_t>(polled_.size()), patience()) < 0 &&
            errno != EINTR) {
            throw posix::system_error("poll");
        }
        serve_sessions();
        if (polled_[0].revents != 0) stop();
        if (polled_[1].revents != 0) accept_clients();
        std::erase_if(sessions_, [](const auto& session) { return session->is_finished(); });
    }

    // poll() skips negative descriptors.
    void gather() {
        const bool accepts = !stopping_ && Clock::now() >= accept_again_;
        polled_.clear();
        polled_.push_back({stopping_ ? -1 : stop_signal_.descriptor(), POLLIN, 0});
        polled_.push_back({accepts ? listener_.descriptor() : -1, POLLIN, 0});
        for (const auto& session : sessions_) {
            polled_.push_back({session->socket().descriptor(), session->interest(), 0});
        }
    }

    // How many milliseconds nothing has to be done if no socket becomes ready; -1: for ever.
    [[nodiscard]] int patience() const {
        const auto now = Clock::now();
        auto next = stopping_ ? stop_deadline_ : Clock::time_point::max();
        if (accept_again_ > now) next = std::min(next, accept_again_);
        for (const auto& session : sessions_) {
            next = std::min(next, session->is_ready() ? now : session->deadline());
        }
        if (next == Clock::time_point::max()) return -1;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - now);
        return static_cast<int>(std::max(left, std::chrono::milliseconds{0}).count());
    }

    void serve_sessions() {
        const auto now = Clock::now();
        for (std::size_t index = 0; index != sessions_.size(); ++index) {
            EchoSession& session = *sessions_[index];
            const bool ready = polled_[index + not_sessions].revents != 0;
            if (ready || session.is_ready()) session.serve(ready, buffer_);
            if (!session.is_finished() && session.deadline() <= now) session.expire();
        }
    }

    void accept_clients() {
        for (int count = 0; count != accepts_per_turn; ++count) {
            if (!accept_client()) return;
        }
    }

    // A client that is gone already is no reason to stop, nor is a lack of descriptors or memory:
    // then those who wait go on waiting until some are free.
    bool accept_client() {
        sockaddr_storage storage{};
        auto* const address = reinterpret_cast<sockaddr*>(&storage);
        socklen_t size = sizeof storage;
        posix::Socket socket{::accept(listener_.descriptor(), address, &size)};
        if (socket.is_open()) {
            posix::prepare(socket);
            sessions_.push_back(std::make_unique<EchoSession>(
                std::move(socket), posix::to_string(address, size), settings_));
            return true;
        }
        const int error = errno;
        if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
            settings_.log(std::string{"cannot accept: "} + std::generic_category().message(error));
            accept_again_ = Clock::now() + pause_when_exhausted;
        }
        return error == ECONNABORTED || error == EINTR;
    }

    void stop() {
        stopping_ = true;
        stop_deadline_ = Clock::now() + time_to_stop;
        listener_ = posix::Socket{};
        for (const auto& session : sessions_) {
            session->go_away();
        }
    }

    EchoSettings settings_;
    StopSignal stop_signal_{};
    posix::Socket listener_;
    std::vector<std::unique_ptr<EchoSession>> sessions_{};
    std::vector<pollfd> polled_{};
    wsproto::Bytes buffer_ = wsproto::Bytes(64 * 1024);
    Clock::time_point accept_again_{};
    Clock::time_point stop_deadline_{};
    bool stopping_ = false;
};

void print_version() {
    std::cout << "wsproto " << wsproto::version_major << '.' << wsproto::version_minor << '.'
              << wsproto::version_patch << '\n';
}

void run(int argc, char** argv) {
    const EchoServerOptions options = parse_echo_server_options(argc, argv);
    if (options.help) {
        std::cout << echo_server_help;
    } else if (options.version) {
        print_version();
    } else {
        EchoServer{options}.run();
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        std::signal(SIGPIPE, SIG_IGN);
        run(argc, argv);
        return 0;
    } catch (const UsageError& error) {
        std::cerr << "echo_server: " << error.what() << '\n';
        return 1;
    } catch (const std::exception& error) {
        std::cerr << "echo_server: " << error.what() << '\n';
        return 2;
    }
}
