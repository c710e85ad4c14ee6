// What the server does with each event: the place to write another server. Messages are echoed
// piece by piece as they arrive, each piece as a fragment, so that no message is ever held.
#ifndef WSPROTO_EXAMPLES_EPOLL_ECHO_HPP
#define WSPROTO_EXAMPLES_EPOLL_ECHO_HPP

#include "options.hpp"
#include "transport.hpp"
#include "workspace.hpp"

#include <wsproto/wsproto.hpp>

#include <cstddef>
#include <memory>
#include <variant>

/// Answers the events of one client, in `Workspace::output` or on the transport, in order.
class Echo {
  public:
    Echo(wsproto::WSConnection& ws, Transport& transport, Workspace& work)
        : ws_{ws}, transport_{transport}, work_{work} {}

    /// Returns how many bytes of payload it had to move.
    std::size_t answer(const wsproto::Event& event, const ServerOptions& options) {
        if (const auto* const text = std::get_if<wsproto::TextMessage>(&event)) return echo(*text);
        if (const auto* const data = std::get_if<wsproto::BytesMessage>(&event)) return echo(*data);
        if (std::holds_alternative<wsproto::Request>(event)) {
            accept(options);
        } else if (const auto response = ws_.response_to(event)) {  // to a Ping, or a Close
            ws_.send(*response, work_.output);
        } else if (const auto* const close = std::get_if<wsproto::CloseConnection>(&event)) {
            work_.counters.lost += close->code == wsproto::CloseReason::AbnormalClosure ? 1 : 0;
        }
        return 0;
    }

    /// The client has broken the protocol.
    void refuse(const wsproto::RemoteProtocolError& error) {
        const bool opening = ws_.state() == wsproto::ConnectionState::Connecting;
        ++(opening ? work_.counters.refused : work_.counters.failed);
        if (error.event_hint()) ws_.send(*error.event_hint(), work_.output);
    }

  private:
    static constexpr std::size_t worth_a_call = 8 * 1024;  // of its own; less is copied together

    void accept(const ServerOptions& options) {
        wsproto::AcceptConnection accept;
        if (options.deflate) {
            accept.extensions.push_back(
                std::make_shared<wsproto::PerMessageDeflate>(options.compression));
        }
        ws_.send(accept, work_.output);
        ++work_.counters.opened;
    }

    template <typename Message>
    std::size_t echo(const Message& message) {
        work_.counters.messages += message.message_finished ? 1 : 0;
        if (ws_.state() != wsproto::ConnectionState::Open) return message.data.size();
        if (message.data.size() < worth_a_call) {
            ws_.send(message, work_.output);
        } else {
            const auto frame = ws_.send_gather(message, work_.scratch);
            transport_.write({work_.output, frame.header(), frame.payload()});
            work_.output.clear();
        }
        return message.data.size();
    }

    wsproto::WSConnection& ws_;
    Transport& transport_;
    Workspace& work_;
};

#endif
