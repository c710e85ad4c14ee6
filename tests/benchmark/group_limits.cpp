// What the machine allows, operation by operation, in buffers as large as a read.
#include "groups.hpp"
#include "limits.hpp"
#include "page_buffer.hpp"

#include <memory>

namespace benchmark {
namespace {

constexpr std::string_view group = "limits";
constexpr std::size_t content_size = 256 * 1024;
constexpr limits::Key key = 0x12345678;

/// The same content three times, and a buffer to work in.
struct Desk {
    std::size_t size;
    PageBuffer binary;
    PageBuffer ascii;
    PageBuffer multibyte;
    PageBuffer buffer;
};

/// Calls `read` with as much of `content` as one read has, and `each` with every message of it.
template <typename Read, typename Each>
void walk(Desk& desk, const PageBuffer& content, Read read, Each each) {
    for (std::size_t begin = 0; begin < content.size(); begin += desk.buffer.size()) {
        const std::size_t end = std::min(content.size(), begin + desk.buffer.size());
        read(desk.buffer.data(), content.data() + begin, end - begin);
        for (std::size_t at = begin; at < end; at += desk.size) {
            each(desk.buffer.data() + at - begin, content.data() + at,
                 std::min(desk.size, end - at));
        }
    }
}

void refill(char* buffer, const char* content, std::size_t size) {
    copy_bytes(buffer, content, size);
    pretend_to_read(buffer);
}

const auto nothing = [](char*, const char*, std::size_t) {};

std::vector<Contestant> moving(const std::shared_ptr<Desk>& desk, const limits::Kernels& kernels) {
    const auto copy_each = [](char* buffer, const char* content, std::size_t size) {
        copy_bytes(buffer, content, size);
        pretend_to_read(buffer);
    };
    const auto mask = [&kernels](char* buffer, const char*, std::size_t size) {
        kernels.xor_in_place(buffer, size, key);
        pretend_to_read(buffer);
    };
    const auto mask_copy = [&kernels](char* buffer, const char* content, std::size_t size) {
        kernels.xor_copy(buffer, content, size, key);
        pretend_to_read(buffer);
    };
    return {
        {"copy a read", Kind::Limit, [=] { walk(*desk, desk->binary, refill, nothing); }},
        {"copy each", Kind::Limit, [=] { walk(*desk, desk->binary, nothing, copy_each); }},
        {"XOR in place", Kind::Limit, [=] { walk(*desk, desk->binary, refill, mask); }},
        {"copy + XOR", Kind::Limit, [=] { walk(*desk, desk->binary, nothing, mask_copy); }},
    };
}

std::vector<Contestant> reading(const std::shared_ptr<Desk>& desk, const limits::Kernels& kernels) {
    const auto read = [&kernels](char*, const char* content, std::size_t size) {
        const std::uint64_t sum = kernels.read(content, size);
        pretend_to_read(&sum);
    };
    const auto validate = [&kernels](char*, const char* content, std::size_t size) {
        const bool valid = kernels.is_utf8(content, size);
        pretend_to_read(&valid);
    };
    return {
        {"read", Kind::Limit, [=] { walk(*desk, desk->ascii, nothing, read); }},
        {"UTF-8, ASCII", Kind::Limit, [=] { walk(*desk, desk->ascii, nothing, validate); }},
        {"UTF-8, multi-byte", Kind::Limit,
         [=] { walk(*desk, desk->multibyte, nothing, validate); }},
    };
}

// What is copied comes from the second-level cache, as in the other groups; what is only read lies
// where a read would have put it.
void measure_row(Harness& harness, const std::string& row, std::size_t size,
                 std::size_t read_size) {
    const std::size_t whole = std::max(size, read_size);
    const auto desk = std::make_shared<Desk>(
        Desk{size, make_messages(Payload::Binary, size, std::max(whole, content_size)).content,
             make_messages(Payload::Ascii, size, whole).content,
             make_messages(Payload::Multibyte, size, whole).content,
             PageBuffer(read_size / size != 0 ? read_size / size * size : read_size, '\0')});
    const limits::Kernels& kernels = limits::best();
    const double copied = static_cast<double>(desk->binary.size() / size);
    const double read = static_cast<double>(desk->ascii.size() / size);
    harness.time(std::string{group}, row, copied, moving(desk, kernels));
    harness.time(std::string{group}, row + ", read only", read, reading(desk, kernels));
}

}  // namespace

void measure_limits(Harness& harness) {
    for (const limits::Kernels* kernels : {&limits::best(), &limits::portable()}) {
        if (!limits::are_right(*kernels)) {
            harness.complain(group, "loops", kernels->name);
        }
    }
    for (const std::size_t size : message_sizes(harness)) {
        for (const std::size_t read_size : {std::size_t{64} * 1024, std::size_t{16} * 1024}) {
            const std::string row = size_name(size) + ", in " + size_name(read_size);
            if (harness.wants(group, row)) {
                measure_row(harness, row, size, read_size);
            }
        }
    }
}

}  // namespace benchmark
