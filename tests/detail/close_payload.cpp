#include <wsproto/detail/close_payload.hpp>

#include "support.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

using namespace wsproto;
using namespace wsproto::detail;
using namespace support;

namespace {

static_assert(parse_close({}).code == CloseReason::NoStatusRcvd);
static_assert(parse_close({}).error == Error::None);

Bytes payload_of(unsigned code, std::string_view reason = {}) {
    const Bytes bytes{static_cast<std::byte>(code >> 8), static_cast<std::byte>(code & 0xff)};
    return concat({bytes, as_bytes(reason)});
}

bool may_be_received(unsigned code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

Error received(std::string_view digits) {
    return parse_close(hex(digits)).error;
}

EncodedClose encoded(unsigned code, std::string_view reason = {}) {
    return encode_close(static_cast<CloseReason>(code), reason);
}

std::string wire(unsigned code, std::string_view reason = {}) {
    const EncodedClose close = encoded(code, reason);
    return to_hex(close.view());
}

template <typename Close>
concept Viewed = requires(Close&& close) {
    std::forward<Close>(close).view();
};
static_assert(Viewed<const EncodedClose&> && !Viewed<EncodedClose>);

}  // namespace

TEST_CASE("close codes over 4999 or reserved: refused, whether received or sent",
          "[attack][rfc6455-7.4.1-1005][rfc6455-7.4.1-1006][rfc6455-7.4.1-1015]") {
    for (unsigned code = 0; code <= 0xffff; ++code) {
        CAPTURE(code);
        const bool received = parse_close(payload_of(code)).error == Error::None;
        const bool sent = encoded(code).error == Error::None;
        if (received != may_be_received(code)) FAIL();
        if (sent != (may_be_received(code) || code == 1005)) FAIL();
    }
}

TEST_CASE("a Close code that must not be received is told from one that is out of range") {
    CHECK(received("00 00") == Error::CloseInvalidCode);
    CHECK(received("03 e7") == Error::CloseInvalidCode);    // 999
    CHECK(received("13 88") == Error::CloseInvalidCode);    // 5000
    CHECK(received("ff ff") == Error::CloseInvalidCode);    // 65535
    CHECK(received("03 ec") == Error::CloseReservedCode);   // 1004
    CHECK(received("03 ed") == Error::CloseLocalOnlyCode);  // 1005
    CHECK(received("03 ee") == Error::CloseLocalOnlyCode);  // 1006
    CHECK(received("03 f7") == Error::CloseLocalOnlyCode);  // 1015
    CHECK(received("03 f8") == Error::CloseReservedCode);   // 1016
    CHECK(received("0b b7") == Error::CloseReservedCode);   // 2999
}

TEST_CASE("a Close payload of one byte is refused", "[rfc6455-5.5.1-code]") {
    CHECK(received("03") == Error::CloseOneByte);
}

TEST_CASE("a received Close has its code and reason") {
    const Bytes payload = payload_of(1001, "h\u00e9");
    const ClosePayload close = parse_close(payload);
    CHECK(close.code == CloseReason::GoingAway);
    CHECK(as_text(close.reason) == "h\u00e9");
    CHECK(close.error == Error::None);
}

TEST_CASE("a received reason must be complete and valid UTF-8", "[rfc6455-8.1-data]") {
    CHECK(received("03 e8 c3") == Error::CloseReasonInvalidUtf8);
    CHECK(received("03 e8 ed a0 80") == Error::CloseReasonInvalidUtf8);
    CHECK(received("03 ec c3") == Error::CloseReservedCode);  // the code stands in front of it
}

TEST_CASE("a Close to send has two bytes of code and then the reason",
          "[rfc6455-5.5.1-code][rfc6455-7.1.2-start]") {
    CHECK(wire(1000) == "03 e8");
    CHECK(wire(4999, "ok") == "13 87 6f 6b");
}

TEST_CASE("a Close without a code is empty and has no reason") {
    CHECK(encoded(1005).size == 0);
    CHECK(encoded(1005).error == Error::None);
    CHECK(encoded(1005, "x").error == Error::ReasonWithoutCode);
}

TEST_CASE("a Close to send needs a valid code and a reason that is UTF-8") {
    CHECK(encoded(1004).error == Error::BadCloseCode);
    CHECK(encoded(1006).error == Error::BadCloseCode);
    CHECK(encoded(1015).error == Error::BadCloseCode);
    CHECK(encoded(5000).error == Error::BadCloseCode);
    CHECK(encoded(1000, "\xc3").error == Error::ReasonNotUtf8);
}

TEST_CASE("a reason is cut to 123 bytes at a code point") {
    const std::string_view point =
        GENERATE(as<std::string_view>{}, "a", "\u00e9", "\u20ac", "\U0001f600");
    for (std::size_t lead = 110; lead <= 125; ++lead) {
        std::string reason(lead, 'x');
        while (reason.size() < 140) {
            reason += point;
        }
        const EncodedClose wire = encoded(1000, reason);
        const ClosePayload close = parse_close(wire.view());
        CAPTURE(lead, point);
        CHECK(close.error == Error::None);
        CHECK(close.reason.size() <= 123);
        CHECK(close.reason.size() > 123 - point.size());
        CHECK(reason.starts_with(as_text(close.reason)));
    }
}

TEST_CASE("a reason of 123 bytes is not cut") {
    const std::string reason(123, 'x');
    CHECK(encoded(1000, reason).size == 125);
    const EncodedClose close = encoded(1000, reason);
    CHECK(as_text(close.view().subspan(2)) == reason);
}

TEST_CASE("a reason that is invalid behind the cut is refused too") {
    CHECK(encoded(1000, std::string(200, 'x') + "\xff").error == Error::ReasonNotUtf8);
}
