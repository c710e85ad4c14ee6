#include "harness.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <ctime>
#include <iostream>
#include <utility>

namespace benchmark {
namespace {

/// CPU time of this thread where that can be had: others on the same core do not count.
double now_ns() noexcept {
#ifdef CLOCK_THREAD_CPUTIME_ID
    std::timespec time{};
    if (::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0) {
        return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
    }
#endif
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double, std::nano>{now}.count();
}

double time_of(const Contestant& contestant, std::size_t passes) {
    const double begin = now_ns();
    for (std::size_t pass = 0; pass < passes; ++pass) {
        contestant.pass();
    }
    return now_ns() - begin;
}

/// How many passes take as long as a round should; warms up on the way.
std::size_t calibrate(const Contestant& contestant, const Options& options) {
    if (options.passes != 0) {
        return options.passes;
    }
    const double wanted = options.round_ms * 1e6;
    std::size_t passes = 1;
    double taken = time_of(contestant, passes);
    while (taken < wanted / 4) {
        passes *= 2;
        taken = time_of(contestant, passes);
    }
    const double needed = static_cast<double>(passes) * wanted / std::max(taken, 1.0);
    return std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(needed)));
}

bool has_one_of(std::string_view text, const std::vector<std::string>& parts) {
    return parts.empty() || std::any_of(parts.begin(), parts.end(), [&](const auto& part) {
               return text.find(part) != std::string_view::npos;
           });
}

}  // namespace

const Series* Row::find(std::string_view contestant) const noexcept {
    const auto found = std::find_if(series.begin(), series.end(),
                                    [&](const auto& one) { return one.name == contestant; });
    return found == series.end() ? nullptr : &*found;
}

const Series* Row::best(Kind kind) const noexcept {
    const Series* best = nullptr;
    for (const Series& one : series) {
        const bool better = best == nullptr || median(one.samples) < median(best->samples);
        best = one.kind == kind && better ? &one : best;
    }
    return best;
}

const Row* Harness::find(std::string_view group, std::string_view name) const noexcept {
    const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const auto& row) {
        return row.group == group && row.name == name;
    });
    return found == rows_.end() ? nullptr : &*found;
}

bool Harness::wants(std::string_view group, std::string_view name) const {
    const std::string text = std::string{group} + ": " + std::string{name};
    return has_one_of(text, options_.filters);
}

bool Harness::wants_contestant(std::string_view name) const {
    const auto& names = options_.contestants;
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

void Harness::time(std::string group, std::string name, double items,
                   std::vector<Contestant> contestants) {
    std::erase_if(contestants, [&](const auto& one) { return !wants_contestant(one.name); });
    Row row{.group = std::move(group), .name = std::move(name)};
    for (const Contestant& one : contestants) {
        row.series.push_back({.name = one.name, .kind = one.kind});
    }
    const std::size_t count = contestants.size();
    if (!options_.list) {
        std::vector<std::size_t> passes;
        for (const Contestant& one : contestants) {
            passes.push_back(calibrate(one, options_));
        }
        for (std::size_t turn = 0; turn < options_.rounds * count; ++turn) {
            const std::size_t at = (turn + turn / std::max<std::size_t>(1, count)) % count;
            const double taken = time_of(contestants[at], passes[at]);
            const double handled = items * contestants[at].share * static_cast<double>(passes[at]);
            row.series[at].samples.push_back(taken / handled);
        }
    }
    add(std::move(row));
}

void Harness::add(Row row) {
    std::cerr << row.group << ": " << row.name << '\n';
    rows_.push_back(std::move(row));
}

void Harness::complain(std::string_view group, std::string_view row, std::string_view contestant) {
    std::cerr << group << ": " << row << ": " << contestant << " did not do its work\n";
    failed_ = true;
}

}  // namespace benchmark
