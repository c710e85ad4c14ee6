#include <wsproto/detail/upgrade_fields.hpp>

#include "support.hpp"

#include <wsproto/detail/head_scanner.hpp>

#include <algorithm>
#include <string>
#include <string_view>

using namespace wsproto;
using namespace wsproto::detail;

// What is_in_any_case asks of what it compares with.
static_assert(std::all_of(upgrade_field_names.begin(), upgrade_field_names.end(), [](auto name) {
    return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == name.npos;
}));
static_assert(upgrade_field("HOST") == UpgradeField::Host);
static_assert(upgrade_field("Sec-WebSocket-Accept") == UpgradeField::Accept);
static_assert(upgrade_field("transfer-encoding") == UpgradeField::TransferEncoding);
static_assert(!upgrade_field("Sec-WebSocket") && !upgrade_field(""));

namespace {

FieldLines lines(std::initializer_list<std::string_view> values) {
    FieldLines all;
    for (const std::string_view value : values) {
        all.add(value);
    }
    return all;
}

}  // namespace

TEST_CASE("each field is recognised by its name, in any case") {
    for (std::size_t index = 0; index != upgrade_field_names.size(); ++index) {
        CHECK(upgrade_field(upgrade_field_names[index]) == static_cast<UpgradeField>(index));
    }
}

TEST_CASE("a name that differs in one character is not recognised") {
    for (const std::string_view name : upgrade_field_names) {
        for (std::size_t at = 0; at != name.size(); ++at) {
            std::string other{name};
            other[at] = other[at] == '_' ? '-' : '_';
            CHECK_FALSE(upgrade_field(other));
            other[at] = static_cast<char>(name[at] ^ 0x60);
            CHECK_FALSE(upgrade_field(other));
        }
        CHECK_FALSE(upgrade_field(name.substr(1)));
        CHECK_FALSE(upgrade_field(std::string{name} + 's'));
    }
}

TEST_CASE("fields are gathered in one pass, and those to be shown as headers") {
    const std::string_view text =
        "GET / HTTP/1.1\r\nhost: a\r\nX: y\r\nCONNECTION: close\r\nHost: b\r\n\r\n";
    HeadScanner scanner{HeadKind::Request};
    scanner.scan(text, {.size = 99, .fields = 9});
    REQUIRE(scanner.complete());
    UpgradeFields fields{MessageHead{text, scanner.layout()}, {UpgradeField::Host}};
    CHECK(fields[UpgradeField::Host].count == 2);
    CHECK(fields[UpgradeField::Host].first == "a");
    CHECK(fields[UpgradeField::Connection].is("close"));
    CHECK_FALSE(fields[UpgradeField::Key].present());
    CHECK(fields.take_headers() == Headers{{"host", "a"}, {"x", "y"}, {"host", "b"}});
}

TEST_CASE("several lines are one list") {
    CHECK(lines({}).value().empty());
    CHECK(lines({"a"}).value() == "a");
    CHECK(lines({"a", "b, c", ""}).value() == "a, b, c, ");
}

TEST_CASE("a single line is compared exactly") {
    CHECK(lines({"13"}).is("13"));
    CHECK_FALSE(lines({"13", "13"}).is("13"));
    CHECK_FALSE(lines({"130"}).is("13"));
    CHECK_FALSE(lines({}).is(""));
}

TEST_CASE("a token is found in a list in any case") {
    CHECK(lines({"Upgrade"}).lists("upgrade"));
    CHECK(lines({"keep-alive ,\tUPGRADE "}).lists("upgrade"));
    CHECK(lines({"keep-alive", "upgrade"}).lists("upgrade"));
    CHECK(lines({",,upgrade"}).lists("upgrade"));
}

TEST_CASE("what only looks like the token is not it") {
    CHECK_FALSE(lines({}).lists("upgrade"));
    CHECK_FALSE(lines({""}).lists("upgrade"));
    CHECK_FALSE(lines({"upgrades, up grade"}).lists("upgrade"));
    CHECK_FALSE(lines({"\"a, upgrade, b\""}).lists("upgrade"));
    CHECK_FALSE(lines({"upgrade/1"}).lists("upgrade"));
}
