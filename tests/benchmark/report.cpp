#include "report.hpp"

#include "library.hpp"
#include "limits.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <ostream>
#include <string_view>

namespace benchmark {
namespace {

using Line = std::vector<std::string>;

std::string formatted(const char* format, double value) {
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

std::string processor() {
    std::ifstream file{"/proc/cpuinfo"};
    for (std::string line; std::getline(file, line);) {
        const std::size_t colon = line.find(": ");
        if (line.rfind("model name", 0) == 0 && colon != std::string::npos) {
            return line.substr(colon + 2);
        }
    }
    return "unknown";
}

std::string compiler() {
#if defined(__clang__)
    return __VERSION__;
#elif defined(__GNUC__)
    return "GCC " __VERSION__;
#else
    return "unknown";
#endif
}

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> contestants_of(const std::vector<const Row*>& rows) {
    std::vector<std::string> names;
    for (const Row* row : rows) {
        for (const Series& series : row->series) {
            if (!has(names, series.name)) {
                names.push_back(series.name);
            }
        }
    }
    return names;
}

const Series* first_of_ours(const Row& row) {
    const auto found = std::find_if(row.series.begin(), row.series.end(),
                                    [](const auto& one) { return one.kind == Kind::Ours; });
    return found == row.series.end() ? nullptr : &*found;
}

std::string ratio(const Series* above, const Series* below) {
    if (above == nullptr || below == nullptr) {
        return "";
    }
    const double value = median(paired_ratios(above->samples, below->samples));
    return std::isfinite(value) ? formatted("%.2f", value) : "";
}

std::string lowest_ratio(const Series* above, const Series* below) {
    if (above == nullptr || below == nullptr) {
        return "";
    }
    const double value = lower_quartile(paired_ratios(above->samples, below->samples));
    return std::isfinite(value) ? formatted("%.2f", value) : "";
}

Line line_of(const Row& row, const std::vector<std::string>& names, bool compares) {
    Line line{row.name, row.unit};
    for (const std::string& name : names) {
        const Series* const series = row.find(name);
        line.push_back(series == nullptr ? "" : readable(median(series->samples)));
    }
    if (compares) {
        const Series* const ours = first_of_ours(row);
        const Series* const limit = row.best(Kind::Limit);
        line.push_back(ratio(row.best(Kind::Peer), ours));
        line.push_back(ratio(ours, limit));
        line.push_back(lowest_ratio(ours, limit));
    }
    return line;
}

void print_table(std::ostream& out, const std::vector<const Row*>& rows) {
    const auto names = contestants_of(rows);
    const bool compares = std::any_of(rows.begin(), rows.end(), [](const Row* row) {
        const bool has_others =
            row->best(Kind::Peer) != nullptr || row->best(Kind::Limit) != nullptr;
        return first_of_ours(*row) != nullptr && has_others;
    });
    Line head{rows.front()->group, ""};
    head.insert(head.end(), names.begin(), names.end());
    if (compares) {
        const Series* const ours = first_of_ours(*rows.front());
        const std::string name = ours == nullptr ? "wsproto" : ours->name;
        head.insert(head.end(), {"best peer/" + name, name + "/limit", "lower quartile"});
    }
    std::vector<Line> lines{head};
    for (const Row* row : rows) {
        lines.push_back(line_of(*row, names, compares));
    }
    print_columns(out, lines);
}

std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char character : text) {
        if (character == '"' || character == '\\') {
            result += '\\';
        }
        result += character;
    }
    return result + '"';
}

std::string_view to_string(Kind kind) {
    return kind == Kind::Ours ? "ours" : kind == Kind::Peer ? "peer" : "limit";
}

void write_series(std::ostream& out, const Series& series) {
    out << "{\"name\": " << quoted(series.name) << ", \"kind\": " << quoted(to_string(series.kind))
        << ", \"median\": "
        << formatted("%.6g", series.samples.empty() ? 0 : median(series.samples))
        << ", \"samples\": [";
    for (std::size_t index = 0; index < series.samples.size(); ++index) {
        out << (index == 0 ? "" : ", ") << formatted("%.6g", series.samples[index]);
    }
    out << "]}";
}

void write_row(std::ostream& out, const Row& row) {
    out << "{\"group\": " << quoted(row.group) << ", \"name\": " << quoted(row.name)
        << ", \"unit\": " << quoted(row.unit) << ", \"series\": [";
    for (std::size_t index = 0; index < row.series.size(); ++index) {
        out << (index == 0 ? "\n  " : ",\n  ");
        write_series(out, row.series[index]);
    }
    out << "]}";
}

}  // namespace

std::string readable(double value) {
    const char* const format = value < 9.95 ? "%.2f" : value < 99.5 ? "%.1f" : "%.0f";
    if (!std::isfinite(value)) return "";
    if (value < 9999.5) return formatted(format, value);
    if (value < 999.5e3) return formatted("%.3gk", value / 1e3);
    return formatted("%.3gM", value / 1e6);
}

Facts describe_machine(const Options& options) {
    Facts facts{{"processor", processor()},
                {"compiler", compiler()},
                {"flags", BENCHMARK_FLAGS},
                {"limit loops", std::string{limits::best().name}},
                {"method", "medians of " + std::to_string(options.rounds) +
                               " interleaved rounds of " + formatted("%g", options.round_ms) +
                               " ms, CPU time of one thread, everything in memory"}};
    for (const std::string& version : peer_versions()) {
        facts.emplace_back("peer", version);
    }
    return facts;
}

void print_facts(std::ostream& out, const Facts& facts) {
    for (const auto& [name, value] : facts) {
        out << name << ": " << value << '\n';
    }
}

void print_columns(std::ostream& out, const std::vector<std::vector<std::string>>& lines) {
    std::vector<std::size_t> widths;
    for (const Line& line : lines) {
        widths.resize(std::max(widths.size(), line.size()));
        for (std::size_t column = 0; column < line.size(); ++column) {
            widths[column] = std::max(widths[column], line[column].size());
        }
    }
    out << '\n';
    for (const Line& line : lines) {
        for (std::size_t column = 0; column < line.size(); ++column) {
            const std::string padding(widths[column] - line[column].size(), ' ');
            out << (column == 0 ? line[column] + padding : "  " + padding + line[column]);
        }
        out << '\n';
    }
}

void print_tables(std::ostream& out, const std::vector<Row>& rows) {
    for (auto begin = rows.begin(); begin != rows.end();) {
        const auto end = std::find_if(begin, rows.end(),
                                      [&](const Row& row) { return row.group != begin->group; });
        std::vector<const Row*> group;
        for (; begin != end; ++begin) {
            group.push_back(&*begin);
        }
        print_table(out, group);
    }
}

void write_json(std::ostream& out, const Facts& facts, const std::vector<Row>& rows) {
    out << "{\"facts\": [";
    for (std::size_t index = 0; index < facts.size(); ++index) {
        out << (index == 0 ? "\n " : ",\n ") << '[' << quoted(facts[index].first) << ", "
            << quoted(facts[index].second) << ']';
    }
    out << "],\n\"rows\": [";
    for (std::size_t index = 0; index < rows.size(); ++index) {
        out << (index == 0 ? "\n " : ",\n ");
        write_row(out, rows[index]);
    }
    out << "]}\n";
}

}  // namespace benchmark
