// Invariant: FrameDecoder makes of any bytes, however they are split, what the plain reading of RFC
// 6455 §5 makes of them: the same frames, then the same complaint.
#include "fuzz.hpp"

#include <vector>

namespace fuzz::frame_decoder {
namespace {

struct Payload {
    Opcode opcode{};
    Bytes bytes{};
    bool frame_finished = false;
    bool message_finished = false;
    friend bool operator==(const Payload&, const Payload&) = default;
};

struct Reading {
    std::vector<Payload> frames{};
    Error error{};
};

/// Slow and obvious: the rules in the order of the bytes, each of which may be the last one.
class PlainReader {
  public:
    PlainReader(ConnectionType role, const Limits& limits, BytesView in)
        : masked_{role == ConnectionType::Server}, limits_{limits}, in_{in} {}

    Reading read() {
        while (reading_.error == Error::None && !in_.empty() && frame()) {
        }
        return std::move(reading_);
    }

  private:
    // False: the bytes have ended, or are wrong.
    bool frame() {
        if (const Error error = first_byte(number(1)); error != Error::None) return fail(error);
        if (in_.empty()) return false;
        const std::uint64_t second = number(1);
        if (const Error error = second_byte(second); error != Error::None) return fail(error);
        std::uint64_t length = second % 128;
        const std::size_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
        if (more != 0) {
            if (const Error error = eight_bytes(more); error != Error::None) return fail(error);
            if (in_.size() < more) return false;
            length = number(more);
        }
        if (const Error error = size(length, more); error != Error::None) return fail(error);
        return payload(length);
    }

    Error first_byte(std::uint64_t byte) {
        fin_ = byte >= 0x80;
        opcode_ = static_cast<Opcode>(byte % 16);
        if (byte % 8 > 2) return Error::InvalidOpcode;
        if (is_control(opcode_) && !fin_) return Error::FragmentedControlFrame;
        if (byte / 16 % 8 != 0) return Error::UnexpectedReservedBit;
        if (is_control(opcode_)) return Error::None;
        const bool continues = opcode_ == Opcode::Continuation;
        if (continues && !in_message_) return Error::UnexpectedContinuation;
        return !continues && in_message_ ? Error::ExpectedContinuation : Error::None;
    }

    [[nodiscard]] Error second_byte(std::uint64_t byte) const {
        const bool mask_bit = byte >= 0x80;
        if (mask_bit && !masked_) return Error::UnexpectedMaskedFrame;
        if (!mask_bit && masked_) return Error::UnexpectedUnmaskedFrame;
        return is_control(opcode_) && byte % 128 > 125 ? Error::ControlFrameTooLong : Error::None;
    }

    // What is wrong before all eight are there.
    [[nodiscard]] Error eight_bytes(std::size_t size) const {
        if (size != 8 || in_.empty()) return Error::None;
        if (in_.front() >= std::byte{0x80}) return Error::LengthTopBitSet;
        const bool short_enough =
            in_.size() >= 6 && std::count(in_.begin(), in_.begin() + 6, std::byte{0}) == 6;
        return short_enough ? Error::LengthUsedEightBytes : Error::None;
    }

    [[nodiscard]] Error size(std::uint64_t length, std::size_t more) const {
        if (more == 2 && length < 126) return Error::LengthUsedTwoBytes;
        if (is_control(opcode_)) return Error::None;
        if (length > limits_.frame_size) return Error::FrameTooBig;
        const bool continues = opcode_ == Opcode::Continuation;
        const std::uint64_t before = continues ? message_size_ : 0;
        if (length > limits_.message_size || before > limits_.message_size - length)
            return Error::MessageTooBig;
        const bool too_many = (continues ? fragments_ : 0) >= limits_.fragments;
        return too_many ? Error::TooManyFragments : Error::None;
    }

    bool payload(std::uint64_t length) {
        Bytes key(4, std::byte{0});
        if (masked_) {
            if (in_.size() < 4) return false;
            key.assign(in_.begin(), in_.begin() + 4);
            in_ = in_.subspan(4);
        }
        const bool control = is_control(opcode_);
        if (!control) {
            const bool continues = opcode_ == Opcode::Continuation;
            message_ = continues ? message_ : opcode_;
            message_size_ = (continues ? message_size_ : 0) + length;
            fragments_ = (continues ? fragments_ : 0) + 1;
            in_message_ = !fin_;
        }
        const bool whole = in_.size() >= length;
        const BytesView here = whole ? in_.first(static_cast<std::size_t>(length)) : in_;
        in_ = in_.subspan(here.size());
        if (!whole && (control || here.empty())) return false;
        Payload shown{control ? opcode_ : message_,
                      {here.begin(), here.end()},
                      whole,
                      control || (whole && fin_)};
        for (std::size_t at = 0; at != here.size(); ++at) {
            shown.bytes[at] ^= key[at % 4];
        }
        reading_.frames.push_back(std::move(shown));
        return whole;
    }

    bool fail(Error error) {
        reading_.error = error;
        return false;
    }

    std::uint64_t number(std::size_t size) {
        std::uint64_t value = 0;
        for (const std::byte byte : in_.first(size)) {
            value = value << 8U | std::to_integer<std::uint64_t>(byte);
        }
        in_ = in_.subspan(size);
        return value;
    }

    bool masked_;
    Limits limits_;
    BytesView in_;
    Reading reading_{};
    bool fin_ = false;
    Opcode opcode_{};
    Opcode message_{};
    bool in_message_ = false;
    std::uint64_t message_size_ = 0;
    std::uint32_t fragments_ = 0;
};

void add(Reading& reading, const Frame& frame) {
    const auto& frames = reading.frames;
    const bool continues = !frames.empty() && !frames.back().frame_finished;
    claim(!continues || frames.back().opcode == frame.opcode, "pieces of one kind");
    if (!continues) reading.frames.push_back({.opcode = frame.opcode});
    Payload& last = reading.frames.back();
    last.bytes.insert(last.bytes.end(), frame.payload.begin(), frame.payload.end());
    last.frame_finished = frame.frame_finished;
    last.message_finished = frame.message_finished;
}

Reading decode(FrameDecoder& decoder, BytesView bytes, std::size_t piece_size) {
    Reading reading;
    in_pieces(bytes, piece_size, [&](BytesView piece) {
        ExactCopy exact{piece};
        MutableBytesView in = exact.bytes();
        Frame frame;
        Progress progress{};
        std::size_t before = in.size();
        while ((progress = decoder.next(in, frame)) == Progress::Ready) {
            claim(in.size() < before, "every frame takes bytes");
            before = in.size();
            add(reading, frame);
        }
        claim(progress == Progress::Failed || in.empty(), "more is wanted when all is used");
        exact.overwrite();
    });
    reading.error = decoder.error();
    return reading;
}

}  // namespace

void run(Input input) {
    const Choices choices{input.byte()};
    const auto role = choices[0] ? ConnectionType::Client : ConnectionType::Server;
    const Limits limits = choices[1] ? small_limits() : Limits{};
    const std::size_t piece_size = input.byte();
    const Reading plain = PlainReader{role, limits, input.rest()}.read();
    for (const std::size_t size : {std::size_t{0}, piece_size, std::size_t{1}}) {
        FrameDecoder decoder{role, limits};
        const Reading reading = decode(decoder, input.rest(), size);
        claim(reading.error == plain.error, "the complaint of the plain reading");
        claim(reading.frames == plain.frames, "the frames of the plain reading");
        claim(!is_local(decoder.error()), "a complaint about the peer");
    }
}

}  // namespace fuzz::frame_decoder
