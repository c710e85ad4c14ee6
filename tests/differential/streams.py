"""Random streams, valid and mutated, all of them from one seed.

A line of a stream, as trace.cpp reads it: the role that receives it; `open` or `handshake`; the
extension, as hexadecimal digits of what a server was offered or a client was answered, or a dot for
none; then the steps: the digits of what arrives in one read, `close` for a Close of our own, `eof`.
"""

import dataclasses
import struct
import zlib

ACCEPT = b"ICX+Yqv66kxgM0FcWaLWlFLwTAI="  # for this key

OFFERS = [b"permessage-deflate", b"permessage-deflate; client_no_context_takeover",
          b"permessage-deflate; client_max_window_bits=10",
          b"permessage-deflate; client_max_window_bits=15; client_no_context_takeover"]
ANSWERS = [b"permessage-deflate", b"permessage-deflate; server_no_context_takeover",
           b"permessage-deflate; server_max_window_bits=10",
           b"permessage-deflate; server_max_window_bits=15; server_no_context_takeover"]
ALPHABETS = ["ab", "Hello, world. ", "äöüß", "☃κόσμε", "𝒳𐍈", "a☃𐍈é"]
CLOSE_CODES = [0, 999, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012,
               1013, 1014, 1015, 1016, 1100, 2999, 3000, 3999, 4000, 4999, 5000, 65535]
LENGTHS = [0, 1, 2, 5, 20, 124, 125, 126, 127, 300, 65535, 65536]
LENGTH_WEIGHTS = [4, 6, 6, 9, 9, 2, 2, 2, 2, 2, 1, 1]
HUGE = [1 << 24, (1 << 24) + 1, 1 << 32, 1 << 62, 1 << 63, (1 << 64) - 1]


@dataclasses.dataclass
class Stream:
    role: str
    start: str
    extension: bytes
    steps: list
    head: bytes = b""  # of a handshake

    def line(self):
        steps = [step if isinstance(step, str) else step.hex() for step in self.steps]
        return " ".join([self.role, self.start, self.extension.hex() or "."] + steps)

    def bytes(self):
        return b"".join(step for step in self.steps if not isinstance(step, str))


