// The run of the load client: opens all connections, sends as fast as it was told to, reports, and
// closes. One thread, epoll(7).
#ifndef WSPROTO_TESTS_LOAD_LOAD_CLIENT_HPP
#define WSPROTO_TESTS_LOAD_LOAD_CLIENT_HPP

#include "load_options.hpp"
#include "load_report.hpp"
#include "load_session.hpp"
#include "message_mix.hpp"
#include "pacer.hpp"

#include <epoll/poller.hpp>
#include <posix_socket.hpp>
#include <stop_signal.hpp>
#include <wsproto/bytes.hpp>

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

class LoadClient {
  public:
    explicit LoadClient(const LoadOptions& options)
        : options_{options}, addresses_{posix::resolve(options.endpoint)} {
        poller_.add(pacer_.descriptor(), EPOLLIN, &pacer_);
        poller_.add(stop_signal_.descriptor(), EPOLLIN, &stop_signal_);
    }

    /// Returns whether every message came back, and every connection closed cleanly.
    [[nodiscard]] bool run() {
        open_all();
        start_ = phase_start_ = progress_at_ = Clock::now();
        begin_sending();
        const auto end = start_ + options_.duration;
        while (sending_ && Clock::now() < end) {
            turn(end);
            report_if_due();
        }
        sending_ = false;
        const auto seconds = seconds_since(start_);
        const std::size_t connections = count_open();
        wind_down();
        if (options_.phase.count() != 0) report_phase();
        whole_.add(tally_);
        print({"whole", 0, seconds, connections}, whole_);
        return whole_.is_good();
    }

  private:
    using Milliseconds = std::chrono::milliseconds;

    static constexpr int sends_per_turn = 64;

    // Each that is opened, or fails, lets the next one begin.
    void open_all() {
        const auto is_opening = [](const auto& session) { return session->is_opening(); };
        auto last_change = Clock::now();
        std::size_t oldest = 0;  // before it, none is opening
        std::size_t opening = 0;
        while (sessions_.size() != options_.connections || opening != 0) {
            while (opening < options_.opening && sessions_.size() < options_.connections) {
                open_one();
                ++opening;
            }
            turn(Clock::now() + Milliseconds{100});
            while (oldest != sessions_.size() && !is_opening(sessions_[oldest])) {
                ++oldest;
            }
            const auto from = sessions_.begin() + static_cast<std::ptrdiff_t>(oldest);
            const auto now_opening =
                static_cast<std::size_t>(std::count_if(from, sessions_.end(), is_opening));
            if (std::exchange(opening, now_opening) != now_opening) last_change = Clock::now();
            if (Clock::now() - last_change > options_.patience) {
                throw std::runtime_error{"the server does not answer the handshakes"};
            }
        }
    }

    void open_one() {
        const addrinfo& address = *addresses_;
        posix::Socket socket = posix::open_socket(address);
        if (!socket.is_open()) throw posix::system_error("socket");
        if (::connect(socket.descriptor(), address.ai_addr, address.ai_addrlen) != 0 &&
            errno != EINPROGRESS) {
            throw posix::system_error("connect");
        }
        sessions_.push_back(std::make_unique<LoadSession>(std::move(socket), options_, tally_));
        LoadSession& session = *sessions_.back();
        session.interest = session.wanted_interest();
        poller_.add(session.descriptor(), session.interest, &session);
    }

    void begin_sending() {
        sending_ = true;
        if (options_.rate != 0) return pacer_.start(options_.rate);
        for (const auto& session : sessions_) {
            refill(*session);
        }
    }

    // Waits for at most a while, and does what there is to do.
    void turn(Clock::time_point until) {
        const auto left = std::max(until - Clock::now(), Clock::duration::zero());
        for (const epoll_event& event :
             poller_.wait(std::min<Clock::duration>(left, Milliseconds{100}))) {
            if (event.data.ptr == &pacer_) {
                pacer_.acknowledge();
            } else if (event.data.ptr == &stop_signal_) {
                poller_.remove(stop_signal_.descriptor());
                sending_ = false;
            } else {
                serve(*static_cast<LoadSession*>(event.data.ptr), event.events);
            }
        }
        if (sending_ && options_.rate != 0) send_due();
    }

