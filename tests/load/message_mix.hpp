// The messages to send: slices of a text and of random bytes, so that none has to be made, and an
// echo can be compared with the slice that it has to be. Knows nothing of connections.
#ifndef WSPROTO_TESTS_LOAD_MESSAGE_MIX_HPP
#define WSPROTO_TESTS_LOAD_MESSAGE_MIX_HPP

#include "load_options.hpp"

#include <fragments.hpp>
#include <wsproto/bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

/// A message, viewing its slice.
struct PlannedMessage {
    std::string_view content{};
    bool binary = false;
    std::size_t frames = 1;
};

class MessageMix {
  public:
    explicit MessageMix(const LoadOptions& options)
        : options_{options}, random_{options.seed}, text_{make_text()}, noise_{make_noise()} {}

    /// The next message. Two of a few bytes may be equal; longer ones hardly ever are.
    [[nodiscard]] PlannedMessage next() {
        const std::size_t size = options_.sizes[below(options_.sizes.size())];
        const bool binary = below(100) < options_.binary_percent;
        const std::size_t frames = below(100) < options_.fragmented_percent ? 2 + below(4) : 1;
        const std::string_view corpus = binary ? noise_ : text_;
        const auto rest = corpus.substr(below(corpus.size() - size - 3));
        return {binary ? rest.substr(0, size) : whole_code_points(rest, size), binary, frames};
    }

  private:
    static constexpr std::size_t corpus_size = max_message_size + (1U << 20U);

    // The engine's low bits are as good as its high ones.
    std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }

    static std::string_view whole_code_points(std::string_view text, std::size_t size) {
        while (!begins_code_point(text.front())) {
            text.remove_prefix(1);
        }
        return size == 0 ? std::string_view{} : text.substr(0, code_point_boundary(text, size));
    }

    // Repeats itself as texts do, but is nowhere the same: it compresses well.
    static std::string make_text() {
        static constexpr std::string_view words[] = {" sheep, ", " Schäfchen, ", " moutons – ",
                                                     " 羊、",    " овец; ",      " cabras, "};
        std::string text;
        for (std::size_t number = 1; text.size() < corpus_size; ++number) {
            text += std::to_string(number);
            text += words[number * number % std::size(words)];
        }
        return text;
    }

    std::string make_noise() {
        std::string noise(corpus_size, '\0');
        std::generate(noise.begin(), noise.end(), [&] { return static_cast<char>(random_()); });
        return noise;
    }

    const LoadOptions& options_;
    std::mt19937_64 random_;
    std::string text_;
    std::string noise_;
};

#endif
