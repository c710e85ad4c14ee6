// What the echo client says to a server, and what it makes of the answers: one message after the
// other, each compared with its echo, then the closing handshake. It waits with poll(2).
#ifndef WSPROTO_EXAMPLES_ECHO_DIALOGUE_HPP
#define WSPROTO_EXAMPLES_ECHO_DIALOGUE_HPP

#include "client_connection.hpp"
#include "client_failure.hpp"
#include "client_request.hpp"
#include "echo_check.hpp"
#include "echo_client_options.hpp"
#include "fragments.hpp"
#include "message_source.hpp"
#include "posix_socket.hpp"
#include "transcript.hpp"

#include <wsproto/wsproto.hpp>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
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
          connection_{std::move(socket), options_.timeout},
          source_{options_.messages.empty() ? MessageSource{STDIN_FILENO}
                                            : MessageSource{std::move(options_.messages)}} {}

    /// Throws unless all messages came back.
    void run() {
        request();
        while (!is_finished()) {
            if (is_idle()) start_next();
            connection_.flush();
            wait();
        }
        transcript_.line("finished", counted(echoed_, "message") + " echoed; on the wire " +
                                         traffic(connection_.written(), connection_.read()));
        if (!says_goodbye_) throw Failure{Exit::Protocol, "the server closed too early"};
    }

  private:
    static constexpr std::size_t longest_body = 64 * 1024;

    void request() {
        const wsproto::Request request = client_request(options_);
        connection_.send(request);
        transcript_.line("sent", "request for " + request.target + " at " + request.host);
    }

    [[nodiscard]] bool is_finished() const noexcept {
        return connection_.ended() || connection_.ws().should_close_transport();
    }

    /// Open, and nothing is awaited.
    [[nodiscard]] bool is_idle() const {
        return connection_.ws().state() == wsproto::ConnectionState::Open && !awaited_ &&
               !awaits_pong_;
    }

    void start_next() {
        if (std::exchange(options_.ping, false)) return ping();
        if (auto message = source_.next()) return send_message(std::move(*message));
        if (source_.exhausted()) say_goodbye();
    }

    void ping() {
        awaits_pong_ = true;
        connection_.send(wsproto::Ping{.payload = ping_payload()});
        transcript_.line("sent", "ping, " + preview_text(wsproto::as_text(ping_payload())));
    }

    static wsproto::BytesView ping_payload() { return wsproto::as_bytes("are you there?"); }

    void say_goodbye() {
        says_goodbye_ = true;
        connection_.send(wsproto::CloseConnection{.reason = "done"});
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
        written_before_ = connection_.written();
        read_before_ = connection_.read();
    }

    [[nodiscard]] std::size_t next_fragment(std::string_view rest) const {
        const std::size_t limit = options_.fragment_size;
        if (limit == 0 || limit >= rest.size()) return rest.size();
        return options_.binary ? limit : code_point_boundary(rest, limit);
    }

    void send_fragment(std::string_view data, bool last) {
        if (options_.binary) {
            connection_.send(
                wsproto::BytesMessage{.data = wsproto::as_bytes(data), .message_finished = last});
        } else {
            connection_.send(wsproto::TextMessage{.data = data, .message_finished = last});
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
        std::array polled{connection_.polled(),
                          pollfd{reads_messages ? source_.descriptor() : -1, POLLIN, 0}};
        const int ready = ::poll(polled.data(), static_cast<nfds_t>(polled.size()),
                                 reads_messages ? -1 : connection_.patience());
        if (ready == 0) return connection_.give_up();
        if (polled[0].revents != 0) receive();
        if (polled[1].revents != 0) source_.read();
    }

    void receive() {
        connection_.receive();
        try {
            for (const wsproto::Event& event : connection_.ws().events()) {
                std::visit([this](const auto& any) { take(any); }, event);
                connection_.respond(event);
            }
        } catch (const wsproto::RemoteProtocolError& error) {
            connection_.fail_gently(error);
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
        transcript_.line("",
                         "equal; on the wire " + traffic(connection_.written() - written_before_,
                                                         connection_.read() - read_before_));
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
        transcript_.line("received", describe_close(close));
    }

    EchoClientOptions options_;
    Transcript transcript_;
    ClientConnection connection_;
    MessageSource source_;
    std::optional<EchoCheck> awaited_{};
    std::string refusal_{};
    std::string body_{};  // of the refusal
    std::size_t echoed_ = 0;
    std::size_t written_before_ = 0;  // what is awaited was sent
    std::size_t read_before_ = 0;
    bool awaits_pong_ = false;
    bool says_goodbye_ = false;
};

#endif
