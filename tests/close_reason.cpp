#include <wsproto/close_reason.hpp>

#include "catch.hpp"

#include <cstdint>
#include <type_traits>

using namespace wsproto;

namespace {

static_assert(std::is_same_v<std::underlying_type_t<CloseReason>, std::uint16_t>);
static_assert(static_cast<std::uint16_t>(CloseReason{4000}) == 4000);
static_assert(is_valid_on_wire(CloseReason::NormalClosure));
static_assert(!is_valid_on_wire(CloseReason::NoStatusRcvd));

}  // namespace

TEST_CASE("close reasons have the registered codes") {
    const auto [reason, code] = GENERATE(table<CloseReason, int>({
        {CloseReason::NormalClosure, 1000},
        {CloseReason::GoingAway, 1001},
        {CloseReason::ProtocolError, 1002},
        {CloseReason::UnsupportedData, 1003},
        {CloseReason::NoStatusRcvd, 1005},
        {CloseReason::AbnormalClosure, 1006},
        {CloseReason::InvalidFramePayloadData, 1007},
        {CloseReason::PolicyViolation, 1008},
        {CloseReason::MessageTooBig, 1009},
        {CloseReason::MandatoryExt, 1010},
        {CloseReason::InternalError, 1011},
        {CloseReason::ServiceRestart, 1012},
        {CloseReason::TryAgainLater, 1013},
        {CloseReason::BadGateway, 1014},
        {CloseReason::TlsHandshakeFailed, 1015},
    }));
    CHECK(static_cast<int>(reason) == code);
}

TEST_CASE("a range of codes is valid on the wire from end to end, or not at all") {
    // RFC 6455 §7.4.1 and §7.4.2; 1012 to 1014 were registered later.
    const auto [first, last, valid] = GENERATE(table<int, int, bool>({
        {0, 999, false},
        {1000, 1003, true},
        {1004, 1006, false},
        {1007, 1014, true},
        {1015, 2999, false},
        {3000, 4999, true},
        {5000, 65535, false},
    }));
    int unexpected = 0;
    for (int code = first; code <= last; ++code) {
        unexpected += is_valid_on_wire(CloseReason{static_cast<std::uint16_t>(code)}) != valid;
    }
    CAPTURE(first, last, valid);
    CHECK(unexpected == 0);
}
