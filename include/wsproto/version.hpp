// The version of the library, as macros for the preprocessor and as constants for everybody else.
//
// The build reads the macros from here, so that there is no second place to change.
#ifndef WSPROTO_VERSION_HPP
#define WSPROTO_VERSION_HPP

#define WSPROTO_VERSION_MAJOR 0
#define WSPROTO_VERSION_MINOR 1
#define WSPROTO_VERSION_PATCH 0

namespace wsproto {

inline constexpr int version_major = WSPROTO_VERSION_MAJOR;
inline constexpr int version_minor = WSPROTO_VERSION_MINOR;
inline constexpr int version_patch = WSPROTO_VERSION_PATCH;

}  // namespace wsproto

#endif  // WSPROTO_VERSION_HPP
