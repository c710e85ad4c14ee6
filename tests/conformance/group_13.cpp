// Autobahn 13, parameters of compression: with and without context takeover, with small windows,
// and with several offers. RFC 7692 §7.1.
//
// What Autobahn asks of the peer's direction is asked of both: its client of a server's, its server
// of a client's.
#include "compressed.hpp"
#include "groups.hpp"
#include "payloads.hpp"
#include "play.hpp"

#include <optional>

namespace conformance {
namespace {

// The fields behind "permessage-deflate", byte for byte: what a client of Autobahn offers to our
// server, what our server answers; what our client offers, what a server of Autobahn answers.
struct Row {
    const char* section;
    bool no_takeover;
    std::optional<int> window;
    std::string offer;
    std::string answer;
    std::string our_offer;
    std::string its_answer;
};

// Our client, like our server, does not name a window of 15 bits, which is the default.
const std::vector<Row>& rows() {
    const std::string first = "; client_no_context_takeover; client_max_window_bits";
    const std::string takeover = "; server_no_context_takeover; client_no_context_takeover";
    const std::string both_9 = "; server_max_window_bits=9; client_max_window_bits=9";
    const std::string both_15 = "; server_max_window_bits=15; client_max_window_bits=15";
    const std::string ask_9 = "; server_max_window_bits=9; client_max_window_bits";
    const std::string three = first + "; server_no_context_takeover; server_max_window_bits=9";
    const std::string several = three + ", permessage-deflate" + first +
                                "; server_no_context_takeover, permessage-deflate" + first;
    static const std::vector<Row> table = {
        {"13.1", false, {}, first, "; client_no_context_takeover", first, ""},
        {"13.2",
         true,
         {},
         first + "; server_no_context_takeover",
         takeover,
         takeover + "; client_max_window_bits",
         takeover},
        {"13.3", false, 9, first + "; server_max_window_bits=9",
         "; client_no_context_takeover" + both_9, "; client_no_context_takeover" + ask_9, both_9},
        {"13.4", false, 15, first + "; server_max_window_bits=15",
         "; client_no_context_takeover; server_max_window_bits=15", first, both_15},
        {"13.5", true, 9, three, takeover + both_9, takeover + ask_9, takeover + both_9},
        {"13.6", true, 15, first + "; server_no_context_takeover; server_max_window_bits=15",
         takeover + "; server_max_window_bits=15", takeover + "; client_max_window_bits",
         takeover + both_15},
        {"13.7", true, 9, several, takeover + both_9, takeover + ask_9, takeover + both_9},
    };
    return table;
}

Agreement agreed(const Row& row, ConnectionType role) {
    const bool server = role == ConnectionType::Server;
    const std::string name = "permessage-deflate";
    const int window = row.window.value_or(15);
    const Direction of_client{.window_bits = window, .takeover = false};
    const Direction of_server{.window_bits = window, .takeover = !row.no_takeover};
    Agreement agreement{.compression = {name + (server ? row.offer : row.our_offer),
                                        name + (server ? row.answer : row.its_answer)},
                        .to_endpoint = server ? of_client : of_server,
                        .from_endpoint = server ? of_server : of_client};
    auto& options = agreement.compression.options;
    options.client_no_context_takeover = !server || row.no_takeover;
    if (server) {
        options.client_max_window_bits = row.window;
    } else {
        options.server_no_context_takeover = row.no_takeover;
        options.server_max_window_bits = row.window;
    }
    return agreement;
}

void converse_with_parameters(ConnectionType role) {
    for (const Row& row : rows()) {
        converse_all(role, row.section, agreed(row, role), {.opcode = text, .data = json()});
    }
}

}  // namespace

std::vector<std::string> group_13_ids() {
    std::vector<std::string> ids;
    for (const Row& row : rows()) {
        const auto more = load_ids(row.section);
        ids.insert(ids.end(), more.begin(), more.end());
    }
    return ids;
}

TEST_CASE("Autobahn 13, parameters: a server agrees on them and keeps to them",
          "[rfc7692-5-accept][rfc7692-5-agreed][rfc7692-7.1.1.1-keep][rfc7692-7.1.2.1-keep]") {
    converse_with_parameters(ConnectionType::Server);
}

TEST_CASE("Autobahn 13, parameters: a client agrees on them and keeps to them",
          "[rfc7692-5-offer][rfc7692-5-agreed][rfc7692-7.1.1.2-keep][rfc7692-7.1.2.2-keep]") {
    converse_with_parameters(ConnectionType::Client);
}

}  // namespace conformance
