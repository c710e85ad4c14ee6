#include <wsproto/detail/message_head.hpp>

#include "support.hpp"

#include <string_view>

using namespace wsproto;
using namespace wsproto::detail;

namespace {

//                                  0         1         2         3          4
//                                  012345678901234567890 1 2345678 9 01234567890 1
constexpr std::string_view text = "GET /chat HTTP/1.1\r\nHost:\t a b \r\nX-y:\r\n\r\n";

HeadLayout layout() {
    return {.first_space = 3,
            .second_space = 9,
            .start_line_end = 18,
            .fields = {{.name = 20, .name_end = 24, .value_end = 31},
                       {.name = 33, .name_end = 36, .value_end = 37}}};
}

}  // namespace

TEST_CASE("a request line has three parts") {
    const HeadLayout parts = layout();
    const MessageHead head{text, parts};
    CHECK(head.method() == "GET");
    CHECK(head.target() == "/chat");
    CHECK(head.request_version() == "HTTP/1.1");
}

TEST_CASE("a status line begins with its version") {
    const HeadLayout parts{.first_space = 8, .second_space = 12, .start_line_end = 15};
    const MessageHead head{"HTTP/1.1 404 No\r\n\r\n", parts};
    CHECK(head.response_version() == "HTTP/1.1");
    CHECK(head.field_count() == 0);
}

TEST_CASE("a field is shown as received, without the white space around its value") {
    const HeadLayout parts = layout();
    const MessageHead head{text, parts};
    REQUIRE(head.field_count() == 2);
    CHECK(head.field(0).name == "Host");
    CHECK(head.field(0).value == "a b");
    CHECK(head.field(1).name == "X-y");
    CHECK(head.field(1).value.empty());
}

TEST_CASE("headers have their names in lower case, and their order") {
    const HeadLayout parts = layout();
    const MessageHead head{text, parts};
    CHECK(head.headers() == Headers{{"host", "a b"}, {"x-y", ""}});
}
