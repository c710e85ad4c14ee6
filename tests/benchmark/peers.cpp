// Which of the other libraries are installed is said by CMake.
#include "library.hpp"

#if BENCHMARK_HAS_BEAST
#include <boost/beast/version.hpp>
#include <boost/version.hpp>
#endif
#if BENCHMARK_HAS_WEBSOCKETPP
#include <websocketpp/version.hpp>
#endif
#if BENCHMARK_HAS_WSLAY
#include <wslay/wslay.h>
#endif

#include <iterator>
#include <utility>

namespace benchmark {
namespace {

[[maybe_unused]] void move_all(Libraries from, Libraries& to) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

[[maybe_unused]] std::string skipped(const char* name) {
    return std::string{name} + ": not installed, skipped";
}

std::string beast_version() {
#if BENCHMARK_HAS_BEAST
    return "Boost.Beast of Boost " + std::to_string(BOOST_VERSION / 100'000) + "." +
           std::to_string(BOOST_VERSION / 100 % 1000);
#else
    return skipped("Boost.Beast");
#endif
}

std::string websocketpp_version() {
#if BENCHMARK_HAS_WEBSOCKETPP
    return "websocketpp " + std::to_string(websocketpp::major_version) + "." +
           std::to_string(websocketpp::minor_version) + "." +
           std::to_string(websocketpp::patch_version);
#else
    return skipped("websocketpp");
#endif
}

std::string wslay_version() {
#if BENCHMARK_HAS_WSLAY
    return "wslay (its header says " WSLAY_VERSION ")";
#else
    return skipped("wslay");
#endif
}

}  // namespace

Libraries peers() {
    Libraries libraries;
#if BENCHMARK_HAS_BEAST
    move_all(beast_libraries(), libraries);
#endif
#if BENCHMARK_HAS_WEBSOCKETPP
    move_all(websocketpp_libraries(), libraries);
#endif
#if BENCHMARK_HAS_WSLAY
    move_all(wslay_libraries(), libraries);
#endif
    return libraries;
}

std::vector<std::string> peer_versions() {
    return {beast_version(), websocketpp_version(), wslay_version()};
}

}  // namespace benchmark
