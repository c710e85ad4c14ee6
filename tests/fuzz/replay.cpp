// Runs a fuzz target on files, with any compiler: seeds, what the fuzzer has found, what crashed
// once. A broken claim ends the process.
#include "fuzz.hpp"
#include "support.hpp"
#include "targets.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

std::size_t heap_in_use() {
    return support::allocations().live;
}

namespace {

std::vector<std::filesystem::path> files_of(const std::filesystem::path& path) {
    if (!std::filesystem::is_directory(path)) return {path};
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator{path}) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

bool run_file(const Target& target, const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (!file) {
        std::cerr << path.string() << " cannot be read\n";
        return false;
    }
    std::cout << path.filename().string() << std::endl;  // before a claim breaks
    target.run(Input{as_bytes(text)});
    return true;
}

}  // namespace
}  // namespace fuzz

int main(int argument_count, char** arguments) {
    const std::vector<std::string_view> given(arguments + 1, arguments + argument_count);
    const fuzz::Target* const target = given.empty() ? nullptr : fuzz::find_target(given[0]);
    if (target == nullptr || given.size() < 2) {
        std::cout << "Usage: wsproto_fuzz_replay TARGET FILE-OR-DIRECTORY...\nTargets:\n";
        for (const auto& known : fuzz::targets) {
            std::cout << "  " << known.name << '\n';
        }
        return given == std::vector<std::string_view>{"--help"} ? 0 : 2;
    }
    std::size_t count = 0;
    for (std::size_t index = 1; index != given.size(); ++index) {
        for (const auto& path : fuzz::files_of(given[index])) {
            if (!fuzz::run_file(*target, path)) return 1;
            ++count;
        }
    }
    std::cout << count << " inputs, and every claim holds\n";
    return count == 0 ? 1 : 0;
}
