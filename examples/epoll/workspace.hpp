// The memory that all sessions of a thread work in, one at a time, and what they count. Between two
// turns nothing in it belongs to any of them.
#ifndef WSPROTO_EXAMPLES_EPOLL_WORKSPACE_HPP
#define WSPROTO_EXAMPLES_EPOLL_WORKSPACE_HPP

#include "counters.hpp"

#include <wsproto/bytes.hpp>

#include <cstddef>

struct Workspace {
    static constexpr std::size_t slack = 64;  ///< Bytes behind the input that may be rewritten.

    wsproto::Bytes input = wsproto::Bytes(64 * 1024 + slack);
    wsproto::Bytes output{};   ///< Small frames, to be sent together.
    wsproto::Bytes scratch{};  ///< A payload that had to be compressed.
    Counters counters{};

    /// Where to read.
    [[nodiscard]] wsproto::MutableBytesView room() noexcept {
        return wsproto::MutableBytesView{input}.first(input.size() - slack);
    }
};

#endif
