// All clients of the epoll server, each under one time limit. Those under the same limit stand in
// the order in which it ends: giving one its time anew, and finding who is out of time, takes a
// step.
#ifndef WSPROTO_EXAMPLES_EPOLL_SESSIONS_HPP
#define WSPROTO_EXAMPLES_EPOLL_SESSIONS_HPP

#include "../posix_socket.hpp"
#include "options.hpp"
#include "session.hpp"
#include "workspace.hpp"

#include <wsproto/connection_state.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <utility>

using Clock = std::chrono::steady_clock;

/// Why a client may be dropped.
enum class TimeLimit : std::uint8_t { Opening, Idle, Closing };

/// A session, and what the server knows of it. Its address stays.
struct Client {
    Client(posix::Socket socket, const ServerOptions& options, Workspace& work)
        : session{std::move(socket), options, work} {}

    Session session;
    std::list<Client>::iterator position{};
    Clock::time_point deadline{};
    TimeLimit limit = TimeLimit::Opening;
    std::uint32_t interest = 0;  ///< What the poller was told.
    bool queued = false;         ///< It is to be served in this turn.
    bool readable = false;
};

/// The clients; at most one time limit holds for each.
class Sessions {
  public:
    explicit Sessions(const ServerOptions& options)
        : durations_{options.time_to_open, options.time_to_idle, options.time_to_close} {}

    [[nodiscard]] std::size_t size() const noexcept {
        return lists_[0].size() + lists_[1].size() + lists_[2].size();
    }

    /// A new one has the time for its opening handshake.
    template <typename... Arguments>
    Client& add(Clock::time_point now, Arguments&&... arguments) {
        std::list<Client>& opening = list(TimeLimit::Opening);
        Client& client = opening.emplace_back(std::forward<Arguments>(arguments)...);
        client.position = std::prev(opening.end());
        restart(client, TimeLimit::Opening, now);
        return client;
    }

    /// Gives it the time that its state allows. Idle is who moves no byte; the others may not
    /// stretch their time by moving some.
    void update(Client& client, bool moved, Clock::time_point now) {
        const auto state = client.session.state();
        const TimeLimit limit = state == wsproto::ConnectionState::Connecting ? TimeLimit::Opening
                                : state == wsproto::ConnectionState::Open     ? TimeLimit::Idle
                                                                              : TimeLimit::Closing;
        const bool renewed = limit == TimeLimit::Idle && moved;
        if (limit != client.limit || renewed) restart(client, limit, now);
    }

    /// Starts the time of `limit`, whatever held before.
    void restart(Client& client, TimeLimit limit, Clock::time_point now) {
        std::list<Client>& to = list(limit);
        to.splice(to.end(), list(client.limit), client.position);
        client.limit = limit;
        client.deadline = now + durations_[static_cast<std::size_t>(limit)];
    }

    void erase(Client& client) { list(client.limit).erase(client.position); }

    /// Who is out of time under this limit, or null.
    [[nodiscard]] Client* overdue(TimeLimit limit, Clock::time_point now) {
        std::list<Client>& candidates = list(limit);
        const bool any = !candidates.empty() && candidates.front().deadline <= now;
        return any ? &candidates.front() : nullptr;
    }

    [[nodiscard]] Clock::time_point next_deadline() const {
        auto next = Clock::time_point::max();
        for (const auto& each : lists_) {
            if (!each.empty()) next = std::min(next, each.front().deadline);
        }
        return next;
    }

    template <typename Action>
    void for_each(Action action) {
        for (auto& each : lists_) {
            for (Client& client : each) {
                action(client);
            }
        }
    }

  private:
    [[nodiscard]] std::list<Client>& list(TimeLimit limit) noexcept {
        return lists_[static_cast<std::size_t>(limit)];
    }

    std::array<std::list<Client>, 3> lists_{};
    std::array<std::chrono::seconds, 3> durations_;
};

#endif
