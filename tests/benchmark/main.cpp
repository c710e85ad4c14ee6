// Measures wsproto beside other WebSocket libraries, in memory. `--help` says how.
#include "groups.hpp"
#include "harness.hpp"
#include "options.hpp"
#include "report.hpp"

#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace {

// What one contestant frees is not returned to the system, for the next would pay to get it back: a
// page that is touched first costs as much as 4 KiB that are received.
void keep_freed_memory() {
#if defined(__GLIBC__)
    constexpr int most = 32 << 20;
    mallopt(M_MMAP_THRESHOLD, most);
    mallopt(M_TRIM_THRESHOLD, 8 * most);
#endif
}

void measure(benchmark::Harness& harness) {
    benchmark::measure_limits(harness);
    benchmark::measure_receive(harness);
    benchmark::measure_send(harness);
    benchmark::measure_deflate(harness);
    benchmark::measure_handshake(harness);
    benchmark::measure_linearity(harness);
    benchmark::measure_memory(harness);
}

void list(const benchmark::Harness& harness) {
    for (const benchmark::Row& row : harness.rows()) {
        std::cout << row.group << ": " << row.name << ':';
        for (const benchmark::Series& series : row.series) {
            std::cout << (&series == row.series.data() ? " " : ", ") << series.name;
        }
        std::cout << '\n';
    }
}

int run(const benchmark::Options& options) {
    benchmark::Harness harness{options};
    measure(harness);
    if (options.list) {
        list(harness);
        return EXIT_SUCCESS;
    }
    const benchmark::Facts facts = benchmark::describe_machine(options);
    benchmark::print_facts(std::cout, facts);
    benchmark::print_tables(std::cout, harness.rows());
    if (!options.brief) {
        benchmark::print_figures(std::cout, harness);
    }
    if (!options.json.empty()) {
        std::ofstream file{options.json};
        benchmark::write_json(file, facts, harness.rows());
        if (!file.flush()) {
            std::cerr << "cannot write " << options.json << '\n';
            return EXIT_FAILURE;
        }
    }
    return harness.failed() ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    const benchmark::Options options = benchmark::parse_options(argc, argv);
    if (options.help || !options.error.empty()) {
        (options.help ? std::cout : std::cerr)
            << options.error << (options.help ? "" : "\n") << benchmark::usage();
        return options.help ? EXIT_SUCCESS : 2;
    }
    keep_freed_memory();
    try {
        return run(options);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
