// An HTTP/1.1 head that was read: where its parts lie in the text, and what they say.
// RFC 9112 §2.1.
//
// Views only. Which bytes are legal in it, and which fields are needed, is not known here.
#ifndef WSPROTO_DETAIL_MESSAGE_HEAD_HPP
#define WSPROTO_DETAIL_MESSAGE_HEAD_HPP

#include <wsproto/detail/ascii.hpp>
#include <wsproto/headers.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsproto::detail {

/// Where the parts lie, in bytes from the first one of the head.
struct HeadLayout {
    /// The value begins behind the colon, which is where the name ends.
    struct Field {
        std::size_t name = 0;
        std::size_t name_end = 0;
        std::size_t value_end = 0;
    };

    std::size_t first_space = 0;  ///< In the start line.
    std::size_t second_space = 0;
    std::size_t start_line_end = 0;
    std::vector<Field> fields{};
};

/// One field as it was received, without the white space around its value.
struct HeadField {
    std::string_view name{};
    std::string_view value{};
};

/// A complete head. Valid as long as the text and the layout.
class MessageHead {
  public:
    MessageHead(std::string_view text, const HeadLayout& layout) noexcept
        : text_{text}, layout_{&layout} {}

    [[nodiscard]] std::string_view method() const noexcept { return part(0, layout_->first_space); }

    [[nodiscard]] std::string_view target() const noexcept {
        return part(layout_->first_space + 1, layout_->second_space);
    }

    [[nodiscard]] std::string_view request_version() const noexcept {
        return part(layout_->second_space + 1, layout_->start_line_end);
    }

    [[nodiscard]] std::string_view response_version() const noexcept {
        return part(0, layout_->first_space);
    }

    [[nodiscard]] std::size_t field_count() const noexcept { return layout_->fields.size(); }

    /// The field at `index`, in the order of the wire.
    [[nodiscard]] HeadField field(std::size_t index) const noexcept {
        const HeadLayout::Field& at = layout_->fields[index];
        return {.name = part(at.name, at.name_end),
                .value = trim(part(at.name_end + 1, at.value_end))};
    }

    /// All fields, names in lower case.
    [[nodiscard]] Headers headers() const {
        Headers headers;
        headers.reserve(field_count());
        for (std::size_t index = 0; index != field_count(); ++index) {
            add_to(headers, field(index));
        }
        return headers;
    }

    /// Adds a field as events show it, its name in lower case.
    static void add_to(Headers& headers, const HeadField& field) {
        std::string& name = headers.emplace_back(field.name, field.value).first;
        make_lower(name.data(), name.size());
    }

  private:
    [[nodiscard]] std::string_view part(std::size_t begin, std::size_t end) const noexcept {
        return {text_.data() + begin, end - begin};
    }

    std::string_view text_;
    const HeadLayout* layout_;
};

}  // namespace wsproto::detail

#endif
