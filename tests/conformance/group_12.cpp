// Autobahn 12, compression: five kinds of data, in messages and fragments of many sizes, with the
// offer that is usual. RFC 7692 §7.
//
// Deliberately fewer messages than there, where each case has a thousand: see converse().
#include "compressed.hpp"
#include "groups.hpp"
#include "payloads.hpp"
#include "play.hpp"

namespace conformance {
namespace {

struct Kind {
    const char* section;
    unsigned opcode;
    const std::string& (*data)();
};

constexpr Kind kinds[] = {
    {"12.1", text, json}, {"12.2", binary, bitmap},   {"12.3", binary, prose},
    {"12.4", text, html}, {"12.5", binary, document},
};

// The client announces that each of its messages stands for itself; a server confirms it.
Agreement usual(ConnectionType role) {
    const bool server = role == ConnectionType::Server;
    Agreement agreement;
    agreement.compression = {
        "permessage-deflate; client_no_context_takeover; client_max_window_bits",
        server ? "permessage-deflate; client_no_context_takeover" : "permessage-deflate",
        {.client_no_context_takeover = !server}};
    (server ? agreement.to_endpoint : agreement.from_endpoint).takeover = false;
    return agreement;
}

void converse_in_kinds(ConnectionType role) {
    for (const Kind& kind : kinds) {
        converse_all(role, kind.section, usual(role), {.opcode = kind.opcode, .data = kind.data()});
    }
}

}  // namespace

std::vector<std::string> group_12_ids() {
    std::vector<std::string> ids;
    for (const Kind& kind : kinds) {
        const auto more = load_ids(kind.section);
        ids.insert(ids.end(), more.begin(), more.end());
    }
    return ids;
}

TEST_CASE("Autobahn 12, compression: a server echoes data of all kinds",
          "[rfc7692-7.2.2-server-window]") {
    converse_in_kinds(ConnectionType::Server);
}

TEST_CASE("Autobahn 12, compression: a client echoes data of all kinds",
          "[rfc7692-7.2.2-client-window]") {
    converse_in_kinds(ConnectionType::Client);
}

}  // namespace conformance
