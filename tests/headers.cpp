#include <wsproto/headers.hpp>

#include "catch.hpp"
#include "support_time.hpp"

#include <string>
#include <string_view>
#include <vector>

using namespace wsproto;

namespace {

using Elements = std::vector<std::string>;

}  // namespace

TEST_CASE("a header is found in any case") {
    const Headers headers = {{"Host", "example.com"}, {"uPgRaDe", "websocket"}};
    CHECK(find_header(headers, "Upgrade") == "websocket");
    CHECK(find_header(headers, "UPGRADE") == "websocket");
    CHECK(find_header(headers, "host") == "example.com");
}

TEST_CASE("of several headers of a name the first is found") {
    const Headers headers = {{"A", "1"}, {"b", "2"}, {"a", "3"}};
    CHECK(find_header(headers, "a") == "1");
}

TEST_CASE("an empty header is found") {
    CHECK(find_header({{"a", ""}}, "A") == "");
}

TEST_CASE("a header of another name is not found") {
    const Headers headers = {{"Upgrade", "websocket"}};
    CHECK_FALSE(find_header(headers, "Upgrad"));
    CHECK_FALSE(find_header(headers, "Upgrades"));
    CHECK_FALSE(find_header({}, "Upgrade"));
}

TEST_CASE("what is found views the header") {
    const Headers headers = {{"a", "value"}};
    CHECK(find_header(headers, "a")->data() == headers[0].second.data());
}

TEST_CASE("a list is split at its commas and trimmed") {
    CHECK(split_comma_header("a") == Elements{"a"});
    CHECK(split_comma_header("a,b") == Elements{"a", "b"});
    CHECK(split_comma_header(" a\t,\t b c ,d") == Elements{"a", "b c", "d"});
}

TEST_CASE("empty elements of a list are dropped") {
    // RFC 9110 §5.6.1.2.
    CHECK(split_comma_header("").empty());
    CHECK(split_comma_header(" , ,\t,").empty());
    CHECK(split_comma_header(",foo ,bar,charlie") == Elements{"foo", "bar", "charlie"});
    CHECK(split_comma_header("foo , ,bar,charlie,") == Elements{"foo", "bar", "charlie"});
}

TEST_CASE("a comma inside a quoted string does not split") {
    CHECK(split_comma_header(R"(a; p="1,2", b)") == Elements{R"(a; p="1,2")", "b"});
    CHECK(split_comma_header(R"(",",",")") == Elements{R"(",")", R"(",")"});
}

TEST_CASE("an escaped quote does not end a quoted string") {
    // RFC 9110 §5.6.4.
    CHECK(split_comma_header(R"(a="\",", b)") == Elements{R"(a="\",")", "b"});
    CHECK(split_comma_header(R"(a="\\", b)") == Elements{R"(a="\\")", "b"});
}

TEST_CASE("a backslash outside a quoted string escapes nothing") {
    CHECK(split_comma_header(R"(a\,b)") == Elements{R"(a\)", "b"});
    CHECK(split_comma_header(R"(a\",",b)") == Elements{R"(a\",")", "b"});
}

TEST_CASE("a quoted string that is not closed reaches to the end") {
    CHECK(split_comma_header(R"(a, "b, c)") == Elements{"a", R"("b, c)"});
    CHECK(split_comma_header(R"(a, "b, c\)") == Elements{"a", R"("b, c\)"});
}

TEST_CASE("a long list takes linear time") {
    const std::string_view piece =
        GENERATE(as<std::string_view>{}, ",", " ", "\"", "\\", "\"\\", "\",", "a,", " ,");
    CAPTURE(piece);
    const auto split = [&](std::size_t size) {
        std::string list;
        while (list.size() < size) {
            list += piece;
        }
        std::size_t elements = 0;
        for (int again = 0; again != 200; ++again) {  // large ones would measure the allocator
            elements += split_comma_header(list).size();
        }
        CHECK(elements <= 200 * list.size());
    };
    CHECK(support::growth_of_time(500, split) < support::linear_growth_limit);
}
