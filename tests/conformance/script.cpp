// How scripts are put together.
#include "script.hpp"

#include <algorithm>
#include <utility>

namespace conformance {

Script closing(Frames sent, Frames answers) {
    const PlainFrame normal{fin | close, close_payload(1000)};
    sent.push_back(normal);
    answers.push_back(normal);
    return {.sent = std::move(sent), .answers = std::move(answers)};
}

Script failing(Frames sent, Frames answers, Failure failure) {
    return {.sent = std::move(sent), .answers = std::move(answers), .failure = std::move(failure)};
}

Frames fragments(unsigned opcode, const std::string& payload, std::size_t size) {
    Frames frames;
    for (std::size_t at = 0; at < payload.size(); at += size) {
        const unsigned kind = at == 0 ? opcode : continuation;
        const unsigned last = at + size >= payload.size() ? fin : 0;
        frames.push_back({last | kind, payload.substr(at, size)});
    }
    return frames;
}

std::string repeated(const std::string& pattern, std::size_t size) {
    std::string result;
    result.reserve(size);
    while (result.size() + pattern.size() <= size) {
        result += pattern;
    }
    return result + pattern.substr(0, size - result.size());
}

Case small_case(std::string id, std::string title, Script script) {
    return {std::move(id), std::move(title), [script = std::move(script)] { return script; }};
}

}  // namespace conformance
