// What both ends of an opening handshake have in common: the state, the input, the limits and the
// one complaint that ends it. What is read and sent is up to client_handshake.hpp and
// server_handshake.hpp.
#ifndef WSPROTO_DETAIL_HANDSHAKE_CORE_HPP
#define WSPROTO_DETAIL_HANDSHAKE_CORE_HPP

#include <wsproto/connection_state.hpp>
#include <wsproto/detail/head_scanner.hpp>
#include <wsproto/detail/input_buffer.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/extension.hpp>
#include <wsproto/frame.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace wsproto::detail {

struct HandshakeCore {
    StateCell state{ConnectionState::Connecting};
    bool listening = true;  ///< Whether input is kept: while it is read, and once open.
    bool received = false;  ///< Whether any byte came in.
    bool ended = false;     ///< Whether the transport has ended.
    Error error = Error::None;
    std::string culprit{};  ///< What `error` is about, if that is not all it says.
    InputBuffer input{};
    HeadBudget head_limits{};
    std::size_t early_data_limit = 0;
    Extensions agreed{};

    /// Whether anything of the peer is looked at; not, once it was moved from.
    [[nodiscard]] bool listens() const noexcept {
        return listening && state != ConnectionState::Closed;
    }

    /// Nothing of the peer is looked at any more.
    void stop(ConnectionState last) noexcept {
        state = last;
        listening = false;
        input.drop();
    }

    /// The peer's mistake.
    Progress fail(Error complaint, ConnectionState last, std::string about = {}) {
        error = complaint;
        culprit = std::move(about);
        stop(last);
        return Progress::Failed;
    }

    /// The transport ended where nobody is to be told.
    Progress finish() noexcept {
        stop(ConnectionState::Closed);
        return Progress::NeedMore;
    }

    /// Agreed: what follows are frames.
    void open(Extensions extensions) noexcept {
        agreed = std::move(extensions);
        state = ConnectionState::Open;
    }

    /// Nothing is awaited. After a server's complaint, the end of the transport takes away its last
    /// word.
    Progress rest() noexcept {
        const ConnectionState before = state;
        const bool unanswered = before == ConnectionState::Connecting;
        stop(unanswered && ended ? ConnectionState::Closed : before);
        return Progress::NeedMore;
    }
};

}  // namespace wsproto::detail

#endif
