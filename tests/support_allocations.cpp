// Replaces the global operators new and delete. Alone in its file: where the compiler sees into
// both and inlines one of them, it takes the block that stands in front for a mistake.
#include "support.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>

namespace support {
namespace {

std::atomic<std::size_t> count{0};
std::atomic<std::size_t> bytes_in_all{0};
std::atomic<std::size_t> live{0};
std::atomic<std::size_t> largest{0};
thread_local std::size_t successes_left = std::numeric_limits<std::size_t>::max();

// In front of each block stands its size.
constexpr std::size_t prefix = alignof(std::max_align_t);

void* allocate(std::size_t size) noexcept {
    if (successes_left == 0) return nullptr;
    if (successes_left != std::numeric_limits<std::size_t>::max()) --successes_left;
    void* const block = size < SIZE_MAX - prefix ? std::malloc(size + prefix) : nullptr;
    if (block == nullptr) return nullptr;
    ++count;
    bytes_in_all += size;
    live += size;
    if (size > largest) largest = size;
    *static_cast<std::size_t*>(block) = size;
    return static_cast<std::byte*>(block) + prefix;
}

void* allocate_or_throw(std::size_t size) {
    if (void* const memory = allocate(size)) return memory;
    throw std::bad_alloc{};
}

void deallocate(void* memory) noexcept {
    if (memory == nullptr) return;
    void* const block = static_cast<std::byte*>(memory) - prefix;
    live -= *static_cast<std::size_t*>(block);
    std::free(block);
}

}  // namespace

Allocations allocations() {
    return {.count = count, .bytes = bytes_in_all, .live = live, .largest = largest};
}

void forget_largest_allocation() {
    largest = 0;
}

FailingAllocations::FailingAllocations(std::size_t successes) {
    successes_left = successes;
}

FailingAllocations::~FailingAllocations() {
    successes_left = std::numeric_limits<std::size_t>::max();
}

}  // namespace support

// Every form without an alignment: sanitizers bring their own for each that is missing here.
void* operator new(std::size_t size) {
    return support::allocate_or_throw(size);
}
void* operator new[](std::size_t size) {
    return support::allocate_or_throw(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return support::allocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return support::allocate(size);
}
void operator delete(void* memory) noexcept {
    support::deallocate(memory);
}
void operator delete[](void* memory) noexcept {
    support::deallocate(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    support::deallocate(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    support::deallocate(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
    support::deallocate(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
    support::deallocate(memory);
}
