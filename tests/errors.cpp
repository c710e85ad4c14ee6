#include <wsproto/errors.hpp>

#include "catch.hpp"

#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

using namespace wsproto;

namespace {

static_assert(std::is_base_of_v<std::runtime_error, ProtocolError>);
static_assert(std::is_base_of_v<ProtocolError, LocalProtocolError>);
static_assert(std::is_base_of_v<ProtocolError, RemoteProtocolError>);
static_assert(!std::is_base_of_v<LocalProtocolError, RemoteProtocolError>);
static_assert(std::is_nothrow_copy_constructible_v<RemoteProtocolError>);
static_assert(std::is_nothrow_copy_assignable_v<RemoteProtocolError>);

}  // namespace

TEST_CASE("a protocol error carries its complaint as enumerator, error code and text") {
    const LocalProtocolError error{Error::DataTypeMismatch, "Data type mismatch inside message"};
    CHECK(error.error() == Error::DataTypeMismatch);
    CHECK(error.code() == Error::DataTypeMismatch);
    CHECK(error.what() == std::string{"Data type mismatch inside message"});
}

TEST_CASE("the error of a peer carries what to answer") {
    const CloseConnection close{.code = CloseReason::ProtocolError, .reason = "Invalid opcode 0x3"};
    const RemoteProtocolError error{Error::InvalidOpcode, "Invalid opcode 0x3", close};
    REQUIRE(error.event_hint());
    CHECK(std::get<CloseConnection>(*error.event_hint()).reason == "Invalid opcode 0x3");
    CHECK(error.code() == Error::InvalidOpcode);
}

TEST_CASE("the error of a peer may have no answer") {
    const RemoteProtocolError error{Error::BadAcceptToken, "Bad accept token", std::nullopt};
    CHECK_FALSE(error.event_hint());
}

TEST_CASE("the error of a peer carries the request that is no handshake") {
    const RemoteProtocolError error{
        Error::MissingUpgrade, "Missing header, 'Upgrade: websocket'", std::nullopt,
        RefusedRequest{.method = "GET", .target = "/", .headers = {{"host", "example.com"}}}};
    CHECK(error.method() == "GET");
    CHECK(error.target() == "/");
    CHECK(find_header(error.headers(), "Host") == "example.com");
}

TEST_CASE("without a request the error of a peer has no method") {
    const RemoteProtocolError error{Error::InvalidOpcode, "Invalid opcode", std::nullopt};
    CHECK(error.method().empty());
    CHECK(error.target().empty());
    CHECK(error.headers().empty());
}

TEST_CASE("the error of a peer that was copied or moved from still tells everything") {
    const CloseConnection close{.code = CloseReason::ProtocolError, .reason = "no"};
    RemoteProtocolError error{Error::InvalidOpcode, "Invalid opcode", close, {.method = "GET"}};
    const RemoteProtocolError copy{error};
    const RemoteProtocolError moved{std::move(error)};
    for (const RemoteProtocolError* const one : {&std::as_const(error), &copy, &moved}) {
        REQUIRE(one->event_hint());
        CHECK(std::get<CloseConnection>(*one->event_hint()).reason == "no");
        CHECK(one->method() == "GET");
    }
}
