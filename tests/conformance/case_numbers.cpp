// Whether the suite is complete: the numbers of all 517 cases of the Autobahn test suite, in
// ranges, how many each group has, and those that our tables have.
#include "groups.hpp"

#include "catch.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace conformance {
namespace {

// How many cases each section has, numbered from 1. Groups 8 and 11 do not exist.
struct Range {
    const char* section;
    int last;
};

constexpr Range ranges[] = {
    {"1.1", 8},   {"1.2", 8},   {"2", 11},    {"3", 7},     {"4.1", 5},   {"4.2", 5},
    {"5", 20},    {"6.1", 3},   {"6.2", 4},   {"6.3", 2},   {"6.4", 4},   {"6.5", 5},
    {"6.6", 11},  {"6.7", 4},   {"6.8", 2},   {"6.9", 4},   {"6.10", 3},  {"6.11", 5},
    {"6.12", 8},  {"6.13", 5},  {"6.14", 10}, {"6.15", 1},  {"6.16", 3},  {"6.17", 5},
    {"6.18", 5},  {"6.19", 5},  {"6.20", 7},  {"6.21", 8},  {"6.22", 34}, {"6.23", 7},
    {"7.1", 6},   {"7.3", 6},   {"7.5", 1},   {"7.7", 13},  {"7.9", 9},   {"7.13", 2},
    {"9.1", 6},   {"9.2", 6},   {"9.3", 9},   {"9.4", 9},   {"9.5", 6},   {"9.6", 6},
    {"9.7", 6},   {"9.8", 6},   {"10.1", 1},  {"12.1", 18}, {"12.2", 18}, {"12.3", 18},
    {"12.4", 18}, {"12.5", 18}, {"13.1", 18}, {"13.2", 18}, {"13.3", 18}, {"13.4", 18},
    {"13.5", 18}, {"13.6", 18}, {"13.7", 18},
};

// What wstest counts in a whole run, by group.
const std::map<std::string, int> wstest_counts{{"1", 16}, {"2", 11},  {"3", 7},   {"4", 10},
                                               {"5", 20}, {"6", 145}, {"7", 37},  {"9", 54},
                                               {"10", 1}, {"12", 90}, {"13", 126}};

std::vector<std::string> our_numbers() {
    std::vector<std::string> numbers = group_12_ids();
    const auto more = group_13_ids();
    numbers.insert(numbers.end(), more.begin(), more.end());
    for (const auto group :
         {group_1, group_2, group_3, group_4, group_5, group_6, group_7, group_9, group_10}) {
        for (const Case& each : group()) {
            numbers.push_back(each.id);
        }
    }
    return numbers;
}

}  // namespace

TEST_CASE("the suite has all 517 cases of the Autobahn test suite, each once") {
    std::set<std::string> expected;
    for (const Range& range : ranges) {
        for (int number = 1; number <= range.last; ++number) {
            expected.insert(std::string{range.section} + '.' + std::to_string(number));
        }
    }
    CHECK(expected.size() == 517);
    const std::vector<std::string> numbers = our_numbers();
    CHECK(numbers.size() == 517);
    CHECK(std::set<std::string>(numbers.begin(), numbers.end()) == expected);
}

TEST_CASE("every group has as many cases as the Autobahn test suite counts") {
    std::map<std::string, int> counts;
    for (const std::string& number : our_numbers()) {
        ++counts[number.substr(0, number.find('.'))];
    }
    CHECK(counts == wstest_counts);
}

}  // namespace conformance
