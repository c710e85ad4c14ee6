// The entry point of the fuzzer: one target, which --target=NAME names, under libFuzzer and the
// address sanitizer, which also knows how much of the heap is in use.
#include "fuzz.hpp"
#include "targets.hpp"

#include <sanitizer/allocator_interface.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace fuzz {

std::size_t heap_in_use() {
    return __sanitizer_get_current_allocated_bytes();
}

namespace {

const Target* chosen = nullptr;

}  // namespace
}  // namespace fuzz

extern "C" int LLVMFuzzerInitialize(int* argument_count, char*** arguments) {
    constexpr std::string_view option = "--target=";
    for (int index = 1; index < *argument_count; ++index) {
        const std::string_view argument{(*arguments)[index]};
        if (argument.substr(0, option.size()) == option) {
            fuzz::chosen = fuzz::find_target(argument.substr(option.size()));
        }
    }
    if (fuzz::chosen == nullptr) {
        std::fputs("wsproto_fuzzer: --target=NAME has to name one of:\n", stderr);
        for (const fuzz::Target& target : fuzz::targets) {
            std::fprintf(stderr, "  %s\n", target.name.data());
        }
        std::exit(2);
    }
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::chosen->run(
        fuzz::Input{wsproto::BytesView{reinterpret_cast<const std::byte*>(data), size}});
    return 0;
}
