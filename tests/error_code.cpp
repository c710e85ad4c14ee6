#include <wsproto/error_code.hpp>

#include "catch.hpp"

#include <set>
#include <string_view>
#include <system_error>

using namespace wsproto;

namespace {

static_assert(std::is_error_code_enum_v<Error>);
static_assert(Error{} == Error::None);
static_assert(message(Error::InvalidOpcode) == "Invalid opcode");
static_assert(close_code(Error::InvalidUtf8) == CloseReason::InvalidFramePayloadData);
static_assert(http_status(Error::BadKey) == 400);

enum class Kind { None, Local, Frame, Handshake };

Kind kind_of(Error error) {
    if (error == Error::None) return Kind::None;
    if (error < Error::InvalidOpcode) return Kind::Local;
    return error < Error::BadHttpMessage ? Kind::Frame : Kind::Handshake;
}

}  // namespace

TEST_CASE("every complaint has a message of its own") {
    std::set<std::string_view> messages;
    for (const auto& row : detail::error_table) {
        CAPTURE(row.message);
        CHECK_FALSE(row.message.empty());
        CHECK(messages.insert(row.message).second);
        CHECK(message(row.error) == row.message);
    }
}

TEST_CASE("a complaint has a close code, a status or neither, by whose mistake it is") {
    for (const auto& row : detail::error_table) {
        CAPTURE(row.message);
        const Kind kind = kind_of(row.error);
        CHECK(is_local(row.error) == (kind == Kind::Local));
        CHECK((row.code >= 1000) == (kind == Kind::Frame));
        if (kind == Kind::None || kind == Kind::Local) CHECK(row.code == 0);
    }
}

TEST_CASE("every close code that answers a mistake may stand on the wire") {
    for (const auto& row : detail::error_table) {
        CAPTURE(row.message);
        CHECK(is_valid_on_wire(close_code(row.error)));
    }
}

TEST_CASE("every status that answers a mistake is a client's error, or 505") {
    for (const auto& row : detail::error_table) {
        CAPTURE(row.message);
        const unsigned status = http_status(row.error);
        CHECK((status == 0 || (status >= 400 && status <= 431) || status == 505));
    }
}

TEST_CASE("what has no close code of its own is an internal error") {
    CHECK(close_code(Error::None) == CloseReason::InternalError);
    CHECK(close_code(Error::BadKey) == CloseReason::InternalError);
    CHECK(http_status(Error::InvalidOpcode) == 0);
}

TEST_CASE("the texts are those of wsproto") {
    CHECK(message(Error::ControlFrameTooLong) == "Control frame with payload len > 125");
    CHECK(message(Error::LengthTopBitSet) == "8-byte payload length with non-zero MSB");
    CHECK(message(Error::LengthUsedTwoBytes) ==
          "Payload length used 2 bytes when 1 would have sufficed");
    CHECK(message(Error::CloseOneByte) == "CLOSE with 1 byte payload");
    CHECK(message(Error::BadAcceptToken) == "Bad accept token");
    CHECK(message(Error::MissingConnectionUpgrade) == "Missing header, 'Connection: Upgrade'");
}

TEST_CASE("a complaint is an error code of the category wsproto") {
    const std::error_code code = Error::InvalidOpcode;
    CHECK(code);
    CHECK(code == Error::InvalidOpcode);
    CHECK(code != Error::InvalidUtf8);
    CHECK(&code.category() == &error_category());
    CHECK(std::string_view{code.category().name()} == "wsproto");
    CHECK(code.message() == "Invalid opcode");
}

TEST_CASE("no complaint is no error") {
    CHECK_FALSE(std::error_code{Error::None});
}

TEST_CASE("a value that is no complaint has a message too") {
    CHECK(error_category().message(-1) == "unknown error");
    CHECK(error_category().message(static_cast<int>(detail::error_table.size())) ==
          "unknown error");
}
