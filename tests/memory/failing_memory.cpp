// Replaces the global operators new and delete. Alone in its file, lest the compiler see into both.
#include "failing_memory.hpp"

#include <cstdlib>
#include <new>

namespace memory {
namespace {

std::size_t live = 0;
std::size_t successes_left = 0;
bool armed = false;
bool watched_now = false;

void* allocate(std::size_t size) noexcept {
    if (armed && watched_now && successes_left-- == 0) {
        armed = false;
        return nullptr;
    }
    void* const block = std::malloc(size == 0 ? 1 : size);
    live += block != nullptr ? 1 : 0;
    return block;
}

void* allocate_or_throw(std::size_t size) {
    if (void* const block = allocate(size)) return block;
    throw std::bad_alloc{};
}

void deallocate(void* block) noexcept {
    live -= block != nullptr ? 1 : 0;
    std::free(block);
}

}  // namespace

std::size_t live_blocks() noexcept {
    return live;
}

void fail_after(std::size_t successes) noexcept {
    successes_left = successes;
    armed = true;
}

bool has_failed() noexcept {
    return !armed;
}

Watched::Watched(bool watched) noexcept : before_{watched_now} {
    watched_now = watched;
}

Watched::~Watched() {
    watched_now = before_;
}

void* zlib_allocate(void*, unsigned count, unsigned size) {
    return allocate(std::size_t{count} * size);
}

void zlib_free(void*, void* block) {
    deallocate(block);
}

}  // namespace memory

// Every form without an alignment: sanitizers bring their own for each that is missing here.
void* operator new(std::size_t size) {
    return memory::allocate_or_throw(size);
}
void* operator new[](std::size_t size) {
    return memory::allocate_or_throw(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return memory::allocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return memory::allocate(size);
}
void operator delete(void* block) noexcept {
    memory::deallocate(block);
}
void operator delete[](void* block) noexcept {
    memory::deallocate(block);
}
void operator delete(void* block, std::size_t) noexcept {
    memory::deallocate(block);
}
void operator delete[](void* block, std::size_t) noexcept {
    memory::deallocate(block);
}
void operator delete(void* block, const std::nothrow_t&) noexcept {
    memory::deallocate(block);
}
void operator delete[](void* block, const std::nothrow_t&) noexcept {
    memory::deallocate(block);
}
