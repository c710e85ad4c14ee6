// Bytes that begin with a page, so that no contestant is lucky with where its buffers lie: vectors
// that cross cache lines take twice as long. C++17, see transport.hpp.
#ifndef WSPROTO_BENCHMARK_PAGE_BUFFER_HPP
#define WSPROTO_BENCHMARK_PAGE_BUFFER_HPP

#include <cstddef>
#include <new>
#include <string>

namespace benchmark {

template <typename T>
class PageAllocator {
  public:
    using value_type = T;

    PageAllocator() = default;
    template <typename U>
    PageAllocator(const PageAllocator<U>&) noexcept {}

    [[nodiscard]] T* allocate(std::size_t count) {
        return static_cast<T*>(::operator new(count * sizeof(T), page));
    }
    void deallocate(T* elements, std::size_t) noexcept { ::operator delete(elements, page); }

    friend bool operator==(const PageAllocator&, const PageAllocator&) noexcept { return true; }
    friend bool operator!=(const PageAllocator&, const PageAllocator&) noexcept { return false; }

  private:
    static constexpr std::align_val_t page{4096};
};

/// A string; one of fewer than 16 bytes may lie anywhere.
using PageBuffer = std::basic_string<char, std::char_traits<char>, PageAllocator<char>>;

}  // namespace benchmark

#endif
