// Our server for the clients of others, one connection at a time. What it does stands in
// CMakeLists.txt. A mistake of a client ends it, with status 1.
//
//   server plain|deflate|limited
#include "patient_socket.hpp"

#include <wsproto/wsproto.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace {

using namespace std::string_literals;
using wsproto::as_bytes;
using wsproto::BytesMessage;
using wsproto::TextMessage;

class Visit {
  public:
    Visit(posix::Socket socket, std::string_view mode) : socket_{std::move(socket)}, mode_{mode} {}

    void run() {
        wsproto::Bytes buffer(64 * 1024);
        while (!ws_.should_close_transport()) {
            const std::size_t count = receive(socket_, buffer);
            if (count == 0) {
                ws_.receive_eof();
            } else {
                ws_.receive_data_in_place(wsproto::MutableBytesView{buffer}.first(count));
            }
            for (const wsproto::Event& event : ws_.events()) {
                std::visit([&](const auto& any) { answer(any); }, event);
                if (const auto response = ws_.response_to(event)) send(*response);
            }
        }
        ::shutdown(socket_.descriptor(), SHUT_WR);
        while (receive(socket_, buffer) != 0) {
        }
    }

  private:
    template <typename E>
    void send(const E& event) {
        send_all(socket_, ws_.send(event));
    }

    template <typename Message>
    void echo(const Message& message) {
        wsproto::Bytes scratch;
        const auto frame = ws_.send_gather(message, scratch);
        send_all(socket_, frame.header());
        send_all(socket_, frame.payload());
    }

    void answer(const wsproto::Request& request) {
        if (request.target == "/refuse") return refuse();
        wsproto::AcceptConnection accept;
        if (std::ranges::find(request.subprotocols, "interop") != request.subprotocols.end()) {
            accept.subprotocol = "interop";
        }
        const auto deflate = std::make_shared<wsproto::PerMessageDeflate>(deflate_options());
        if (mode_ != "plain") accept.extensions.push_back(deflate);
        send(accept);
        if (deflate->enabled() != (mode_ != "plain")) {
            throw std::runtime_error{"deflate was not agreed on"};
        }
        if (request.target.starts_with("/greet")) send(TextMessage{.data = "welcome"});
    }

    [[nodiscard]] wsproto::DeflateOptions deflate_options() const {
        if (mode_ != "limited") return {};
        return {.client_no_context_takeover = true,
                .client_max_window_bits = 10,
                .server_no_context_takeover = true,
                .server_max_window_bits = 10};
    }

    void refuse() {
        send(wsproto::RejectConnection{
            .status_code = 404, .headers = {{"Content-Type", "text/plain"}}, .has_body = true});
        send(wsproto::RejectData{.data = as_bytes("Nothing is "), .body_finished = false});
        send(wsproto::RejectData{.data = as_bytes("echoed here.\n")});
    }

    void answer(const TextMessage& message) {
        if (message.data == "please ping") {
            send(wsproto::Ping{.payload = as_bytes("are you there?")});
        } else if (message.data == "please close") {
            send(wsproto::CloseConnection{wsproto::CloseReason{4002}, "as you wish ☂"});
        } else if (message.data == "please fragment") {
            send_fragments(false);
        } else if (message.data == "please fragment around pings") {
            send_fragments(true);
        } else {
            echo(message);
        }
    }

    void answer(const BytesMessage& message) { echo(message); }

    void answer(const wsproto::Pong& pong) {
        if (wsproto::as_text(pong.payload) == "are you there?") {
            send(TextMessage{.data = "there you are"});
        }
    }

    void answer(const wsproto::CloseConnection& close) {
        if (close.code == wsproto::CloseReason::AbnormalClosure) {
            throw std::runtime_error{"the client went without a Close"};
        }
    }

    template <typename Other>
    void answer(const Other&) {}

    void send_fragments(bool pings) {
        static constexpr std::array pieces = {"one ", "two ", "", "three ☃"};
        for (std::size_t index = 0; index != pieces.size(); ++index) {
            if (pings && index != 0) {
                const std::string payload = "between " + std::to_string(index);
                send(wsproto::Ping{.payload = as_bytes(payload)});
            }
            send(
                TextMessage{.data = pieces[index], .message_finished = index + 1 == pieces.size()});
        }
        send(BytesMessage{.data = as_bytes("\0\1"s), .message_finished = false});
        send(BytesMessage{.data = as_bytes("\2\xFF"s)});
    }

    posix::Socket socket_;
    std::string_view mode_;
    wsproto::WSConnection ws_{wsproto::ConnectionType::Server,
                              {.delivery = wsproto::Delivery::Messages}};
};

[[noreturn]] void serve(std::string_view mode) {
    const posix::Socket listener = posix::listen_on({"127.0.0.1", "0"});
    std::cout << "listening on " << posix::local_address(listener) << std::endl;
    for (;;) {
        pollfd waiting{listener.descriptor(), POLLIN, 0};
        ::poll(&waiting, 1, -1);
        posix::Socket socket{::accept(listener.descriptor(), nullptr, nullptr)};
        if (!socket.is_open()) throw posix::system_error("accept");
        posix::prepare(socket);
        Visit{std::move(socket), mode}.run();
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: server plain|deflate|limited\n";
        return 2;
    }
    try {
        serve(argv[1]);
    } catch (const std::exception& error) {
        std::cout << "FAILED: " << error.what() << std::endl;
        return 1;
    }
}
