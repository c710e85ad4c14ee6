// Our client's end of a WebSocket, for scripts: send an event, then take what the server did, one
// line of text for each thing. Pieces of messages are joined; pings and closes are answered.
#ifndef WSPROTO_TESTS_INTEROP_SESSION_HPP
#define WSPROTO_TESTS_INTEROP_SESSION_HPP

#include "patient_socket.hpp"

#include <wsproto/wsproto.hpp>

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

class Session {
  public:
    explicit Session(posix::Socket socket) : socket_{std::move(socket)} {}

    template <typename E>
    void send(const E& event) {
        send_all(socket_, ws_.send(event));
    }

    void send_in_one_write(const std::vector<wsproto::Event>& events) {
        wsproto::Bytes out;
        for (const auto& event : events) {
            ws_.send(event, out);
        }
        send_all(socket_, out);
    }

    /// "accept SUBPROTOCOL", "reject STATUS", "body …", "text …", "binary …", "ping …", "pong …",
    /// "close CODE REASON", or "end" once it is this side's turn to close the transport.
    [[nodiscard]] std::string next() {
        while (lines_.empty() && !ws_.should_close_transport()) {
            receive_some();
        }
        if (lines_.empty()) return "end";
        std::string line = std::move(lines_.front());
        lines_.pop_front();
        return line;
    }

  private:
    void receive_some() {
        const std::size_t count = receive(socket_, buffer_);
        if (count == 0) {
            ws_.receive_eof();
        } else {
            ws_.receive_data_in_place(wsproto::MutableBytesView{buffer_}.first(count));
        }
        for (const wsproto::Event& event : ws_.events()) {
            std::visit([&](const auto& any) { note(any); }, event);
            if (const auto response = ws_.response_to(event)) send(*response);
        }
    }

    void note(const wsproto::Request&) { lines_.emplace_back("request"); }

    void note(const wsproto::AcceptConnection& accept) {
        lines_.push_back("accept " + accept.subprotocol.value_or(""));
    }

    void note(const wsproto::RejectConnection& reject) {
        lines_.push_back("reject " + std::to_string(reject.status_code));
    }

    void note(const wsproto::RejectData& body) {
        join("body ", wsproto::as_text(body.data), body.body_finished);
    }

    void note(const wsproto::TextMessage& message) {
        join("text ", message.data, message.message_finished);
    }

    void note(const wsproto::BytesMessage& message) {
        join("binary ", wsproto::as_text(message.data), message.message_finished);
    }

    void note(const wsproto::Ping& ping) {
        lines_.push_back("ping " + std::string{wsproto::as_text(ping.payload)});
    }

    void note(const wsproto::Pong& pong) {
        lines_.push_back("pong " + std::string{wsproto::as_text(pong.payload)});
    }

    void note(const wsproto::CloseConnection& close) {
        lines_.push_back("close " + std::to_string(static_cast<unsigned>(close.code)) + ' ' +
                         close.reason);
    }

    void join(std::string_view kind, std::string_view piece, bool finished) {
        joined_ += piece;
        if (finished) lines_.push_back(std::string{kind} + std::exchange(joined_, {}));
    }

    posix::Socket socket_;
    wsproto::WSConnection ws_{wsproto::ConnectionType::Client};
    wsproto::Bytes buffer_ = wsproto::Bytes(64 * 1024);
    std::deque<std::string> lines_{};
    std::string joined_{};  // the message, or body, that is arriving
};

#endif
