// The enabled extensions of one connection and the order in which a payload passes them: outgoing
// as in the response header, incoming in reverse (RFC 6455 §9.1). Knows frames and steps, not what
// they do.
#ifndef WSPROTO_DETAIL_EXTENSION_STACK_HPP
#define WSPROTO_DETAIL_EXTENSION_STACK_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/extension.hpp>
#include <wsproto/frame.hpp>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace wsproto::detail {

/// What could be had of a frame: `ended` once its last byte has passed every extension.
struct Pulled {
    std::size_t produced = 0;
    bool ended = false;
    Error error = Error::None;
};

/// What an inbound hook complains of is the peer, whatever it says.
constexpr Error about_peer(Error error) noexcept {
    return is_local(error) ? Error::ExtensionProtocolError : error;
}

/// Claims one extension for a connection whose others own the bits `claimed`.
inline Error attach_extension(Extension& extension, RsvBits& claimed) {
    if (!extension.attach()) {
        return Error::ExtensionInUse;
    }
    const RsvBits bits = extension.enabled() ? extension.reserved_bits() : RsvBits{};
    if ((claimed & bits).any()) {
        return Error::ReservedBitsShared;
    }
    claimed = claimed | bits;
    return extension.validate();
}

/// Claims all of them; the first complaint, if any.
inline Error attach_extensions(const Extensions& extensions) {
    RsvBits claimed{};
    Error error = Error::None;
    for (const auto& extension : extensions) {
        const Error complaint = attach_extension(*extension, claimed);
        error = error == Error::None ? complaint : error;
    }
    return error;
}

class ExtensionStack {
  public:
    explicit ExtensionStack(Extensions extensions) {
        for (auto& extension : extensions) {
            const RsvBits bits = extension->reserved_bits();
            claimed_ = claimed_ | bits;
            always_transforms_ = always_transforms_ || !bits.any();
            stages_.push_back({.extension = std::move(extension)});
        }
    }

    [[nodiscard]] RsvBits claimed() const noexcept { return claimed_; }
    [[nodiscard]] bool always_transforms() const noexcept { return always_transforms_; }

    /// Shows `header` to all; `seen` are the reserved bits of its message so far.
    Error begin_frame(const FrameHeader& header, RsvBits seen) {
        for (std::size_t left = stages_.size(); left != 0; --left) {
            const Error error = stages_[left - 1].extension->frame_inbound_header(header);
            if (error != Error::None) {
                return about_peer(error);
            }
        }
        if (!is_control(header.opcode)) {
            for (Stage& stage : stages_) {
                const RsvBits bits = stage.extension->reserved_bits();
                stage.active = !bits.any() || (bits & seen).any();
                stage.more = stage.input_ended = stage.completed = false;
            }
        }
        return Error::None;
    }

    /// Whether the payload of the frame that began last passes any extension.
    [[nodiscard]] bool transforms() const noexcept { return first_active(0) != stages_.size(); }

    /// Fills `out` with what the active extensions make of `in`, of which a prefix is taken.
    ///
    /// `frame_ends`: nothing of the frame follows `in`; `fin`: nor of the message.
    Pulled inbound(BytesView& in, bool frame_ends, bool fin, MutableBytesView out) {
        return pull(first_active(0), {.in = in, .frame_ends = frame_ends, .fin = fin}, out);
    }

    /// Whether `outbound` has anything to do.
    [[nodiscard]] bool touches(bool compress) const {
        return next_outbound(0, compress) != stages_.size();
    }

    /// Passes `payload` through all in turn; the last one appends to `out`.
    ///
    /// Until `outbound_sent`, one that has done its part is ahead of its peer: should the frame get
    /// lost, as when another one refuses it, nothing that passes them can be sent any more.
    Error outbound(FrameHeader& header, BytesView payload, bool compress, Bytes& out) {
        if (std::exchange(ahead_, true)) {
            return Error::ExtensionRefusedToSend;
        }
        Bytes between;
        const std::size_t first = next_outbound(0, compress);
        for (std::size_t index = first;;) {
            const std::size_t next = next_outbound(index + 1, compress);
            const bool last = next == stages_.size();
            Bytes made;
            Bytes& to = last ? out : made;
            const std::size_t before = to.size();
            const Error error =
                stages_[index].extension->frame_outbound(header, payload, header.fin, to);
            if (error != Error::None) {
                ahead_ = index != first;
                return error;
            }
            if (to.size() < before) {
                return Error::ExtensionRefusedToSend;
            }
            if (last) {
                return Error::None;
            }
            between = std::move(made);
            payload = between;
            index = next;
        }
    }

