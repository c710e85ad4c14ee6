// The command line of the benchmark.
#ifndef WSPROTO_BENCHMARK_OPTIONS_HPP
#define WSPROTO_BENCHMARK_OPTIONS_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace benchmark {

struct Options {
    std::vector<std::string> filters;      ///< A row runs if its name has one of these in it.
    std::vector<std::string> contestants;  ///< Who runs, by name; all if there is none.
    std::size_t rounds = 11;
    double round_ms = 1;     ///< What one contestant runs in one round, at least one pass.
    std::size_t passes = 0;  ///< Passes of a round; 0: as many as `round_ms` has time for.
    bool brief = false;      ///< Few rows and short rounds, to prove that all of it works.
    bool list = false;
    bool help = false;
    std::string json;
    std::string error;  ///< What is wrong with the command line.
};

[[nodiscard]] Options parse_options(int argc, const char* const* argv);

[[nodiscard]] std::string_view usage() noexcept;

}  // namespace benchmark

#endif