@dataclasses.dataclass
class Frame:
    first: int
    payload: bytes
    masked: bool
    length: int = -1  # as declared
    form: int = -1  # of the length: 0, 2 or 8 more bytes

    def encode(self, rng):
        length = len(self.payload) if self.length < 0 else self.length
        form = self.form if self.form >= 0 else 0 if length < 126 else 2 if length < 65536 else 8
        mask = 0x80 if self.masked else 0
        short = {0: length & 0x7F, 2: 126, 8: 127}[form]
        head = bytes([self.first, mask | short])
        head += {0: b"", 2: struct.pack("!H", length & 0xFFFF), 8: struct.pack("!Q", length)}[form]
        if not self.masked:
            return head + self.payload
        key = rng.randbytes(4)
        repeated = key * (len(self.payload) // 4 + 1)
        return head + key + bytes(a ^ b for a, b in zip(self.payload, repeated))


def text_of(rng, size):
    alphabet = rng.choice(ALPHABETS)
    return "".join(rng.choice(alphabet) for _ in range(size)).encode()


class Compressor:
    """The deflate side of a sender; RFC 7692 §7.2.1."""

    def __init__(self, extension, role):
        side = b"client" if role == "server" else b"server"
        self.takeover = side + b"_no_context_takeover" not in extension
        self.bits = 10 if side + b"_max_window_bits=10" in extension else 15
        self.state = None

    def pieces(self, rng, payload, count):
        """A payload for each of `count` frames."""
        if self.state is None or not self.takeover:
            self.state = zlib.compressobj(rng.choice([0, 1, 6]), zlib.DEFLATED, -self.bits)
        flush = zlib.Z_FINISH if rng.random() < 0.03 else zlib.Z_SYNC_FLUSH
        data = self.state.compress(payload) + self.state.flush(flush)
        if flush == zlib.Z_FINISH:
            self.state = None  # and the final block is followed by an empty one
            data += b"\x00"
        else:
            data = data[:-4] if rng.random() < 0.97 else data[:-5]
        return cut(rng, data, count)


def cut(rng, data, count):
    points = sorted(rng.randint(0, len(data)) for _ in range(count - 1))
    return [data[begin:end] for begin, end in zip([0] + points, points + [len(data)])]


def message(rng, masked, compressor):
    is_text = rng.random() < 0.5
    size = rng.choices(LENGTHS, LENGTH_WEIGHTS)[0]
    payload = text_of(rng, size) if is_text else rng.randbytes(size)
    if is_text and rng.random() < 0.1:
        payload = mutate(rng, payload)
    count = rng.choice([1, 1, 1, 2, 3, 5])
    compressed = compressor is not None and rng.random() < 0.7
    pieces = compressor.pieces(rng, payload, count) if compressed else cut(rng, payload, count)
    for index, piece in enumerate(pieces):
        first = (0 if index else 1 if is_text else 2) | (0x80 if index == count - 1 else 0)
        yield Frame(first | (0x40 if compressed and not index else 0), piece, masked)
        if index != count - 1 and rng.random() < 0.2:
            yield control(rng, masked)


def control(rng, masked):
    payload = rng.randbytes(rng.choice([0, 1, 5, 125]))
    return Frame(rng.choice([0x89, 0x8A]), payload, masked)


def close(rng, masked):
    kind = rng.random()
    if kind < 0.2:
        return Frame(0x88, rng.choice([b"", b"\x03"]), masked)
    code = rng.choice(CLOSE_CODES) if kind < 0.9 else rng.randrange(65536)
    reason = text_of(rng, rng.randint(0, 30))
    return Frame(0x88, struct.pack("!H", code) + (mutate(rng, reason) if kind < 0.3 else reason),
                 masked)


def break_frame(rng, frame):
    """One field that is not as it should be, or perhaps is."""
    what = rng.randrange(7)
    if what == 0:
        frame.first ^= 1 << rng.randrange(8)
    elif what == 1:
        frame.first = rng.randrange(256)
    elif what == 2:
        frame.masked = not frame.masked
    elif what == 3:
        frame.form = rng.choice([2, 8])
    elif what == 4:
        frame.length, frame.form = rng.choice(HUGE), 8
    elif what == 5:
        frame.payload = mutate(rng, frame.payload)
    else:
        frame.payload += bytes(rng.choice([1, 126]))


def mutate(rng, data):
    data = bytearray(data or b"\0")
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(len(data) + 1)
        what = rng.randrange(4)
        if what == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif what == 1:
            data.insert(at, rng.randrange(256))
        elif what == 2:
            del data[at:at + rng.randint(1, 3)]
        else:
            data[at:at] = data[:rng.randint(0, 8)]
    return bytes(data)


def frames(rng, role, extension):
    masked = role == "server"
    compressor = Compressor(extension, role) if extension else None
    result = []
    for _ in range(rng.randint(1, 4)):
        if rng.random() < 0.2:
            result.append(control(rng, masked))
        result += message(rng, masked, compressor)
    if rng.random() < 0.4:
        result.append(close(rng, masked))
        if rng.random() < 0.2:
            result.append(control(rng, masked))
    if rng.random() < 0.01:
        result.append(Frame(0x01, text_of(rng, 3) + b"\xed\xa0", masked))  # half a surrogate
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        break_frame(rng, rng.choice(result))
    data = b"".join(frame.encode(rng) for frame in result)
    if rng.random() < 0.2:
        data = mutate(rng, data)
    return data[:rng.randrange(len(data) + 1)] if rng.random() < 0.2 else data


def reads(rng, data):
    how = rng.randrange(4)
    if how == 0 or len(data) > 3000:
        count = 1 if how == 0 else rng.randint(2, 12)
    else:
        count = len(data) if how == 1 else rng.randint(1, 12)
    if count >= len(data):
        return [bytes([byte]) for byte in data]
    return [piece for piece in cut(rng, data, count) if piece]


def open_stream(rng):
    role = rng.choice(["server", "client"])
    extension = b""
    if rng.random() < 0.5:
        extension = rng.choice(OFFERS if role == "server" else ANSWERS)
    steps = reads(rng, frames(rng, role, extension))
    if rng.random() < 0.1:
        steps.insert(rng.randint(0, len(steps)), "close")
    if rng.random() < 0.3:
        steps.append("eof")
    return Stream(role, "open", extension, steps)