    /// The frame that `outbound` made is complete.
    void outbound_sent() noexcept { ahead_ = false; }

  private:
    struct Stage {
        std::shared_ptr<Extension> extension{};
        Bytes buffer{};             // made by the stage before, unless that is the wire
        BytesView input{};          // what is left of it
        bool active = false;        // takes part in the current frame
        bool more = false;          // has output that found no room
        bool input_ended = false;   // the frame's last byte was handed to it
        bool completed = false;     // and all of its output was taken
        Error error = Error::None;  // of the stage before: told once its output was taken
    };

    struct Source {
        BytesView& in;
        bool frame_ends;
        bool fin;
    };

    // At most this much is made ahead between two stages.
    static constexpr std::size_t buffer_size = 4096;

    [[nodiscard]] std::size_t first_active(std::size_t index) const noexcept {
        while (index != stages_.size() && !stages_[index].active) {
            ++index;
        }
        return index;
    }

    [[nodiscard]] std::size_t next_outbound(std::size_t index, bool compress) const {
        while (index != stages_.size() && !compress && stages_[index].extension->compresses()) {
            ++index;
        }
        return index;
    }

    // Fills `out` from the stage at `index`; those behind it stand nearer to the wire.
    Pulled pull(std::size_t index, Source source, MutableBytesView out) {
        Stage& stage = stages_[index];
        const std::size_t upstream = first_active(index + 1);
        BytesView& input = upstream == stages_.size() ? source.in : stage.input;
        Pulled total{};
        while (!stage.completed && total.produced != out.size()) {
            if (input.empty() && !stage.more && !stage.input_ended) {
                refill(stage, upstream, source);
                if (input.empty() && !stage.input_ended) {
                    total.error = stage.error;
                    return total;
                }
            }
            const Step step = advance(stage, input, source.fin, out.subspan(total.produced));
            total.produced += step.produced;
            total.error = step.error;
            if (total.error != Error::None) {
                return total;
            }
        }
        total.ended = stage.completed;
        if (stage.completed && source.fin) {
            stage.buffer = Bytes{};
        }
        return total;
    }

    void refill(Stage& stage, std::size_t upstream, Source source) {
        if (upstream == stages_.size()) {
            stage.input_ended = source.frame_ends;
        } else if (stage.error == Error::None) {
            stage.buffer.resize(buffer_size);
            const Pulled pulled = pull(upstream, source, stage.buffer);
            stage.input = BytesView{stage.buffer}.first(pulled.produced);
            stage.input_ended = pulled.ended;
            stage.error = pulled.error;
        }
    }

    static Step advance(Stage& stage, BytesView& input, bool fin, MutableBytesView out) {
        const std::size_t before = input.size();
        Step step{};
        if (before != 0 || stage.more) {
            step = stage.extension->frame_inbound_payload_data(input, out);
            stage.more = step.more;
        } else {
            step = stage.extension->frame_inbound_complete(fin, out);
            stage.completed = !step.more;
        }
        // What it reports is not believed where memory would be at stake.
        if (step.produced > out.size() || input.size() > before) {
            return {.error = Error::ExtensionOverran};
        }
        step.error = about_peer(step.error);
        const bool moved = step.produced != 0 || input.size() != before;
        if (step.error == Error::None && !moved && (before != 0 || step.more)) {
            step.error = Error::ExtensionStalled;
        }
        return step;
    }

    std::vector<Stage> stages_{};
    RsvBits claimed_{};
    bool always_transforms_ = false;
    bool ahead_ = false;  // an extension has, or may have, seen a frame that was not sent
};

}  // namespace wsproto::detail

#endif
