// One case of the suite: what a peer sends, and what an endpoint that echoes has to answer, byte
// for byte. Which role the endpoint plays, and how the bytes are split, is not known here.
#ifndef WSPROTO_TESTS_CONFORMANCE_SCRIPT_HPP
#define WSPROTO_TESTS_CONFORMANCE_SCRIPT_HPP

#include "wire.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace conformance {

using Frames = std::vector<PlainFrame>;

/// The place of the byte with which a mistake is told: not one earlier, not one later.
struct Place {
    enum Part { Header, Payload };

    std::size_t frame = 0;  ///< Of those sent.
    Part part = Header;
    std::size_t byte = 0;  ///< Of that part.
};

struct Failure {
    unsigned code = 0;  ///< Of the Close that answers.
    std::string complaint{};
    Place place{};
};

struct Script {
    Frames sent{};
    Frames answers{};  ///< All but the Close that answers a failure.
    std::optional<Failure> failure{};
    std::size_t chop = 0;  ///< Size of the reads that the case asks for, besides the usual ones.
};

/// The peer sends, and then closes with 1000, which is answered with 1000.
Script closing(Frames sent, Frames answers);

/// The peer makes a mistake, which is told at its place.
Script failing(Frames sent, Frames answers, Failure failure);

/// A message in fragments of that size, the last one maybe smaller.
Frames fragments(unsigned opcode, const std::string& payload, std::size_t size);

/// `pattern` over and over, up to that size.
std::string repeated(const std::string& pattern, std::size_t size);

/// A case: under its number in the Autobahn test suite, and what it is about.
struct Case {
    std::string id{};
    std::string title{};
    std::function<Script()> script{};  ///< Made when it is played: some are large.
};

using Cases = std::vector<Case>;

/// The same for a script that is small.
Case small_case(std::string id, std::string title, Script script);

}  // namespace conformance

#endif
