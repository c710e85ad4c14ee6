// What a head says about the upgrade to a WebSocket, and what else, gathered in one pass over its
// fields.
// RFC 6455 §4, §11.3.
//
// What has to be there is not known here.
#ifndef WSPROTO_DETAIL_UPGRADE_FIELDS_HPP
#define WSPROTO_DETAIL_UPGRADE_FIELDS_HPP

#include <wsproto/detail/ascii.hpp>
#include <wsproto/detail/message_head.hpp>
#include <wsproto/headers.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace wsproto::detail {

/// The fields that the handshake reads or writes itself.
enum class UpgradeField : std::uint8_t {
    Host,
    Upgrade,
    Connection,
    Key,
    Accept,
    Version,
    Protocol,
    Extensions,
    ContentLength,
    TransferEncoding,
};

inline constexpr std::array<std::string_view, 10> upgrade_field_names = {
    "host",
    "upgrade",
    "connection",
    "sec-websocket-key",
    "sec-websocket-accept",
    "sec-websocket-version",
    "sec-websocket-protocol",
    "sec-websocket-extensions",
    "content-length",
    "transfer-encoding",
};

/// Where to look for a name, of one character at least: no two of them share a slot.
constexpr std::size_t upgrade_field_slot(std::string_view name) noexcept {
    return (name.size() + static_cast<unsigned char>(to_lower(name.front()))) % 32;
}

/// For each slot the index of the name, or how many there are.
inline constexpr std::array<std::uint8_t, 32> upgrade_field_slots = [] {
    std::array<std::uint8_t, 32> slots{};
    slots.fill(upgrade_field_names.size());
    for (std::uint8_t index = 0; index != upgrade_field_names.size(); ++index) {
        slots[upgrade_field_slot(upgrade_field_names[index])] = index;
    }
    return slots;
}();

/// Which of them has that name, in any case.
constexpr std::optional<UpgradeField> upgrade_field(std::string_view name) noexcept {
    if (name.empty()) return std::nullopt;
    const std::size_t index = upgrade_field_slots[upgrade_field_slot(name)];
    const bool known =
        index != upgrade_field_names.size() && is_in_any_case(name, upgrade_field_names[index]);
    return known ? std::optional{static_cast<UpgradeField>(index)} : std::nullopt;
}

/// All lines of one field.
struct FieldLines {
    std::size_t count = 0;
    std::string_view first{};
    std::unique_ptr<std::string> joined{};  ///< Of several lines; RFC 9110 §5.3.

    void add(std::string_view value) {
        if (count++ == 0) {
            first = value;
            return;
        }
        if (!joined) {
            joined = std::make_unique<std::string>(first);
        }
        joined->append(", ").append(value);
    }

    [[nodiscard]] bool present() const noexcept { return count != 0; }

    [[nodiscard]] std::string_view value() const noexcept { return joined ? *joined : first; }

    /// Whether there is one line, and it says `text`.
    [[nodiscard]] bool is(std::string_view text) const noexcept {
        return count == 1 && first == text;
    }

    /// Whether `token`, of small letters, digits and hyphens, is an element of the list, in any
    /// case.
    [[nodiscard]] bool lists(std::string_view token) const noexcept {
        std::string_view rest = value();
        while (!rest.empty()) {
            const std::size_t size = list_element_size(rest);
            if (is_in_any_case(trim(rest.substr(0, size)), token)) {
                return true;
            }
            rest.remove_prefix(size < rest.size() ? size + 1 : size);
        }
        return false;
    }
};

class UpgradeFields {
  public:
    /// Views `head`, which must live as long. `shown_as_headers`: fields that events show like
    /// those that are none of these.
    UpgradeFields(const MessageHead& head, std::initializer_list<UpgradeField> shown_as_headers) {
        std::array<bool, upgrade_field_names.size()> shown{};
        for (const UpgradeField field : shown_as_headers) {
            shown[static_cast<std::size_t>(field)] = true;
        }
        const std::size_t count = head.field_count();
        others_.reserve(count);
        for (std::size_t index = 0; index != count; ++index) {
            const HeadField line = head.field(index);
            const auto field = upgrade_field(line.name);
            if (field) {
                lines_[static_cast<std::size_t>(*field)].add(line.value);
            }
            if (!field || shown[static_cast<std::size_t>(*field)]) {
                MessageHead::add_to(others_, line);
            }
        }
    }

    [[nodiscard]] const FieldLines& operator[](UpgradeField field) const noexcept {
        return lines_[static_cast<std::size_t>(field)];
    }

    /// The fields to be shown as headers, in their order; once.
    [[nodiscard]] Headers take_headers() noexcept { return std::move(others_); }

  private:
    std::array<FieldLines, upgrade_field_names.size()> lines_{};
    Headers others_{};
};

}  // namespace wsproto::detail

#endif
