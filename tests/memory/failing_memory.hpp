// Memory that fails when it is told to: `new`, and what zlib takes, of which every block is
// counted. Included before any header of the library. Which call it fails in is not known here.
#ifndef WSPROTO_TESTS_MEMORY_FAILING_MEMORY_HPP
#define WSPROTO_TESTS_MEMORY_FAILING_MEMORY_HPP

#include <zlib.h>

#include <cstddef>

namespace memory {

/// Blocks that were given and not given back.
std::size_t live_blocks() noexcept;

/// The allocation behind the next `successes` ones fails, once, if it is made by a `Watched` call.
void fail_after(std::size_t successes) noexcept;

/// Whether that has happened.
bool has_failed() noexcept;

/// While it lives, allocations count and may fail.
class Watched {
  public:
    explicit Watched(bool watched = true) noexcept;
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;
    ~Watched();

  private:
    bool before_;
};

/// What zlib allocates with.
void* zlib_allocate(void*, unsigned count, unsigned size);
void zlib_free(void*, void* block);

inline int open_deflate(z_stream* stream, int level, int method, int window_bits, int memory_level,
                        int strategy) {
    stream->zalloc = &zlib_allocate;
    stream->zfree = &zlib_free;
    return ::deflateInit2_(stream, level, method, window_bits, memory_level, strategy, ZLIB_VERSION,
                           static_cast<int>(sizeof(z_stream)));
}

inline int open_inflate(z_stream* stream, int window_bits) {
    stream->zalloc = &zlib_allocate;
    stream->zfree = &zlib_free;
    return ::inflateInit2_(stream, window_bits, ZLIB_VERSION, static_cast<int>(sizeof(z_stream)));
}

}  // namespace memory

// zlib has them as macros too; this way its memory fails like any other.
#undef deflateInit2
#undef inflateInit2
#define deflateInit2 ::memory::open_deflate
#define inflateInit2 ::memory::open_inflate

#endif
