// What a client demands of a 101, as one table, and the answer as an event when it is met.
// RFC 6455 §4.1.
//
// Nothing here knows bytes, or the state of a handshake.
#ifndef WSPROTO_DETAIL_RESPONSE_RULES_HPP
#define WSPROTO_DETAIL_RESPONSE_RULES_HPP

#include <wsproto/detail/extension_header.hpp>
#include <wsproto/detail/message_head.hpp>
#include <wsproto/detail/upgrade_fields.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/events.hpp>
#include <wsproto/extension.hpp>
#include <wsproto/extensions_handshake.hpp>
#include <wsproto/headers.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsproto::detail {

/// What a client remembers of the request that it sent.
struct SentRequest {
    std::string accept_token{};
    std::vector<std::string> subprotocols{};
    Extensions extensions{};
};

/// The head of a 101, and what it answers.
struct ReceivedUpgrade {
    // Fields of the handshake that the event shows among its `extra_headers` all the same.
    ReceivedUpgrade(const MessageHead& own_head, const SentRequest& own_request)
        : head{own_head},
          fields{own_head,
                 {UpgradeField::Host, UpgradeField::Key, UpgradeField::Version,
                  UpgradeField::ContentLength, UpgradeField::TransferEncoding}},
          request{own_request} {}

    MessageHead head;
    UpgradeFields fields;
    const SentRequest& request;
};

struct UpgradeDemand {
    Error complaint;
    bool (*met)(const ReceivedUpgrade&);
};

// In this order: the first that is not met is the complaint.
inline constexpr std::array upgrade_demands = {
    UpgradeDemand{Error::HttpVersionNot11,
                  [](const ReceivedUpgrade& r) { return r.head.response_version() == "HTTP/1.1"; }},
    UpgradeDemand{Error::MissingConnectionUpgrade,
                  [](const ReceivedUpgrade& r) {
                      return r.fields[UpgradeField::Connection].lists("upgrade");
                  }},
    UpgradeDemand{Error::MissingUpgrade,
                  [](const ReceivedUpgrade& r) {
                      return r.fields[UpgradeField::Upgrade].lists("websocket");
                  }},
    UpgradeDemand{Error::BadAcceptToken,
                  [](const ReceivedUpgrade& r) {
                      return r.fields[UpgradeField::Accept].is(r.request.accept_token);
                  }},
    UpgradeDemand{Error::UnrecognizedSubprotocol,
                  [](const ReceivedUpgrade& r) {
                      const FieldLines& chosen = r.fields[UpgradeField::Protocol];
                      const auto& requested = r.request.subprotocols;
                      return !chosen.present() ||
                             std::any_of(requested.begin(), requested.end(),
                                         [&](std::string_view name) { return chosen.is(name); });
                  }},
    UpgradeDemand{Error::MalformedExtensions,
                  [](const ReceivedUpgrade& r) {
                      const FieldLines& accepted = r.fields[UpgradeField::Extensions];
                      return !accepted.present() || is_well_formed_extension_list(accepted.value());
                  }},
};

/// The event of a 101, or the complaint and its cause.
struct Upgrade {
    AcceptConnection accepted{};
    Error error = Error::None;
    std::string culprit{};
};

/// The first demand that is not met.
inline Upgrade check_upgrade(const ReceivedUpgrade& received) {
    for (const UpgradeDemand& demand : upgrade_demands) {
        if (!demand.met(received)) {
            const bool named = demand.complaint == Error::UnrecognizedSubprotocol;
            const auto culprit = received.fields[UpgradeField::Protocol].value();
            return {.error = demand.complaint, .culprit = std::string{named ? culprit : ""}};
        }
    }
    return {};
}

/// Checks a 101 and makes its event. The extensions agreed on are told so.
inline Upgrade read_upgrade(ReceivedUpgrade received) {
    Upgrade upgrade = check_upgrade(received);
    if (upgrade.error != Error::None) {
        return upgrade;
    }
    const auto accepted = split_comma_header(received.fields[UpgradeField::Extensions].value());
    ClientAgreement agreement = agree_as_client(accepted, received.request.extensions);
    if (agreement.error != Error::None) {
        return {.error = agreement.error, .culprit = std::move(agreement.culprit)};
    }
    if (const FieldLines& chosen = received.fields[UpgradeField::Protocol]; chosen.present()) {
        upgrade.accepted.subprotocol = chosen.first;
    }
    upgrade.accepted.extensions = std::move(agreement.agreed);
    upgrade.accepted.extra_headers = received.fields.take_headers();
    return upgrade;
}

}  // namespace wsproto::detail

#endif
