// Long options as a table: a name, whether a value follows, and what to do with it. Knows no option
// itself, and prints nothing.
#ifndef WSPROTO_EXAMPLES_OPTION_TABLE_HPP
#define WSPROTO_EXAMPLES_OPTION_TABLE_HPP

#include "command_line.hpp"

#include <getopt.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

/// One option of a program whose settings are a `Settings`.
template <typename Settings>
struct OptionRule {
    const char* name;
    int argument;  ///< `required_argument` or `no_argument`.
    void (*take)(Settings& settings, const char* value);
};

/// Takes all options of a command line, in order; what is none is refused.
///
/// Throws `UsageError` with what is wrong.
template <typename Settings>
void take_options(int argc, char** argv, std::span<const OptionRule<Settings>> rules,
                  Settings& settings) {
    std::vector<option> known;
    for (const auto& rule : rules) {
        known.push_back({rule.name, rule.argument, nullptr, 0});
    }
    known.push_back({nullptr, 0, nullptr, 0});
    int index = 0;
    int result = 0;
    while ((result = ::getopt_long(argc, argv, "", known.data(), &index)) == 0) {
        rules[static_cast<std::size_t>(index)].take(settings, optarg);
    }
    if (result != -1) throw UsageError{"see --help"};
    if (optind != argc) throw UsageError{std::string{"unexpected: "} + argv[optind]};
}

#endif
