// The server's end of an opening handshake: a request comes in, and is accepted or rejected.
// RFC 6455 §4.2.
//
// Which demands it has to meet, and how the answers are spelled, is not known here.
#ifndef WSPROTO_DETAIL_SERVER_HANDSHAKE_HPP
#define WSPROTO_DETAIL_SERVER_HANDSHAKE_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/close_reason.hpp>
#include <wsproto/connection_state.hpp>
#include <wsproto/detail/accept_digest.hpp>
#include <wsproto/detail/ascii.hpp>
#include <wsproto/detail/base64.hpp>
#include <wsproto/detail/extension_header.hpp>
#include <wsproto/detail/handshake_core.hpp>
#include <wsproto/detail/handshake_extensions.hpp>
#include <wsproto/detail/handshake_headers.hpp>
#include <wsproto/detail/http_head.hpp>
#include <wsproto/detail/request_rules.hpp>
#include <wsproto/detail/response_writer.hpp>
#include <wsproto/detail/upgrade_fields.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/errors.hpp>
#include <wsproto/events.hpp>
#include <wsproto/extension.hpp>
#include <wsproto/extensions_handshake.hpp>
#include <wsproto/frame.hpp>
#include <wsproto/headers.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsproto::detail {

class ServerHandshake {
  public:
    // Not defaulted: else `ServerHandshake()` would fill all of it with zeros first.
    ServerHandshake() : head_{HeadKind::Request} {}

    /// Makes the next event in `slot`, while the state is Connecting and nothing has failed.
    Progress advance(HandshakeCore& core, Event& slot) {
        return head_ ? read_request(core, slot) : await_decision(core, slot);
    }

    /// Feeds a request that someone else has parsed, to be read like any other.
    Error initiate(HandshakeCore& core, const Headers& headers, std::string_view target) const {
        if (core.received || core.state != ConnectionState::Connecting) {
            return Error::UpgradeTooLate;
        }
        const bool legal = is_visible_ascii(target) && are_well_formed(headers);
        Bytes request;
        append_texts(request, [&](auto add) {
            if (legal) {
                add("GET ");
                add(target);
                add(" HTTP/1.1\r\n");
                add_headers(add, headers);
            }
            // Of what cannot be a request only an empty line is left, which is refused as well.
            add("\r\n");
        });
        core.input.append(request);
        core.received = true;
        return Error::None;
    }

    /// What to answer to the mistake that ended the handshake.
    [[nodiscard]] std::optional<Event> hint(const HandshakeCore& core) const {
        const bool answers = core.error != Error::None && core.state == ConnectionState::Connecting;
        return answers ? std::optional<Event>{hint_} : std::nullopt;
    }

    /// The request that met not all demands.
    [[nodiscard]] const RefusedRequest& refused_request() const noexcept { return refused_; }

    template <typename E>
    Error try_send(HandshakeCore&, const E&, Bytes&) const noexcept {
        return Error::EventNotAllowed;
    }

    Error try_send(HandshakeCore& core, const AcceptConnection& accepted, Bytes& out) {
        if (const Error error = check(core, accepted); error != Error::None) {
            return error;
        }
        const auto answer = server_extensions_handshake(offers_, accepted.extensions);
        if (answer && !is_well_formed_extension_list(*answer)) {
            return Error::BadHeader;
        }
        Extensions agreed = answer ? pick_agreed(*answer, accepted.extensions) : Extensions{};
        const auto token = base64_array(accept_digest({key_.data(), key_.size()}));
        write_acceptance(accepted, {token.data(), token.size()}, answer, out);
        attach_all(agreed);
        core.open(std::move(agreed));
        return Error::None;
    }

    Error try_send(HandshakeCore& core, const RejectConnection& rejection, Bytes& out) {
        if (core.state != ConnectionState::Connecting) {
            return Error::EventNotAllowed;
        }
        if (const Error error = check_rejection(rejection); error != Error::None) {
            return error;
        }
        write_rejection(rejection, out);
        body_ = RejectionBody{rejection};
        core.stop(rejection.has_body ? ConnectionState::Rejecting : ConnectionState::Closed);
        return Error::None;
    }

    Error try_send(HandshakeCore& core, const RejectData& piece, Bytes& out) {
        if (core.state != ConnectionState::Rejecting) {
            return Error::EventNotAllowed;
        }
        const Error error = body_.write(piece, out);
        if (error == Error::None && piece.body_finished) {
            core.state = ConnectionState::Closed;
        }
        return error;
    }

  private:
    Progress read_request(HandshakeCore& core, Event& slot) {
        Progress progress = Progress::NeedMore;
        while (progress == Progress::NeedMore && core.input.size() != 0) {
            progress = head_->read(core.input.front(), core.head_limits);
        }
        if (progress == Progress::Failed) {
            return fail(core, head_->error());
        }
        if (progress == Progress::Ready) {
            ReceivedRequest received{head_->head()};
            return receive(core, received, slot);
        }
        if (!core.ended) {
            return Progress::NeedMore;
        }
        return head_->started() ? core.fail(Error::HandshakeCutShort, ConnectionState::Closed)
                                : core.finish();
    }

    Progress receive(HandshakeCore& core, ReceivedRequest& received, Event& slot) {
        if (const Error complaint = check_request(received); complaint != Error::None) {
            refused_ = {.method = std::string{received.head.method()},
                        .target = std::string{received.head.target()},
                        .headers = received.head.headers()};
            hint_ = make_hint(complaint, received.fields);
            return core.fail(complaint, ConnectionState::Connecting);
        }
        const Request& request = slot.emplace<Request>(make_request(received));
        received.fields[UpgradeField::Key].first.copy(key_.data(), key_.size());
        subprotocols_ = request.subprotocols;
        offers_ = request.offered_extensions;
        head_.reset();
        return Progress::Ready;
    }

    Progress await_decision(HandshakeCore& core, Event& slot) {
        if (core.input.size() > core.early_data_limit) {
            return fail(core, Error::TooMuchEarlyData);
        }
        if (!core.ended) {
            return Progress::NeedMore;
        }
        slot = CloseConnection{.code = CloseReason::AbnormalClosure};
        core.stop(ConnectionState::Closed);
        return Progress::Ready;
    }

    // The state stays: the answer is still owed.
    Progress fail(HandshakeCore& core, Error complaint) {
        hint_.status_code = http_status(complaint);
        return core.fail(complaint, ConnectionState::Connecting);
    }

    [[nodiscard]] Error check(const HandshakeCore& core, const AcceptConnection& accepted) const {
        const bool asked = core.state == ConnectionState::Connecting && core.listening && !head_;
        if (!asked) {
            return Error::EventNotAllowed;
        }
        if (accepted.subprotocol && std::find(subprotocols_.begin(), subprotocols_.end(),
                                              *accepted.subprotocol) == subprotocols_.end()) {
            return Error::UnexpectedSubprotocol;
        }
        if (const Error error = check_extra_headers(accepted.extra_headers); error != Error::None) {
            return error;
        }
        return check_extensions(accepted.extensions);
    }

    std::optional<HttpHead> head_;  // until the request is complete
    RefusedRequest refused_{};
    RejectConnection hint_{};
    std::array<char, base64_size(16)> key_{};
    std::vector<std::string> subprotocols_{};
    std::vector<std::string> offers_{};
    RejectionBody body_{};
};

}  // namespace wsproto::detail

#endif
