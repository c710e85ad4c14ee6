"""The frames of a stream, taken apart without judging them, for the predicates of
differences.py."""

import dataclasses
import struct
import zlib

CONTROL = 0x08
LIMIT = 16 << 20


@dataclasses.dataclass
class Seen:
    """A frame as far as it has arrived."""

    fin: bool
    rsv: int
    opcode: int
    length: int = 0
    payload: bytes = b""
    complete: bool = False

    @property
    def is_control(self):
        return bool(self.opcode & CONTROL)


def walk(stream):
    """All frames up to the first Close, the last maybe incomplete."""
    data = stream.bytes()
    frames = []
    while data:
        frame, data = take(data)
        frames.append(frame)
        if not frame.complete or frame.opcode == 8:
            break
    return frames


def take(data):
    frame = Seen(bool(data[0] & 0x80), data[0] >> 4 & 7, data[0] & 15)
    if len(data) < 2:
        return frame, b""
    masked = data[1] & 0x80
    frame.length = data[1] & 0x7F
    more = {126: 2, 127: 8}.get(frame.length, 0)
    begin = 2 + more + (4 if masked else 0)
    if len(data) < 2 + more:
        return frame, b""
    if more:
        frame.length, = struct.unpack("!H" if more == 2 else "!Q", data[2:2 + more])
    if len(data) < begin:
        return frame, b""
    frame.payload = data[begin:begin + frame.length]
    if masked:
        key = data[begin - 4:begin]
        repeated = key * (len(frame.payload) // 4 + 1)
        frame.payload = bytes(a ^ b for a, b in zip(frame.payload, repeated))
    frame.complete = len(frame.payload) == frame.length
    return frame, data[begin + frame.length:]


@dataclasses.dataclass
class Whole:
    """A message as far as it has arrived."""

    opcode: int
    compressed: bool
    payload: bytes = b""
    finished: bool = False
    declared: int = 0  # the lengths of its frames together
    controls: int = 0  # between its frames


def messages(frames):
    """The messages of the frames, as a decoder without any checks would put them together."""
    current = None
    result = []
    for frame in frames:
        if frame.is_control:
            if current:
                current.controls += 1
            continue
        if current is None:
            current = Whole(frame.opcode, bool(frame.rsv & 4))
            result.append(current)
        current.payload += frame.payload
        current.declared += frame.length
        if frame.fin and frame.complete:
            current.finished = True
            current = None
    return result


def at_block_end(inflater):
    """Whether an empty final block may follow."""
    try:
        probe = inflater.copy()
        return not probe.decompress(b"\x03\x00") and probe.eof
    except zlib.error:
        return False


class Inflation:
    """What RFC 7692 §7.2.2 makes of the compressed messages of a stream, by zlib alone."""

    def __init__(self, stream):
        side = b"client" if stream.role == "server" else b"server"
        self.takeover = side + b"_no_context_takeover" not in stream.extension
        self.bits = 10 if side + b"_max_window_bits=10" in stream.extension else 15
        self.window = b""

    def take(self, payload, finished):
        """The output, and what was odd: a final block, an error, an end inside a block."""
        odd = set()
        output = b""
        before_tail = 0
        inflater = self.fresh()
        try:
            for data in (payload, b"\x00\x00\xff\xff" if finished else b""):
                before_tail = len(output)
                while data:
                    output += inflater.decompress(data)
                    data = inflater.unused_data
                    if inflater.eof:
                        odd.add("final block")
                        inflater = self.fresh(output)
            # The tail may happen to fill a block.
            if finished and (len(output) != before_tail or not at_block_end(inflater)):
                odd.add("inside a block")
        except zlib.error:
            odd.add("error")
        self.window = (self.window + output)[-32768:] if self.takeover else b""
        return output, odd

    def fresh(self, output=b""):
        window = (self.window + output)[-(1 << self.bits):]
        if window:
            return zlib.decompressobj(-self.bits, zdict=window)
        return zlib.decompressobj(-self.bits)
