// The loop of the epoll server: it waits, finds out who has something to do, serves them one after
// the other, and drops who is out of time. What is done for one client stands in session.hpp.
#ifndef WSPROTO_EXAMPLES_EPOLL_SERVER_HPP
#define WSPROTO_EXAMPLES_EPOLL_SERVER_HPP

#include "../posix_socket.hpp"
#include "../stop_signal.hpp"
#include "counters.hpp"
#include "listener.hpp"
#include "options.hpp"
#include "poller.hpp"
#include "sessions.hpp"
#include "workspace.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <utility>
#include <vector>

/// Runs until a signal stops it.
class EpollServer {
  public:
    explicit EpollServer(ServerOptions options) : options_{std::move(options)} {
        poller_.add(stop_signal_.descriptor(), EPOLLIN, &stop_signal_);
    }

    void run() {
        std::cout << "listening on " << listener_.address() << std::endl;
        while (!stopping_ || sessions_.size() != 0) {
            turn();
        }
        std::cout << "stopped" << std::endl;
    }

  private:
    void turn() {
        const auto events = poller_.wait(patience());
        now_ = Clock::now();
        for (const epoll_event& event : events) {
            dispatch(event);
        }
        expire();
        serve_queue();
        listener_.resume_if_due(now_);
        if (options_.stats) stats_.print_if_due(now_, work_.counters, sessions_.size());
    }

    // How long nothing has to be done if no socket becomes ready.
    [[nodiscard]] std::chrono::nanoseconds patience() const {
        if (!queue_.empty()) return std::chrono::nanoseconds{0};
        const auto now = Clock::now();
        auto next = std::min(sessions_.next_deadline(), now + std::chrono::seconds{60});
        if (const auto end = listener_.pause_end()) next = std::min(next, *end);
        if (options_.stats) next = std::min(next, stats_.due());
        return std::max(next - now, Clock::duration::zero());
    }

    void dispatch(const epoll_event& event) {
        if (event.data.ptr == &stop_signal_) return stop();
        if (event.data.ptr == &listener_) return accept_clients();
        Client& client = *static_cast<Client*>(event.data.ptr);
        // What went wrong, the next read or write tells.
        client.readable = (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0;
        enqueue(client);
    }

    void enqueue(Client& client) {
        if (!std::exchange(client.queued, true)) queue_.push_back(&client);
    }

    void accept_clients() {
        const bool accepted = listener_.accept_some([&](posix::Socket socket) {
            Client& client = sessions_.add(now_, std::move(socket), options_, work_);
            client.interest = client.session.interest();
            poller_.add(client.session.descriptor(), client.interest, &client);
        });
        work_.counters.not_accepted += accepted ? 0 : 1;
    }

    // An idle client is told so; the others are not waited for any longer.
    void expire() {
        for (const auto limit : {TimeLimit::Opening, TimeLimit::Idle, TimeLimit::Closing}) {
            while (Client* const client = sessions_.overdue(limit, now_)) {
                ++work_.counters.timed_out;
                sessions_.restart(*client, TimeLimit::Closing, now_);
                client->session.go_away();
                enqueue(*client);
            }
        }
    }

    // Those with more to do than fits in one turn are in the next queue again. Only here a client
    // leaves: nobody else knows its address any more.
    void serve_queue() {
        serving_.swap(queue_);
        for (Client* const client : serving_) {
            client->queued = false;
            serve(*client);
        }
        serving_.clear();
    }

    void serve(Client& client) {
        const bool readable = std::exchange(client.readable, false);
        const bool moved = !client.session.is_finished() && client.session.serve(readable);
        if (client.session.is_finished()) return sessions_.erase(client);
        sessions_.update(client, moved, now_);
        if (client.session.is_ready()) enqueue(client);
        const std::uint32_t interest = client.session.interest();
        if (interest == std::exchange(client.interest, interest)) return;
        poller_.change(client.session.descriptor(), interest, &client);
    }

    void stop() {
        stopping_ = true;
        poller_.remove(stop_signal_.descriptor());
        listener_.close();
        sessions_.for_each([&](Client& client) {
            client.session.go_away();
            enqueue(client);
        });
    }

    ServerOptions options_;
    StopSignal stop_signal_{};
    Poller poller_{};
    Listener listener_{options_, poller_};
    Workspace work_{};
    Sessions sessions_{options_};
    std::vector<Client*> queue_{};
    std::vector<Client*> serving_{};
    StatsLine stats_{};
    Clock::time_point now_ = Clock::now();
    bool stopping_ = false;
};

#endif
