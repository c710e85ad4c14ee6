"""The frames of a stream, taken apart, and what BEHAVIOUR §3 has to say against a header: a second
reading of its rules, that asks neither wsproto nor this library."""

import dataclasses
import struct

LIMIT = 16 << 20  # of a frame and of a message
DATA = {0: "CONTINUATION", 1: "TEXT", 2: "BINARY"}
CLOSE, PING, PONG = 8, 9, 10
NEVER = float("inf")


@dataclasses.dataclass
class Frame:
    """A frame as far as it has arrived; `None` is what has not."""

    begin: int
    first: int
    second: int | None = None
    extended: bytes = b""  # what there is of a length of its own
    length: int | None = None
    payload: int | None = None  # where it begins
    end: int | None = None

    @property
    def opcode(self):
        return self.first & 15

    @property
    def rsv(self):
        return self.first >> 4 & 7

    @property
    def fin(self):
        return bool(self.first & 0x80)

    @property
    def is_control(self):
        return bool(self.opcode & 8)

    @property
    def length_form(self):
        return {126: 2, 127: 8}.get(self.second & 0x7F, 0)


@dataclasses.dataclass
class Fault:
    at: int  # the byte that tells
    code: int
    text: bytes


def take(data, begin):
    frame = Frame(begin, data[begin])
    if begin + 1 == len(data):
        return frame
    frame.second = data[begin + 1]
    at = begin + 2 + frame.length_form
    frame.extended = data[begin + 2:at]
    if len(data) < at:
        return frame
    frame.length = frame.second & 0x7F
    if frame.length_form:
        form = "!H" if frame.length_form == 2 else "!Q"
        frame.length, = struct.unpack(form, frame.extended)
    at += 4 if frame.second & 0x80 else 0
    if len(data) < at:
        return frame
    frame.payload = at
    if len(data) >= at + frame.length:
        frame.end = at + frame.length
    return frame


class Walk:
    """The frames up to the first Close or the first fault; only the last may be incomplete."""

    def __init__(self, stream):
        self.role = stream.role
        self.claimed = 4 if stream.extension else 0
        self.declared = None  # of the message under way
        self.compressed = False
        self.frames = []
        self.faults = []  # of the last frame, in the order of its bytes
        data = stream.bytes()
        at = 0
        while at is not None and at != len(data) and not self.faults:
            frame = take(data, at)
            self.frames.append(frame)
            self.begin_message(frame)
            self.faults = [Fault(*each) for each in self.judge(frame)]
            self.end_frame(frame)
            at = frame.end if frame.opcode != CLOSE else None

    def begin_message(self, frame):
        if not frame.is_control and self.declared is None:
            self.compressed = bool(frame.rsv & self.claimed)

    def end_frame(self, frame):
        if frame.end is not None and not frame.is_control:
            self.declared = None if frame.fin else (self.declared or 0) + frame.length

    def judge(self, frame):
        for text in self.of_first_byte(frame):
            yield frame.begin, 1002, text
        if frame.second is None:
            return
        masked = bool(frame.second & 0x80)
        if masked != (self.role == "server"):
            what = b"unexpected masked" if masked else b"unexpected unmasked"
            yield frame.begin + 1, 1002, b"%s received %s frame" % (self.role.encode(), what)
        if frame.is_control and frame.second & 0x7F > 125:
            yield frame.begin + 1, 1002, b"Control frame with payload len > 125"
        if frame.length_form == 8 and frame.extended[:1] >= b"\x80":
            yield frame.begin + 2, 1002, b"8-byte payload length with non-zero MSB"
        if frame.length_form == 8 and frame.extended.startswith(bytes(6)):
            text = b"Payload length used 8 bytes when 2 would have sufficed"
            yield frame.begin + 7, 1002, text
        if frame.length is None:
            return
        for code, text in self.of_length(frame):
            yield frame.begin + 1 + frame.length_form, code, text
        if frame.payload is not None and self.is_refused_by_extension(frame):
            yield frame.payload - 1, 1002, b"Reserved bit set unexpectedly"

    def is_refused_by_extension(self, frame):
        """Its own rule, once it is shown the header."""
        return bool(frame.rsv & self.claimed) and frame.opcode not in (1, 2)

    def has_two_faults(self):
        """The last frame, one of them maybe still to come."""
        return len(self.faults) > 1 or self.is_refused_by_extension(self.frames[-1])

    def of_first_byte(self, frame):
        if frame.opcode not in (*DATA, CLOSE, PING, PONG):
            yield b"Invalid opcode 0x%x" % frame.opcode
        if frame.is_control and not frame.fin:
            yield b"Invalid attempt to fragment control frame"
        if frame.rsv & ~self.claimed:
            yield b"Reserved bit set unexpectedly"
        if self.declared is None and frame.opcode == 0:
            yield b"unexpected CONTINUATION"
        if self.declared is not None and frame.opcode in (1, 2):
            yield b"expected CONTINUATION, got " + DATA[frame.opcode].encode()

    def of_length(self, frame):
        if frame.length_form == 2 and frame.length < 126:
            yield 1002, b"Payload length used 2 bytes when 1 would have sufficed"
        if frame.length > LIMIT:
            yield 1009, b"Frame exceeds the size limit"
        # Of a compressed message what comes out counts.
        data = not frame.is_control and not self.compressed
        if data and (self.declared or 0) + frame.length > LIMIT:
            yield 1009, b"Message exceeds the size limit"


def cut(stream, end, arrival=NEVER):
    """The stream until the byte at `arrival` comes, and of its bytes only those before `end`."""
    steps = []
    at = 0
    for step in stream.steps:
        if isinstance(step, str):
            steps.append(step)
            continue
        if at < end:
            steps.append(step[:end - at])
        at += len(step)
        if at > arrival:
            break
    return dataclasses.replace(stream, steps=steps)


def replace_byte(stream, at, byte):
    steps = []
    for step in stream.steps:
        if not isinstance(step, str):
            if 0 <= at < len(step):
                step = step[:at] + bytes([byte]) + step[at + 1:]
            at -= len(step)
        steps.append(step)
    return dataclasses.replace(stream, steps=steps)
