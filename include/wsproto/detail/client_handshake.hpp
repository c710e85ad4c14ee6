// The client's end of an opening handshake: a request is sent; the answer opens the connection, or
// is a rejection with a body. RFC 6455 §4.1.
//
// How the request is spelled, and which demands a 101 has to meet, is not known here.
#ifndef WSPROTO_DETAIL_CLIENT_HANDSHAKE_HPP
#define WSPROTO_DETAIL_CLIENT_HANDSHAKE_HPP

#include <wsproto/accept_token.hpp>
#include <wsproto/bytes.hpp>
#include <wsproto/connection_state.hpp>
#include <wsproto/detail/handshake_core.hpp>
#include <wsproto/detail/handshake_extensions.hpp>
#include <wsproto/detail/http_head.hpp>
#include <wsproto/detail/request_writer.hpp>
#include <wsproto/detail/response_body.hpp>
#include <wsproto/detail/response_rules.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/errors.hpp>
#include <wsproto/events.hpp>
#include <wsproto/frame.hpp>
#include <wsproto/headers.hpp>
#include <wsproto/random.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace wsproto::detail {

class ClientHandshake {
  public:
    explicit ClientHandshake(RandomSource random) : random_{std::move(random)} {}

    /// Makes the next event in `slot`, while the state is Connecting or Rejecting.
    Progress advance(HandshakeCore& core, Event& slot) {
        if (core.state == ConnectionState::Rejecting) {
            return read_body(core, slot);
        }
        return may_be_answered_ ? read_answer(core, slot) : await_own_request(core);
    }

    /// Requests are the server's matter.
    Error initiate(HandshakeCore&, const Headers&, std::string_view) const noexcept {
        return Error::UpgradeByClient;
    }

    /// A client answers no mistake.
    [[nodiscard]] std::optional<Event> hint(const HandshakeCore&) const noexcept {
        return std::nullopt;
    }

    /// There never is one.
    [[nodiscard]] RefusedRequest refused_request() const { return {}; }

    template <typename E>
    Error try_send(HandshakeCore&, const E&, Bytes&) const noexcept {
        return Error::EventNotAllowed;
    }

    Error try_send(HandshakeCore& core, const Request& request, Bytes& out) {
        if (core.state != ConnectionState::Connecting || !sent_.accept_token.empty()) {
            return Error::EventNotAllowed;
        }
        const std::string offers = join_offers(request.extensions);
        if (const Error error = check_outgoing_request(request, offers); error != Error::None) {
            return error;
        }
        const std::string key = generate_nonce(random_);
        SentRequest remembered{.accept_token = generate_accept_token(key),
                               .subprotocols = request.subprotocols,
                               .extensions = request.extensions};
        write_request(request, key, offers, out);
        attach_all(request.extensions);
        sent_ = std::move(remembered);
        may_be_answered_ = !core.received;
        return Error::None;
    }

  private:
    static Progress fail(HandshakeCore& core, Error complaint, std::string about = {}) {
        return core.fail(complaint, ConnectionState::Closed, std::move(about));
    }

    static Progress await_own_request(HandshakeCore& core) {
        if (core.input.size() != 0) {
            return fail(core, Error::DataBeforeRequest);
        }
        return core.ended ? core.finish() : Progress::NeedMore;
    }

    Progress read_answer(HandshakeCore& core, Event& slot) {
        Progress progress = Progress::NeedMore;
        while (progress == Progress::NeedMore && core.input.size() != 0) {
            progress = head_.read(core.input.front(), core.head_limits);
            if (progress == Progress::Ready && is_interim(head_.status_code())) {
                head_.start_next();
                progress = Progress::NeedMore;
            }
        }
        switch (progress) {
            case Progress::Failed:
                return fail(core, head_.error());
            case Progress::Ready:
                return head_.status_code() == 101 ? receive_upgrade(core, slot)
                                                  : receive_rejection(core, slot);
            default:
                return core.ended ? fail(core, Error::HandshakeCutShort) : progress;
        }
    }

    // RFC 9110 §15.2: a client must be able to skip them.
    static bool is_interim(unsigned status) noexcept { return status / 100 == 1 && status != 101; }

    Progress receive_upgrade(HandshakeCore& core, Event& slot) {
        Upgrade upgrade = read_upgrade({head_.head(), sent_});
        if (upgrade.error != Error::None) {
            return fail(core, upgrade.error, std::move(upgrade.culprit));
        }
        core.open(upgrade.accepted.extensions);
        slot = std::move(upgrade.accepted);
        return Progress::Ready;
    }

    Progress receive_rejection(HandshakeCore& core, Event& slot) {
        slot = RejectConnection{.status_code = head_.status_code(),
                                .headers = head_.head().headers(),
                                .has_body = true};
        body_ = ResponseBody{head_.framing()};
        core.state = ConnectionState::Rejecting;
        return Progress::Ready;
    }

    Progress read_body(HandshakeCore& core, Event& slot) {
        const HeadBudget budget = head_.remaining_after(core.head_limits);
        RejectData piece;
        Progress progress = Progress::NeedMore;
        do {
            progress = body_.read(core.input.front(), budget, piece);
        } while (progress == Progress::NeedMore && core.input.size() != 0);
        if (progress == Progress::Failed) {
            return fail(core, body_.error());
        }
        if (progress == Progress::NeedMore) {
            if (!core.ended) return progress;
            if (!body_.ends_with_transport()) return fail(core, Error::HandshakeCutShort);
            piece = {};
        }
        if (piece.body_finished) {  // the input, which `piece` views, is dropped by the next step
            core.state = ConnectionState::Closed;
            core.listening = false;
        }
        slot = piece;
        return Progress::Ready;
    }

    RandomSource random_;
    SentRequest sent_{};
    bool may_be_answered_ = false;  // the request was sent, and before it nothing was received
    HttpHead head_{HeadKind::Response};
    ResponseBody body_{BodyFraming{}};
};

}  // namespace wsproto::detail

#endif
