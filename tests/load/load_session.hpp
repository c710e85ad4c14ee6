// One connection of the load client: opens, sends what it is told to, compares what comes back, and
// closes. When to send what is not known here.
#ifndef WSPROTO_TESTS_LOAD_LOAD_SESSION_HPP
#define WSPROTO_TESTS_LOAD_LOAD_SESSION_HPP

#include "load_options.hpp"
#include "load_report.hpp"
#include "message_mix.hpp"

#include <fragments.hpp>
#include <outbox.hpp>
#include <posix_socket.hpp>
#include <wsproto/wsproto.hpp>

#include <sys/epoll.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>

using Clock = std::chrono::steady_clock;

/// Counts in a tally that its owner may change between two calls.
class LoadSession {
  public:
    /// `socket` may still be connecting.
    LoadSession(posix::Socket socket, const LoadOptions& options, Tally& tally)
        : socket_{std::move(socket)}, options_{options}, tally_{tally} {
        wsproto::Request request{.host = options.endpoint.host, .target = "/"};
        if (options.deflate) {
            request.extensions.push_back(std::make_shared<wsproto::PerMessageDeflate>());
        }
        ws_.send(request, outbox_.bytes());
    }

    std::uint32_t interest = 0;  ///< What the poller was told.

    [[nodiscard]] int descriptor() const noexcept { return socket_.descriptor(); }
    [[nodiscard]] bool is_done() const noexcept { return done_; }
    [[nodiscard]] bool is_opening() const noexcept {
        return !done_ && ws_.state() == wsproto::ConnectionState::Connecting;
    }
    [[nodiscard]] bool is_open() const noexcept {
        return !done_ && ws_.state() == wsproto::ConnectionState::Open;
    }
    [[nodiscard]] std::size_t awaited() const noexcept { return awaited_.size(); }

    [[nodiscard]] std::uint32_t wanted_interest() const noexcept {
        return std::uint32_t{EPOLLIN} | (outbox_.pending() != 0 ? std::uint32_t{EPOLLOUT} : 0);
    }

    /// The socket is ready for what `events` says.
    void serve(std::uint32_t events, wsproto::MutableBytesView buffer) {
        try {
            if ((events & EPOLLOUT) != 0) outbox_.flush(socket_);
            if ((events & ~std::uint32_t{EPOLLOUT}) != 0) read(buffer);
        } catch (const std::exception&) {
            fail();
        }
    }

    /// Its time runs from `due`.
    void send(const PlannedMessage& message, Clock::time_point due) {
        try {
            if (message.binary) {
                send_frames(message, [](std::string_view piece) {
                    return wsproto::BytesMessage{.data = wsproto::as_bytes(piece)};
                });
            } else {
                send_frames(message, [](std::string_view piece) {
                    return wsproto::TextMessage{.data = piece};
                });
            }
            awaited_.push_back({message, due, 0, true});
            outbox_.flush(socket_);
        } catch (const std::exception&) {
            fail();
        }
    }

    /// Begins the closing handshake.
    void close() {
        if (!is_open()) return;
        closing_ = true;
        try {
            ws_.send(wsproto::CloseConnection{}, outbox_.bytes());
            outbox_.flush(socket_);
        } catch (const std::exception&) {
            fail();
        }
    }

    /// What it still waits for does not come.
    void give_up() {
        if (!done_) fail();
    }

  private:
    struct Awaited {
        PlannedMessage message;
        Clock::time_point due;
        std::size_t received = 0;
        bool equal = true;
    };

    static constexpr std::size_t slack = 64;

    void read(wsproto::MutableBytesView buffer) {
        const auto count = posix::receive_some(socket_, buffer.first(buffer.size() - slack));
        if (!count) return;
        if (*count == 0) {
            ws_.receive_eof();
        } else {
            ws_.receive_data_in_place(buffer.first(*count), buffer.size() - *count);
        }
        for (const wsproto::Event& event : ws_.events()) {
            std::visit([&](const auto& any) { take(any); }, event);
            if (done_) return;
        }
        outbox_.flush(socket_);
        if (*count == 0) finish();
    }

    void take(const wsproto::AcceptConnection& accepted) {
        accepted_ = !options_.deflate || !accepted.extensions.empty();
        if (!accepted_) fail();
    }

    void take(const wsproto::TextMessage& text) {
        compare(text.data, false, text.message_finished);
    }

    void take(const wsproto::BytesMessage& data) {
        compare(wsproto::as_text(data.data), true, data.message_finished);
    }

    void take(const wsproto::Ping& ping) { ws_.send(ping.response(), outbox_.bytes()); }

    void take(const wsproto::CloseConnection&) {
        if (!closing_) fail();
    }

    // A refusal, and what nobody asked for.
    template <typename Other>
    void take(const Other&) {
        fail();
    }

    void compare(std::string_view piece, bool binary, bool finished) {
        if (awaited_.empty()) return fail();
        Awaited& front = awaited_.front();
        const std::string_view expected =
            front.message.content.substr(front.received, piece.size());
        front.equal = front.equal && front.message.binary == binary && expected == piece;
        front.received += expected.size();
        if (!finished) return;
        if (front.equal && front.received == front.message.content.size()) {
            tally_.latency.record(Clock::now() - front.due);
            tally_.bytes += front.received;
        } else {
            ++tally_.altered;
        }
        awaited_.pop_front();
    }

    template <typename MakeEvent>
    void send_frames(const PlannedMessage& message, MakeEvent make_event) {
        const std::size_t most = message.content.size() / message.frames + 1;
        std::string_view rest = message.content;
        for (std::size_t frame = 1; frame <= message.frames; ++frame) {
            const bool last = frame == message.frames;
            const std::size_t size = last || rest.empty() ? rest.size()
                                     : message.binary     ? std::min(most, rest.size())
                                                          : code_point_boundary(rest, most);
            auto event = make_event(rest.substr(0, size));
            event.message_finished = last;
            ws_.send(event, outbox_.bytes());
            rest.remove_prefix(size);
        }
    }

    void finish() {
        if (!closing_ || !awaited_.empty()) return fail();
        done_ = true;
    }

    void fail() {
        if (done_) return;
        done_ = true;
        ++(!accepted_ ? tally_.never_opened : closing_ ? tally_.unclean : tally_.failed);
        tally_.lost += awaited_.size();
        awaited_.clear();
    }

    posix::Socket socket_;
    const LoadOptions& options_;
    Tally& tally_;
    wsproto::WSConnection ws_{wsproto::ConnectionType::Client};
    Outbox outbox_{};
    std::deque<Awaited> awaited_{};
    bool accepted_ = false;
    bool closing_ = false;
    bool done_ = false;
};

#endif
