// What the echo client says to a server, and what it makes of the answers: one message after the
// other, each compared with its echo, then the closing handshake. It waits with poll(2).
#ifndef WSPROTO_EXAMPLES_ECHO_DIALOGUE_HPP
#define WSPROTO_EXAMPLES_ECHO_DIALOGUE_HPP

#include "client_failure.hpp"
#include "client_request.hpp"
#include "echo_check.hpp"
#include "echo_client_options.hpp"
#include "fragments.hpp"
#include "gentle_end.hpp"
#include "message_source.hpp"
#include "outbox.hpp"
#include "posix_socket.hpp"
#include "transcript.hpp"

#include <wsproto/wsproto.hpp>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

[[nodiscard]] inline std::string counted(std::size_t count, const std::string& noun) {
    return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

/// A client of its own, from the request to the end of the connection.
class EchoDialogue {
  public:
    EchoDialogue(EchoClientOptions options, posix::Socket socket, Transcript transcript)
        : options_{std::move(options)},
          transcript_{transcript},
          socket_{std::move(socket)},
          source_{options_.messages.empty() ? MessageSource{STDIN_FILENO}
                                            : MessageSource{std::move(options_.messages)}} {}

    /// Throws unless all messages came back.
    void run() {
        request();
        while (!finished_) {
            if (is_idle()) start_next();
            written_ += outbox_.flush(socket_);
            wait();
        }
        transcript_.line("finished", counted(echoed_, "message") + " echoed; on the wire " +
                                         traffic(written_, read_));
        if (!says_goodbye_) throw Failure{Exit::Protocol, "the server closed too early"};
    }

  private:
    static constexpr std::size_t longest_body = 64 * 1024;

    void request() {
        const wsproto::Request request = client_request(options_);
        ws_.send(request, outbox_.bytes());
        transcript_.line("sent", "request for " + request.target + " at " + request.host);
    }

    /// Open, and nothing is awaited.
    [[nodiscard]] bool is_idle() const {
        return ws_.state() == wsproto::ConnectionState::Open && !awaited_ && !awaits_pong_;
    }

    void start_next() {
        if (std::exchange(options_.ping, false)) return ping();
        if (auto message = source_.next()) return send_message(std::move(*message));
        if (source_.exhausted()) say_goodbye();
    }

    void ping() {
        awaits_pong_ = true;
        ws_.send(wsproto::Ping{.payload = ping_payload()}, outbox_.bytes());
        transcript_.line("sent", "ping, " + preview_text(wsproto::as_text(ping_payload())));
    }

    static wsproto::BytesView ping_payload() { return wsproto::as_bytes("are you there?"); }

    void say_goodbye() {
        says_goodbye_ = true;
        ws_.send(wsproto::CloseConnection{.reason = "done"}, outbox_.bytes());
        transcript_.line("sent", "close 1000 \"done\"");
    }

    void send_message(std::string message) {
        std::string_view rest = message;
        std::size_t frames = 0;
        do {
            const std::size_t size = next_fragment(rest);
            send_fragment(rest.substr(0, size), size == rest.size());
            rest.remove_prefix(size);
            ++frames;
        } while (!rest.empty());
        transcript_.line("sent", describe(message, counted(frames, "frame")));
        awaited_.emplace(std::move(message));
        written_before_ = written_;
        read_before_ = read_;
    }

    [[nodiscard]] std::size_t next_fragment(std::string_view rest) const {
        const std::size_t limit = options_.fragment_size;
        if (limit == 0 || limit >= rest.size()) return rest.size();
        return options_.binary ? limit : code_point_boundary(rest, limit);
    }

    void send_fragment(std::string_view data, bool last) {
        if (options_.binary) {
            ws_.send(
                wsproto::BytesMessage{.data = wsproto::as_bytes(data), .message_finished = last},
                outbox_.bytes());
        } else {
            ws_.send(wsproto::TextMessage{.data = data, .message_finished = last}, outbox_.bytes());
        }
    }

    [[nodiscard]] std::string describe(std::string_view message, const std::string& parts) const {
        const std::string preview =
            options_.binary ? preview_binary(wsproto::as_bytes(message)) : preview_text(message);
        return (options_.binary ? "binary, " : "text, ") + counted(message.size(), "byte") +
               " in " + parts + ": " + preview;
    }

    void wait() {
        const bool reads_messages = is_idle() && !source_.exhausted();
        std::array<pollfd, 2> polled{};
        polled[0].fd = socket_.descriptor();
        polled[0].events = static_cast<short>(outbox_.pending() != 0 ? POLLIN | POLLOUT : POLLIN);
        polled[1].fd = reads_messages ? source_.descriptor() : -1;
        polled[1].events = POLLIN;
        const std::chrono::milliseconds patience = options_.timeout;
        const int ready = ::poll(polled.data(), static_cast<nfds_t>(polled.size()),
                                 reads_messages ? -1 : static_cast<int>(patience.count()));
        if (ready == 0) return give_up();
        if (polled[0].revents != 0) receive();
        if (polled[1].revents != 0) source_.read();
    }

    // After the closing handshake the server ought to close first, but it need not be awaited.
    void give_up() {
        if (ws_.state() != wsproto::ConnectionState::Closed) {
            throw Failure{Exit::Lost, "out of time"};
        }
        finished_ = true;
    }

    void receive() {
        const auto count = posix::receive_some(socket_, buffer_);
        if (!count) return;
        read_ += *count;
        if (*count == 0) {
            ws_.receive_eof();
        } else {
            ws_.receive_data_in_place(wsproto::MutableBytesView{buffer_}.first(*count));
        }
        drain();
        finished_ = finished_ || ws_.should_close_transport();
    }

    void drain() {
        try {
            for (const wsproto::Event& event : ws_.events()) {
                std::visit([this](const auto& any) { take(any); }, event);
                if (const auto response = ws_.response_to(event)) {
                    ws_.send(*response, outbox_.bytes());
                }
            }
        } catch (const wsproto::RemoteProtocolError& error) {
            if (error.event_hint()) ws_.send(*error.event_hint(), outbox_.bytes());
            end_gently(outbox_, socket_, options_.timeout);
            throw;
        }
    }

    void take(const wsproto::Request&) {}  // no server asks a client

    void take(const wsproto::AcceptConnection& accept) const {
        std::string details = "accept";
        if (accept.subprotocol) details += ", subprotocol " + *accept.subprotocol;
        for (const auto& extension : accept.extensions) {
            details.append(", ").append(extension->name());
        }
        transcript_.line("received", details);
    }

    void take(const wsproto::RejectConnection& reject) {
        refusal_ = "refused with HTTP status " + std::to_string(reject.status_code);
        transcript_.line("received", refusal_);
        for (const auto& [name, value] : reject.headers) {
            transcript_.line("", printable(name).append(": ").append(printable(value)));
        }
    }

    void take(const wsproto::RejectData& piece) {
        body_ += wsproto::as_text(piece.data);
        if (!piece.body_finished && body_.size() < longest_body) return;
        std::istringstream lines{body_};
        for (std::string line; std::getline(lines, line);) {
            transcript_.line("body", printable(line));
        }
        throw Failure{Exit::Refused, refusal_};
    }

    void take(const wsproto::TextMessage& message) { take_piece(message, message.data); }

    void take(const wsproto::BytesMessage& message) {
        take_piece(message, wsproto::as_text(message.data));
    }

    template <typename Message>
    void take_piece(const Message& message, std::string_view piece) {
        constexpr bool is_binary = std::is_same_v<Message, wsproto::BytesMessage>;
        if (!awaited_ || is_binary != options_.binary) {
            throw Failure{Exit::Protocol, "a message came that was not sent"};
        }
        awaited_->take(piece);
        if (message.message_finished) finish_echo();
    }

    void finish_echo() {
        if (!awaited_->is_whole()) {
            throw Failure{Exit::Protocol, "the echo differs from what was sent"};
        }
        transcript_.line("received",
                         describe(awaited_->message(), counted(awaited_->pieces(), "piece")));
        transcript_.line(
            "", "equal; on the wire " + traffic(written_ - written_before_, read_ - read_before_));
        awaited_.reset();
        ++echoed_;
    }

    [[nodiscard]] static std::string traffic(std::size_t written, std::size_t read) {
        return counted(written, "byte") + " out, " + counted(read, "byte") + " in";
    }

    void take(const wsproto::Ping& ping) const {
        transcript_.line("received",
                         "ping, " + preview_text(wsproto::as_text(ping.payload)) + ", answered");
    }

    void take(const wsproto::Pong& pong) {
        transcript_.line("received", "pong, " + preview_text(wsproto::as_text(pong.payload)));
        if (std::ranges::equal(pong.payload, ping_payload())) awaits_pong_ = false;
    }

    void take(const wsproto::CloseConnection& close) const {
        if (close.code == wsproto::CloseReason::AbnormalClosure) {
            throw Failure{Exit::Lost, "the connection ended without a closing handshake"};
        }
        const std::string code = std::to_string(static_cast<unsigned>(close.code));
        transcript_.line("received", "close " + code + ' ' + preview_text(close.reason));
    }

    EchoClientOptions options_;
    Transcript transcript_;
    posix::Socket socket_;
    MessageSource source_;
    wsproto::WSConnection ws_{wsproto::ConnectionType::Client, without_limits()};
    Outbox outbox_{};
    wsproto::Bytes buffer_ = wsproto::Bytes(64 * 1024);
    std::optional<EchoCheck> awaited_{};
    std::string refusal_{};
    std::string body_{};  // of the refusal
    std::size_t echoed_ = 0;
    std::size_t written_ = 0;
    std::size_t read_ = 0;
    std::size_t written_before_ = 0;  // what is awaited was sent
    std::size_t read_before_ = 0;
    bool awaits_pong_ = false;
    bool says_goodbye_ = false;
    bool finished_ = false;
};

#endif
