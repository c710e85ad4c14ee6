// What the load client found: counts and times, of a phase or of the whole, for people and as JSON.
#ifndef WSPROTO_TESTS_LOAD_REPORT_HPP
#define WSPROTO_TESTS_LOAD_REPORT_HPP

#include "histogram.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <ostream>
#include <string_view>
#include <utility>

struct Tally {
    std::uint64_t bytes = 0;         ///< Payload of the echoes that came back.
    std::uint64_t altered = 0;       ///< Echoes that are not what was sent.
    std::uint64_t lost = 0;          ///< Messages without an echo.
    std::uint64_t failed = 0;        ///< Connections that ended before they should.
    std::uint64_t never_opened = 0;  ///< Connections that were refused, or not answered.
    std::uint64_t unclean = 0;       ///< Connections without a whole closing handshake.
    Histogram latency{};             ///< One entry for each good echo.

    [[nodiscard]] bool is_good() const noexcept {
        return altered + lost + failed + never_opened + unclean == 0;
    }

    void add(const Tally& other) noexcept {
        bytes += other.bytes;
        altered += other.altered;
        lost += other.lost;
        failed += other.failed;
        never_opened += other.never_opened;
        unclean += other.unclean;
        latency.add(other.latency);
    }
};

inline constexpr std::array<std::pair<std::string_view, double>, 4> reported_quantiles = {
    {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}}};

[[nodiscard]] inline double microseconds(std::chrono::nanoseconds duration) {
    return static_cast<double>(duration.count()) / 1000.0;
}

/// Pairs of nanoseconds and how many took that long: those of several phases can be added up.
inline void print_histogram(std::ostream& out, const Histogram& latency) {
    std::string_view separator = "";
    out << '[';
    latency.for_each([&](std::chrono::nanoseconds duration, std::uint64_t count) {
        out << std::exchange(separator, ", ") << '[' << duration.count() << ", " << count << ']';
    });
    out << ']';
}

/// `name` is "phase" with its number, or "whole".
struct ReportHead {
    std::string_view name{};
    std::size_t number = 0;
    double seconds = 0;
    std::size_t connections = 0;
};

inline void print_json(std::ostream& out, const ReportHead& head, const Tally& tally) {
    const auto per_second = [&](std::uint64_t count) {
        return head.seconds > 0 ? static_cast<double>(count) / head.seconds : 0.0;
    };
    out << std::fixed << std::setprecision(1) << "{\"report\": \"" << head.name
        << "\", \"number\": " << head.number << ", \"seconds\": " << head.seconds
        << ", \"connections\": " << head.connections << ", \"messages\": " << tally.latency.total()
        << ", \"messages_per_s\": " << per_second(tally.latency.total())
        << ", \"payload_per_s\": " << per_second(tally.bytes);
    for (const auto& [name, part] : reported_quantiles) {
        out << ", \"" << name << "_us\": " << microseconds(tally.latency.quantile(part));
    }
    out << ", \"max_us\": " << microseconds(tally.latency.max())
        << ", \"altered\": " << tally.altered << ", \"lost\": " << tally.lost
        << ", \"failed\": " << tally.failed << ", \"never_opened\": " << tally.never_opened
        << ", \"unclean\": " << tally.unclean << ", \"histogram_ns\": ";
    print_histogram(out, tally.latency);
    out << '}' << std::endl;
}

inline void print_text(std::ostream& out, const ReportHead& head, const Tally& tally) {
    const double rate =
        head.seconds > 0 ? static_cast<double>(tally.latency.total()) / head.seconds : 0.0;
    out << std::fixed << std::setprecision(1) << head.name << ' ' << head.number << ": "
        << head.connections << " connections, " << tally.latency.total() << " echoes in "
        << head.seconds << " s, " << rate << " a second; µs:";
    for (const auto& [name, part] : reported_quantiles) {
        out << ' ' << name << ' ' << microseconds(tally.latency.quantile(part));
    }
    out << " max " << microseconds(tally.latency.max()) << "; altered " << tally.altered
        << ", lost " << tally.lost << ", failed " << tally.failed << ", never opened "
        << tally.never_opened << ", unclean " << tally.unclean << std::endl;
}

#endif
