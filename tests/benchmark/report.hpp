// What was measured, as tables to read and as JSON to draw.
#ifndef WSPROTO_BENCHMARK_REPORT_HPP
#define WSPROTO_BENCHMARK_REPORT_HPP

#include "harness.hpp"

#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace benchmark {

/// "compiler" → "GCC 12.2.0", and so on.
using Facts = std::vector<std::pair<std::string, std::string>>;

/// Processor, compiler, versions, method.
[[nodiscard]] Facts describe_machine(const Options& options);

/// "12.3", "4.56k", "1.05M".
[[nodiscard]] std::string readable(double value);

/// Columns, the first to the left and the others to the right.
void print_columns(std::ostream& out, const std::vector<std::vector<std::string>>& lines);

void print_facts(std::ostream& out, const Facts& facts);

/// One table for each group.
void print_tables(std::ostream& out, const std::vector<Row>& rows);

/// The figures that wsproto is to reach, as far as their rows were measured.
void print_figures(std::ostream& out, const Harness& harness);

void write_json(std::ostream& out, const Facts& facts, const std::vector<Row>& rows);

}  // namespace benchmark

#endif
