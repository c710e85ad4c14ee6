#include "allocations.hpp"

#include <cerrno>
#include <cstdlib>

namespace benchmark {
namespace {

bool counting = false;
Allocations counted;

}  // namespace

CountAllocations::CountAllocations() noexcept {
    counted = {};
    counting = true;
}

CountAllocations::~CountAllocations() {
    counting = false;
}

Allocations CountAllocations::so_far() const noexcept {
    return counted;
}

}  // namespace benchmark

#if defined(__GLIBC__)

#include <malloc.h>

// glibc's own, under the names that stay reachable when `malloc` is replaced.
extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier)
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* block);
// NOLINTEND(bugprone-reserved-identifier)
}

namespace benchmark {
namespace {

void* taken(void* block) noexcept {
    if (counting && block != nullptr) {
        ++counted.calls;
        counted.held += static_cast<std::ptrdiff_t>(::malloc_usable_size(block));
        counted.peak = counted.held > counted.peak ? counted.held : counted.peak;
    }
    return block;
}

void* given(void* block) noexcept {
    if (counting && block != nullptr) {
        counted.held -= static_cast<std::ptrdiff_t>(::malloc_usable_size(block));
    }
    return block;
}

}  // namespace

bool CountAllocations::works() noexcept {
    return true;
}

}  // namespace benchmark

extern "C" {

void* malloc(std::size_t size) noexcept {
    return benchmark::taken(__libc_malloc(size));
}

void* calloc(std::size_t count, std::size_t size) noexcept {
    return benchmark::taken(__libc_calloc(count, size));
}

void* realloc(void* block, std::size_t size) noexcept {
    return benchmark::taken(__libc_realloc(benchmark::given(block), size));
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    return benchmark::taken(__libc_memalign(alignment, size));
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
    return benchmark::taken(__libc_memalign(alignment, size));
}

int posix_memalign(void** block, std::size_t alignment, std::size_t size) noexcept {
    *block = benchmark::taken(__libc_memalign(alignment, size));
    return *block == nullptr ? ENOMEM : 0;
}

void free(void* block) noexcept {
    __libc_free(benchmark::given(block));
}
}

#else

namespace benchmark {

bool CountAllocations::works() noexcept {
    return false;
}

}  // namespace benchmark

#endif
