#include <wsproto/detail/whole_payload.hpp>

#include "catch.hpp"

#include "support_kernels.hpp"
#include "support_text.hpp"

#include <random>
#include <string>

using namespace wsproto;
using namespace wsproto::detail;
using namespace support;

namespace {

/// Whether a masked `payload` comes out as it was, nothing else changes, and the verdict is that of
/// the plain definition. Around it there are `offset` bytes, its key, and `behind` bytes.
bool agrees(BytesView payload, std::size_t offset, std::size_t behind, Opcode opcode) {
    Bytes expected = at_end_of_buffer(offset, BytesView{example_key});
    expected.insert(expected.end(), payload.begin(), payload.end());
    expected.resize(expected.size() + behind, std::byte{0x99});
    Bytes data = expected;
    const auto masked =
        MutableBytesView{data}.subspan(expected.size() - behind - payload.size(), payload.size());
    mask_in_place_plain(masked, example_key);
    const bool valid = unmask_whole(masked, example_key, behind, opcode);
    const bool is_valid = utf8_run_plain(utf8_boundary, payload) == utf8_boundary;
    return data == expected && valid == (opcode != Opcode::Text || is_valid);
}

int count_wrong(BytesView payload, std::size_t offset) {
    int wrong = 0;
    for (const std::size_t behind : {0U, 1U, 15U, 16U, 64U}) {
        wrong += !agrees(payload, offset, behind, Opcode::Text);
        wrong += !agrees(payload, offset, behind, Opcode::Binary);
    }
    return wrong;
}

}  // namespace

TEST_CASE("whole payloads of every size and alignment are unmasked, and texts validated") {
    std::mt19937 random{20261121};
    const std::string valid = random_text(random, max_size, 0);
    const std::string wrong_somewhere = random_text(random, max_size, 40);
    const std::string ascii(max_size, 'a');
    int wrong = 0;
    for (const std::string& text : {valid, wrong_somewhere, ascii}) {
        for_each_size_and_offset(0, [&](std::size_t size, std::size_t offset) {
            wrong += count_wrong(as_bytes(text).first(size), offset);
        });
    }
    CHECK(wrong == 0);
}

TEST_CASE("whole texts with every mistake in every place are told from valid ones") {
    int wrong = 0;
    for (const std::size_t size : {1U, 4U, 7U, 15U, 16U, 17U, 120U, 264U}) {
        for_each_event_in_text(size, [&](BytesView text) { wrong += count_wrong(text, 0); });
    }
    CHECK(wrong == 0);
}

TEST_CASE("the verdict on a short payload does not look at what is behind it") {
    for (std::size_t size = 0; size <= padded_size; ++size) {
        Bytes data(4 + 2 * padded_size, std::byte{0xff});
        const auto payload = MutableBytesView{data}.subspan(4, size);
        std::fill(payload.begin(), payload.end(), std::byte{'a'});
        mask_in_place_plain(payload, example_key);
        CHECK(unmask_whole(payload, example_key, padded_size, Opcode::Text));
    }
}
