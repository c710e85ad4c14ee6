// Runs contestants in interleaved rounds, so that all of them see the same neighbours on the
// machine, and keeps every sample. What they do is not known here.
#ifndef WSPROTO_BENCHMARK_HARNESS_HPP
#define WSPROTO_BENCHMARK_HARNESS_HPP

#include "options.hpp"
#include "statistics.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace benchmark {

enum class Kind { Ours, Peer, Limit };

/// Something to be timed.
struct Contestant {
    std::string name;
    Kind kind = Kind::Peer;
    std::function<void()> pass{};  ///< Does the work of a row once.
    double share = 1;              ///< How many times the items of the row that is.
};

/// What one contestant took: of one item, round by round.
struct Series {
    std::string name;
    Kind kind = Kind::Peer;
    Samples samples{};
};

/// One line of a table.
struct Row {
    std::string group;
    std::string name;
    std::string unit = "ns";
    std::vector<Series> series{};

    [[nodiscard]] const Series* find(std::string_view contestant) const noexcept;

    /// Of these, the one with the least median; null if there is none.
    [[nodiscard]] const Series* best(Kind kind) const noexcept;
};

/// Measures what the options ask for, and remembers it.
class Harness {
  public:
    explicit Harness(Options options) : options_{std::move(options)} {}

    [[nodiscard]] const Options& options() const noexcept { return options_; }
    [[nodiscard]] const std::vector<Row>& rows() const noexcept { return rows_; }
    [[nodiscard]] const Row* find(std::string_view group, std::string_view name) const noexcept;

    /// Whether this row is asked for.
    [[nodiscard]] bool wants(std::string_view group, std::string_view name) const;
    [[nodiscard]] bool wants_contestant(std::string_view name) const;

    /// Times a row; `items` is what one pass of each contestant handles.
    void time(std::string group, std::string name, double items,
              std::vector<Contestant> contestants);

    /// Adds a row that was counted, not timed.
    void add(Row row);

    /// A contestant has not done what it should have; the program will fail.
    void complain(std::string_view group, std::string_view row, std::string_view contestant);
    [[nodiscard]] bool failed() const noexcept { return failed_; }

  private:
    Options options_;
    std::vector<Row> rows_{};
    bool failed_ = false;
};

}  // namespace benchmark

#endif
