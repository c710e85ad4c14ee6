#include <wsproto/detail/status_reason.hpp>

#include "catch.hpp"

#include <algorithm>

using namespace wsproto::detail;

static_assert(status_reason(200) == "OK");
static_assert(std::is_sorted(status_reasons.begin(), status_reasons.end(),
                             [](auto a, auto b) { return a.status < b.status; }));

TEST_CASE("registered statuses have their phrase") {
    CHECK(status_reason(400) == "Bad Request");
    CHECK(status_reason(405) == "Method Not Allowed");
    CHECK(status_reason(426) == "Upgrade Required");
    CHECK(status_reason(431) == "Request Header Fields Too Large");
    CHECK(status_reason(505) == "HTTP Version Not Supported");
    CHECK(status_reason(511) == "Network Authentication Required");
}

TEST_CASE("other statuses have none") {
    CHECK(status_reason(199).empty());
    CHECK(status_reason(418).empty());
    CHECK(status_reason(599).empty());
}
