// Invariant: on any header, either nobody agrees, or both ends agree on the same parameters, which
// stand in the header in the plain reading of RFC 7692 §7.1 and stay within what each has asked
// for.
#include "fuzz.hpp"
#include "plain_head.hpp"

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace fuzz::extension_parameters {
namespace {

struct Plain {
    std::set<std::string> flags{};
    std::optional<int> server_window{};
    std::optional<int> client_window{};
};

/// A quoted string's inside, or a token; nothing else is a value.
std::optional<std::string> plain_value(std::string_view text) {
    std::string value{text};
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
        value.clear();
        for (std::size_t at = 1; at + 1 < text.size(); ++at) {
            if (text[at] == '\\' && ++at + 1 >= text.size()) return std::nullopt;
            value += text[at];
        }
    }
    return is_plain_token(value) ? std::optional{value} : std::nullopt;
}

bool read_parameter(Plain& plain, std::string_view text) {
    const std::size_t equals = text.find('=');
    const std::string name = lower(trimmed(text.substr(0, equals)));
    const bool has_value = equals != std::string_view::npos;
    const bool is_window = name == "server_max_window_bits" || name == "client_max_window_bits";
    if (!plain.flags.insert(name).second) return false;
    if (!is_window) {
        return !has_value &&
               (name == "server_no_context_takeover" || name == "client_no_context_takeover");
    }
    if (!has_value) return name == "client_max_window_bits";
    const auto value = plain_value(text.substr(equals + 1));
    if (!value || text[equals - 1] == ' ' || text[equals - 1] == '\t') return false;
    for (int bits = 8; bits <= 15; ++bits) {
        if (*value == std::to_string(bits)) {
            (name[0] == 's' ? plain.server_window : plain.client_window) = bits;
            return true;
        }
    }
    return false;
}

/// What one offer or answer of permessage-deflate says; nothing if it is wrong.
std::optional<Plain> read_plain(std::string_view element) {
    Plain plain;
    std::size_t at = std::min(element.find(';'), element.size());
    if (!is_plain_token(trimmed(element.substr(0, at)))) return std::nullopt;
    while (at < element.size()) {
        const std::size_t end = std::min(element.find(';', at + 1), element.size());
        if (!read_parameter(plain, trimmed(element.substr(at + 1, end - at - 1)))) {
            return std::nullopt;
        }
        at = end;
    }
    return plain;
}

std::optional<int> window(unsigned choice) {
    return choice % 9 == 0 ? std::nullopt : std::optional{static_cast<int>(7 + choice % 9)};
}

DeflateOptions options(Input& input) {
    const Choices choices{input.byte()};
    const unsigned windows = input.byte();
    return {.client_no_context_takeover = choices[0],
            .client_max_window_bits = window(windows % 16),
            .server_no_context_takeover = choices[1],
            .server_max_window_bits = window(windows / 16)};
}

bool is_within(int bits, std::optional<int> limit) {
    return bits >= 8 && bits <= limit.value_or(15);
}

/// What the server agreed to is what some offer and its own options allow.
void claim_server_keeps(const PerMessageDeflate& server, const DeflateOptions& own,
                        const Plain& offer) {
    claim(is_within(server.server_max_window_bits(), offer.server_window), "as the client asked");
    claim(is_within(server.server_max_window_bits(), own.server_max_window_bits), "as configured");
    claim(is_within(server.client_max_window_bits(), offer.client_window), "the client's window");
    claim(
        server.server_no_context_takeover() ==
            (own.server_no_context_takeover || offer.flags.contains("server_no_context_takeover")),
        "the server's takeover");
    claim(
        server.client_no_context_takeover() ==
            (own.client_no_context_takeover || offer.flags.contains("client_no_context_takeover")),
        "the client's takeover");
    claim(offer.flags.contains("client_max_window_bits") || server.client_max_window_bits() == 15,
          "a client's window that it did not offer is not named");
}

bool is_deflate(const std::string& offer) {
    return lower(trimmed(std::string_view{offer}.substr(0, offer.find(';')))) ==
           "permessage-deflate";
}

void serve(const std::vector<std::string>& offers, const DeflateOptions& own) {
    const auto server = std::make_shared<PerMessageDeflate>(own);
    const auto response = server_extensions_handshake(offers, {server});
    claim(response.has_value() == server->enabled(), "on, if and only if agreed");
    for (const std::string& offer : offers) {
        const auto plain = is_deflate(offer) ? read_plain(offer) : std::nullopt;
        if (!plain) continue;
        claim(response.has_value(), "the first offer that is right is accepted");
        const auto answer = read_plain(*response);
        claim(answer.has_value(), "the response is right as well");
        claim_server_keeps(*server, own, *plain);
        claim(answer->server_window.value_or(15) == server->server_max_window_bits() &&
                  answer->client_window.value_or(15) == server->client_max_window_bits(),
              "the response says which windows");
        return;
    }
    claim(!response, "no offer is right");
}

void finish_as_client(const std::vector<std::string>& accepted, const DeflateOptions& own) {
    const auto client = std::make_shared<PerMessageDeflate>(own);
    std::error_code ec;
    const Extensions agreed = client_extensions_handshake(accepted, {client}, ec);
    claim(!ec || ec == Error::UnrecognizedExtension || ec == Error::MalformedExtensions,
          "documented errors");
    claim(!ec || agreed.empty(), "all or nothing");
    if (ec || accepted.empty()) return;
    claim(agreed.size() == 1 && accepted.size() == 1 && is_deflate(accepted[0]),
          "what was offered");
    const auto answer = read_plain(accepted[0]);
    claim(answer.has_value(), "an answer in the plain reading");
    claim(is_within(client->server_max_window_bits(), own.server_max_window_bits), "as asked");
    claim(is_within(client->client_max_window_bits(), own.client_max_window_bits), "as offered");
    claim(!own.server_no_context_takeover || client->server_no_context_takeover(), "takeover");
    claim(client->server_max_window_bits() == answer->server_window.value_or(15),
          "the server's window is what it said");
}

/// Whatever both are configured with, they agree, and on the same.
void negotiate(const DeflateOptions& client_options, const DeflateOptions& server_options) {
    const auto client = std::make_shared<PerMessageDeflate>(client_options);
    const auto server = std::make_shared<PerMessageDeflate>(server_options);
    const auto parameters = client->offer();
    claim(parameters.has_value(), "options within their ranges are offered");
    const std::vector<std::string> offers{"permessage-deflate" +
                                          (parameters->empty() ? "" : "; " + *parameters)};
    const auto response = server_extensions_handshake(offers, {server});
    claim(response.has_value(), "our own offer is accepted");
    std::error_code ec;
    const auto agreed =
        client_extensions_handshake(std::vector<std::string>{*response}, {client}, ec);
    claim(!ec && agreed.size() == 1, "our own answer is good");
    claim(client->server_max_window_bits() == server->server_max_window_bits() &&
              client->client_max_window_bits() == server->client_max_window_bits() &&
              client->server_no_context_takeover() == server->server_no_context_takeover() &&
              client->client_no_context_takeover() == server->client_no_context_takeover(),
          "both know the same");
}

}  // namespace

void run(Input input) {
    const DeflateOptions first = options(input);
    const DeflateOptions second = options(input);
    negotiate(first, second);
    const std::vector<std::string> elements = split_comma_header(as_text(input.rest()));
    serve(elements, first);
    finish_as_client(elements, second);
}

}  // namespace fuzz::extension_parameters
