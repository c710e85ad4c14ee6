// What a server demands of an opening request, as one table; what it answers when a demand is not
// met; and the request as an event when all are. RFC 6455 §4.2.1, §4.2.2, §4.4.
//
// Nothing here knows bytes, or the state of a handshake.
#ifndef WSPROTO_DETAIL_REQUEST_RULES_HPP
#define WSPROTO_DETAIL_REQUEST_RULES_HPP

#include <wsproto/detail/ascii.hpp>
#include <wsproto/detail/base64.hpp>
#include <wsproto/detail/extension_header.hpp>
#include <wsproto/detail/message_head.hpp>
#include <wsproto/detail/upgrade_fields.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/events.hpp>
#include <wsproto/headers.hpp>

#include <array>
#include <string>
#include <string_view>

namespace wsproto::detail {

/// A request whose head is complete.
struct ReceivedRequest {
    // Fields of the handshake that the event shows among its `extra_headers` all the same.
    explicit ReceivedRequest(const MessageHead& own_head)
        : head{own_head},
          fields{
              own_head,
              {UpgradeField::Accept, UpgradeField::ContentLength, UpgradeField::TransferEncoding}} {
    }

    MessageHead head;
    UpgradeFields fields;
};

struct RequestDemand {
    Error complaint;
    bool (*met)(const ReceivedRequest&);
};

// In this order: the first that is not met is the complaint.
inline constexpr std::array request_demands = {
    RequestDemand{Error::MethodNotGet,
                  [](const ReceivedRequest& r) { return r.head.method() == "GET"; }},
    RequestDemand{Error::HttpVersionNot11,
                  [](const ReceivedRequest& r) { return r.head.request_version() == "HTTP/1.1"; }},
    RequestDemand{Error::MissingConnectionUpgrade,
                  [](const ReceivedRequest& r) {
                      return r.fields[UpgradeField::Connection].lists("upgrade");
                  }},
    RequestDemand{
        Error::MissingVersion,
        [](const ReceivedRequest& r) { return r.fields[UpgradeField::Version].is("13"); }},
    RequestDemand{Error::MissingKey,
                  [](const ReceivedRequest& r) { return r.fields[UpgradeField::Key].present(); }},
    RequestDemand{Error::BadKey,
                  [](const ReceivedRequest& r) {
                      const FieldLines& key = r.fields[UpgradeField::Key];
                      return key.count == 1 && is_base64_of_16_bytes(key.first);
                  }},
    RequestDemand{Error::MissingUpgrade,
                  [](const ReceivedRequest& r) {
                      return r.fields[UpgradeField::Upgrade].lists("websocket");
                  }},
    RequestDemand{Error::MissingHost,
                  [](const ReceivedRequest& r) { return r.fields[UpgradeField::Host].present(); }},
    RequestDemand{Error::BadHttpMessage,  // RFC 9112 §3.2
                  [](const ReceivedRequest& r) {
                      const FieldLines& host = r.fields[UpgradeField::Host];
                      return host.count == 1 && is_visible_ascii(host.first);
                  }},
    RequestDemand{Error::RequestHasBody,
                  [](const ReceivedRequest& r) {
                      const FieldLines& length = r.fields[UpgradeField::ContentLength];
                      return !r.fields[UpgradeField::TransferEncoding].present() &&
                             (!length.present() || length.is("0"));
                  }},
    RequestDemand{Error::MalformedExtensions,
                  [](const ReceivedRequest& r) {
                      const FieldLines& offers = r.fields[UpgradeField::Extensions];
                      return !offers.present() || is_well_formed_extension_list(offers.value());
                  }},
    RequestDemand{Error::MalformedProtocol,
                  [](const ReceivedRequest& r) {
                      const FieldLines& names = r.fields[UpgradeField::Protocol];
                      return !names.present() || is_well_formed_protocol_list(names.value());
                  }},
};

/// The first demand that is not met.
inline Error check_request(const ReceivedRequest& request) {
    for (const RequestDemand& demand : request_demands) {
        if (!demand.met(request)) {
            return demand.complaint;
        }
    }
    return Error::None;
}

/// Whether the client would have to ask for an upgrade, or for another version. RFC 9110 §15.5.22.
inline bool is_upgrade_required(Error complaint, const UpgradeFields& fields) noexcept {
    switch (complaint) {
        case Error::MissingConnectionUpgrade:
        case Error::MissingUpgrade:
            return !fields[UpgradeField::Upgrade].present();
        case Error::MissingVersion:
            return fields[UpgradeField::Version].present();
        default:
            return false;
    }
}

/// The answer to a request that does not meet a demand.
inline RejectConnection make_hint(Error complaint, const UpgradeFields& fields) {
    RejectConnection hint{.status_code = http_status(complaint)};
    if (is_upgrade_required(complaint, fields)) {
        hint.status_code = 426;
        hint.headers.emplace_back("Upgrade", "websocket");
    }
    if (complaint == Error::MissingVersion) {
        hint.headers.emplace_back("Sec-WebSocket-Version", "13");
    }
    if (complaint == Error::MethodNotGet) {
        hint.headers.emplace_back("Allow", "GET");
    }
    return hint;
}

/// The event of a request that meets all demands.
inline Request make_request(ReceivedRequest& request) {
    UpgradeFields& fields = request.fields;
    return {
        .host = std::string{fields[UpgradeField::Host].first},
        .target = std::string{request.head.target()},
        .subprotocols = split_comma_header(fields[UpgradeField::Protocol].value()),
        .extra_headers = fields.take_headers(),
        .offered_extensions = split_comma_header(fields[UpgradeField::Extensions].value()),
    };
}

}  // namespace wsproto::detail

#endif
