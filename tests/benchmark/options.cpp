#include "options.hpp"

#include <charconv>
#include <cstdlib>

namespace benchmark {
namespace {

bool parse_count(std::string_view text, std::size_t& count) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    return error == std::errc{} && end == text.data() + text.size() && count > 0;
}

bool parse_milliseconds(const std::string& text, double& value) {
    char* end = nullptr;
    value = std::strtod(text.c_str(), &end);
    return end == text.c_str() + text.size() && value > 0;
}

// An option with a value; false if there is none of this name or the value makes no sense.
bool take_value(std::string_view name, const std::string& value, Options& options) {
    if (name == "--filter") {
        options.filters.push_back(value);
    } else if (name == "--contestant") {
        options.contestants.push_back(value);
    } else if (name == "--json") {
        options.json = value;
    } else if (name == "--rounds") {
        return parse_count(value, options.rounds);
    } else if (name == "--round-ms") {
        return parse_milliseconds(value, options.round_ms);
    } else if (name == "--passes") {
        return parse_count(value, options.passes);
    } else {
        return false;
    }
    return true;
}

void shorten(Options& options) {
    options.brief = true;
    options.rounds = 3;
    options.round_ms = 0.05;
}

}  // namespace

Options parse_options(int argc, const char* const* argv) {
    Options options;
    for (int index = 1; index < argc; ++index) {
        const std::string_view name = argv[index];
        if (name == "--help" || name == "-h") {
            options.help = true;
        } else if (name == "--list") {
            options.list = true;
        } else if (name == "--brief") {
            shorten(options);
        } else if (index + 1 == argc || !take_value(name, argv[++index], options)) {
            options.error = "cannot make sense of " + std::string{name};
            break;
        }
    }
    return options;
}

std::string_view usage() noexcept {
    return R"(Usage: wsproto_benchmark [options]

Measures wsproto and other WebSocket libraries side by side, in memory, in one thread. Prints a
table for each group and, at the end, the figures that wsproto is to reach.

  --filter TEXT      only rows whose "group: row" has TEXT in it; may be repeated
  --contestant NAME  only this contestant; may be repeated
  --rounds N         interleaved rounds, 11 by default
  --round-ms X       CPU time of one contestant in one round, 1 by default
  --passes N         passes of a round instead, to count instructions with
  --brief            few rows, 3 rounds of 0.05 ms: proves that it works, measures nothing
  --json FILE        write all samples there too
  --list             print the rows and their contestants, run nothing
  --help             this text

For figures worth quoting: build with the preset 'bench', pin it to one core (taskset -c 1).
)";
}

}  // namespace benchmark
