// Data of the kinds that Autobahn 12 sends: as large, and as easy or hard to compress, but made
// here. Text is ASCII, so that it may be cut anywhere.
#ifndef WSPROTO_TESTS_CONFORMANCE_PAYLOADS_HPP
#define WSPROTO_TESTS_CONFORMANCE_PAYLOADS_HPP

#include <string>

namespace conformance {

const std::string& json();      ///< 194,056 bytes.
const std::string& bitmap();    ///< 263,222 bytes.
const std::string& prose();     ///< 222,218 bytes, with umlauts in UTF-8.
const std::string& html();      ///< 263,647 bytes.
const std::string& document();  ///< 1,042,328 bytes, most of them compressed already.

}  // namespace conformance

#endif
