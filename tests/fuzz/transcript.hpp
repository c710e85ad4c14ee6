// What an endpoint showed and how it ended, to be compared: pieces of one frame are one record,
// however they came. Knows no bytes and no splits.
#ifndef WSPROTO_TESTS_FUZZ_TRANSCRIPT_HPP
#define WSPROTO_TESTS_FUZZ_TRANSCRIPT_HPP

#include "fuzz.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

/// An event, or the frame of a message.
struct Record {
    std::string head{};  ///< What kind it is, with all that is not payload.
    std::string data{};
    bool frame_finished = true;
    bool message_finished = true;
    friend bool operator==(const Record&, const Record&) = default;
};

inline std::string text_of(const Headers& headers) {
    std::string text;
    for (const auto& [name, value] : headers) {
        text += '|' + name + ':' + value;
    }
    return text;
}

inline Record record(const Request& request) {
    std::string head = "request " + request.host + ' ' + request.target;
    for (const std::string& protocol : request.subprotocols) {
        head += " protocol " + protocol;
    }
    for (const std::string& offer : request.offered_extensions) {
        head += " offer " + offer;
    }
    return {.head = head + text_of(request.extra_headers)};
}

inline Record record(const AcceptConnection& accept) {
    std::string head = "accept " + accept.subprotocol.value_or("-");
    for (const auto& extension : accept.extensions) {
        head += ' ';
        head += extension->name();
    }
    return {.head = head + text_of(accept.extra_headers)};
}

inline Record record(const RejectConnection& reject) {
    return {.head = "reject " + std::to_string(reject.status_code) + text_of(reject.headers)};
}

inline Record record(const RejectData& body) {
    return {.head = "body",
            .data = std::string{as_text(body.data)},
            .frame_finished = body.body_finished};
}

inline Record record(const CloseConnection& close) {
    return {.head = "close " + std::to_string(static_cast<unsigned>(close.code)),
            .data = close.reason};
}

inline Record record(const TextMessage& text) {
    return {"text", std::string{text.data}, text.frame_finished, text.message_finished};
}

inline Record record(const BytesMessage& bytes) {
    return {"bytes", std::string{as_text(bytes.data)}, bytes.frame_finished,
            bytes.message_finished};
}

inline Record record(const Ping& ping) {
    return {.head = "ping", .data = std::string{as_text(ping.payload)}};
}

inline Record record(const Pong& pong) {
    return {.head = "pong", .data = std::string{as_text(pong.payload)}};
}

inline Record record(const Event& event) {
    return std::visit([](const auto& any) { return record(any); }, event);
}

class Transcript {
  public:
    void add(const Event& event) { add(record(event)); }

    void add(Record next) {
        if (!records_.empty() && !records_.back().frame_finished &&
            records_.back().head == next.head) {
            next.data.insert(0, records_.back().data);
            records_.pop_back();
        }
        records_.push_back(std::move(next));
    }

    void add(const ProtocolError& error) {
        records_.push_back({.head = "error", .data = error.what()});
    }

    [[nodiscard]] const std::vector<Record>& records() const noexcept { return records_; }

    friend bool operator==(const Transcript&, const Transcript&) = default;

  private:
    std::vector<Record> records_{};
};

/// Fails with both, where they differ.
inline void claim_same(const Transcript& a, const Transcript& b, std::string_view what) {
    if (a == b) return;
    for (const Transcript* const transcript : {&a, &b}) {
        std::fprintf(stderr, "---\n");
        for (const Record& next : transcript->records()) {
            std::fprintf(stderr, "%s '%s'%s%s\n", next.head.c_str(), next.data.c_str(),
                         next.frame_finished ? "" : " more",
                         next.message_finished ? "" : " more frames");
        }
    }
    claim(false, what);
}

}  // namespace fuzz

#endif
