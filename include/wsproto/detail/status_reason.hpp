// The registered reason phrases of HTTP statuses. RFC 9110 §15, and the IANA registry.
#ifndef WSPROTO_DETAIL_STATUS_REASON_HPP
#define WSPROTO_DETAIL_STATUS_REASON_HPP

#include <algorithm>
#include <array>
#include <string_view>

namespace wsproto::detail {

struct StatusReason {
    unsigned status;
    std::string_view reason;
};

// 306 and 418 are registered as "(Unused)".
inline constexpr std::array status_reasons = {
    StatusReason{200, "OK"},
    StatusReason{201, "Created"},
    StatusReason{202, "Accepted"},
    StatusReason{203, "Non-Authoritative Information"},
    StatusReason{204, "No Content"},
    StatusReason{205, "Reset Content"},
    StatusReason{206, "Partial Content"},
    StatusReason{207, "Multi-Status"},
    StatusReason{208, "Already Reported"},
    StatusReason{226, "IM Used"},
    StatusReason{300, "Multiple Choices"},
    StatusReason{301, "Moved Permanently"},
    StatusReason{302, "Found"},
    StatusReason{303, "See Other"},
    StatusReason{304, "Not Modified"},
    StatusReason{305, "Use Proxy"},
    StatusReason{307, "Temporary Redirect"},
    StatusReason{308, "Permanent Redirect"},
    StatusReason{400, "Bad Request"},
    StatusReason{401, "Unauthorized"},
    StatusReason{402, "Payment Required"},
    StatusReason{403, "Forbidden"},
    StatusReason{404, "Not Found"},
    StatusReason{405, "Method Not Allowed"},
    StatusReason{406, "Not Acceptable"},
    StatusReason{407, "Proxy Authentication Required"},
    StatusReason{408, "Request Timeout"},
    StatusReason{409, "Conflict"},
    StatusReason{410, "Gone"},
    StatusReason{411, "Length Required"},
    StatusReason{412, "Precondition Failed"},
    StatusReason{413, "Content Too Large"},
    StatusReason{414, "URI Too Long"},
    StatusReason{415, "Unsupported Media Type"},
    StatusReason{416, "Range Not Satisfiable"},
    StatusReason{417, "Expectation Failed"},
    StatusReason{421, "Misdirected Request"},
    StatusReason{422, "Unprocessable Content"},
    StatusReason{423, "Locked"},
    StatusReason{424, "Failed Dependency"},
    StatusReason{425, "Too Early"},
    StatusReason{426, "Upgrade Required"},
    StatusReason{428, "Precondition Required"},
    StatusReason{429, "Too Many Requests"},
    StatusReason{431, "Request Header Fields Too Large"},
    StatusReason{451, "Unavailable For Legal Reasons"},
    StatusReason{500, "Internal Server Error"},
    StatusReason{501, "Not Implemented"},
    StatusReason{502, "Bad Gateway"},
    StatusReason{503, "Service Unavailable"},
    StatusReason{504, "Gateway Timeout"},
    StatusReason{505, "HTTP Version Not Supported"},
    StatusReason{506, "Variant Also Negotiates"},
    StatusReason{507, "Insufficient Storage"},
    StatusReason{508, "Loop Detected"},
    StatusReason{510, "Not Extended"},
    StatusReason{511, "Network Authentication Required"},
};

/// The phrase of a final response; empty where none is registered.
constexpr std::string_view status_reason(unsigned status) noexcept {
    const auto* const found = std::lower_bound(
        status_reasons.begin(), status_reasons.end(), status,
        [](const StatusReason& row, unsigned wanted) { return row.status < wanted; });
    const bool known = found != status_reasons.end() && found->status == status;
    return known ? found->reason : std::string_view{};
}

}  // namespace wsproto::detail

#endif
