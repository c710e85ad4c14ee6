// Long options as a table: a name, whether a value follows, and what to do with it. Knows no option
// itself, and prints nothing.
#ifndef WSPROTO_EXAMPLES_OPTION_TABLE_HPP
#define WSPROTO_EXAMPLES_OPTION_TABLE_HPP

#include "command_line.hpp"

#include <getopt.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// An option as it was given.
struct OptionValue {
    std::string option{};        ///< For complaints: "--port".
    const char* text = nullptr;  ///< Null where no value follows.
};

/// One option of a program whose settings are a `Settings`.
template <typename Settings>
struct OptionRule {
    const char* name = nullptr;
    int argument = no_argument;  ///< Or `required_argument`.
    void (*take)(Settings& settings, const OptionValue& value) = nullptr;
    bool last = false;  ///< What follows is not looked at: `--help`.
};

template <typename Number>
[[nodiscard]] Number parse_number(const OptionValue& value) {
    return parse_number<Number>(value.option, value.text);
}

/// Where nothing works with 0.
template <typename Number>
[[nodiscard]] Number parse_positive(const OptionValue& value) {
    const auto number = parse_number<Number>(value);
    if (number <= 0) throw UsageError{value.option + ": must be above 0"};
    return number;
}

/// 0 stands for no limit.
template <typename Number>
[[nodiscard]] Number parse_limit(const OptionValue& value) {
    const auto number = parse_number<Number>(value);
    return number == 0 ? std::numeric_limits<Number>::max() : number;
}

/// What a rule does where the value is a number, and one of the settings.
template <auto Member, typename Settings>
void take_number(Settings& settings, const OptionValue& value) {
    using Number = std::remove_reference_t<decltype(settings.*Member)>;
    settings.*Member = parse_number<Number>(value);
}

/// What a rule does where the value is a number of seconds.
template <auto Member, typename Settings>
void take_seconds(Settings& settings, const OptionValue& value) {
    settings.*Member = std::chrono::seconds{parse_number<std::uint32_t>(value)};
}

[[nodiscard]] inline std::string program_name(std::string_view path) {
    return std::string{path.substr(path.rfind('/') + 1)};
}

template <typename Settings>
[[nodiscard]] std::vector<option> known_options(std::span<const OptionRule<Settings>> rules) {
    std::vector<option> known;
    for (const auto& rule : rules) {
        known.push_back({rule.name, rule.argument, nullptr, 0});
    }
    known.push_back({nullptr, 0, nullptr, 0});
    return known;
}

/// Takes all options of a command line, in order, and returns what is none; nothing where an option
/// was the last one.
///
/// Throws `UsageError` with what is wrong.
template <typename Settings>
[[nodiscard]] std::span<char*> take_options(int argc, char** argv,
                                            std::span<const OptionRule<Settings>> rules,
                                            Settings& settings) {
    const std::vector<option> known = known_options(rules);
    int index = 0;
    int result = 0;
    while ((result = ::getopt_long(argc, argv, "", known.data(), &index)) == 0) {
        const OptionRule<Settings>& rule = rules[static_cast<std::size_t>(index)];
        rule.take(settings, {std::string{"--"} + rule.name, optarg});
        if (rule.last) return {};
    }
    if (result != -1) throw UsageError{"see " + program_name(argv[0]) + " --help"};
    return {argv + optind, argv + argc};
}

/// For a program that takes options and nothing else.
inline void refuse_operands(std::span<char*> operands) {
    if (!operands.empty()) throw UsageError{std::string{"unexpected: "} + operands.front()};
}

#endif
