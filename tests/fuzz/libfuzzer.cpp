// The entry point of a fuzzer: one target, named when it is compiled, under libFuzzer and the
// address sanitizer, which also knows how much of the heap is in use.
#include "fuzz.hpp"

#include <sanitizer/allocator_interface.h>

#include <cstdint>

namespace fuzz {

namespace WSPROTO_FUZZ_TARGET {
void run(Input input);
}

std::size_t heap_in_use() {
    return __sanitizer_get_current_allocated_bytes();
}

}  // namespace fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::WSPROTO_FUZZ_TARGET::run(
        fuzz::Input{wsproto::BytesView{reinterpret_cast<const std::byte*>(data), size}});
    return 0;
}