    void serve(LoadSession& session, std::uint32_t events) {
        if (session.is_done()) return;
        session.serve(events, buffer_);
        if (sending_ && options_.rate == 0) refill(session);
        update(session);
    }

    void update(LoadSession& session) {
        if (session.is_done()) return poller_.remove(session.descriptor());
        const auto wanted = session.wanted_interest();
        if (std::exchange(session.interest, wanted) == wanted) return;
        poller_.change(session.descriptor(), wanted, &session);
    }

    void refill(LoadSession& session) {
        while (session.is_open() && session.awaited() < options_.in_flight) {
            session.send(mix_.next(), Clock::now());
        }
    }

    // By turns. When all have too much on the way already, what is due stays due; when much is due,
    // echoes are read in between.
    void send_due() {
        for (int count = 0; count != sends_per_turn && pacer_.is_due(Clock::now()); ++count) {
            LoadSession* const session = next_with_room();
            if (session == nullptr) break;
            session->send(mix_.next(), pacer_.take());
            update(*session);
        }
        pacer_.arm();
    }

    [[nodiscard]] LoadSession* next_with_room() {
        for (std::size_t tries = 0; tries != sessions_.size(); ++tries) {
            LoadSession& session = *sessions_[turn_of_];
            turn_of_ = (turn_of_ + 1) % sessions_.size();
            if (session.is_open() && session.awaited() < options_.in_flight) return &session;
        }
        return nullptr;
    }

    template <typename Pending>
    void await_none(Pending is_pending) {
        const auto end = Clock::now() + options_.patience;
        while (Clock::now() < end && std::any_of(sessions_.begin(), sessions_.end(), is_pending)) {
            turn(end);
        }
    }

    // The last echoes, then the closing handshakes.
    void wind_down() {
        await_none([](const auto& session) { return session->awaited() != 0; });
        for (const auto& session : sessions_) {
            if (session->is_done()) continue;
            session->close();
            update(*session);
        }
        await_none([](const auto& session) { return !session->is_done(); });
        for (const auto& session : sessions_) {
            session->give_up();
        }
    }

    [[nodiscard]] std::size_t count_open() const {
        return static_cast<std::size_t>(
            std::count_if(sessions_.begin(), sessions_.end(),
                          [](const auto& session) { return session->is_open(); }));
    }

    void report_if_due() {
        const auto now = Clock::now();
        if (options_.phase.count() != 0 && now - phase_start_ >= options_.phase) report_phase();
        if (options_.quiet || now - progress_at_ < std::chrono::seconds{1}) return;
        progress_at_ = now;
        std::cerr << "load_client: ";
        Tally sum = whole_;
        sum.add(tally_);
        print_text(std::cerr, {"so far", phase_number_, seconds_since(start_), count_open()}, sum);
    }

    void report_phase() {
        print({"phase", phase_number_++, seconds_since(phase_start_), count_open()}, tally_);
        whole_.add(tally_);
        tally_ = Tally{};
        phase_start_ = Clock::now();
    }

    void print(const ReportHead& head, const Tally& tally) const {
        (options_.json ? print_json : print_text)(std::cout, head, tally);
    }

    [[nodiscard]] static double seconds_since(Clock::time_point start) {
        return std::chrono::duration<double>(Clock::now() - start).count();
    }

    const LoadOptions& options_;
    posix::Addresses addresses_;
    StopSignal stop_signal_{};
    Poller poller_{};
    Pacer pacer_{};
    MessageMix mix_{options_};
    Tally tally_{};  // of the phase
    Tally whole_{};  // of those before it
    std::vector<std::unique_ptr<LoadSession>> sessions_{};
    wsproto::Bytes buffer_ = wsproto::Bytes(256 * 1024);
    std::size_t turn_of_ = 0;
    std::size_t phase_number_ = 0;
    Clock::time_point start_{};
    Clock::time_point phase_start_{};
    Clock::time_point progress_at_{};
    bool sending_ = false;
};

#endif
