"""Python's wsproto with what BEHAVIOUR has otherwise put right: what a payload means, in its own
objects; and what a header may say, which walk.py judges.

Every correction that came to bear leaves the name of its difference.
"""

import contextlib
import re
import zlib

import raw_zlib
import reference
import walk
import wsproto.frame_protocol
from rewriting import error_of, same_words
from wsproto.extensions import PerMessageDeflate
from wsproto.frame_protocol import CloseReason, Opcode, RsvBits

VALID = "what is valid before a failure is delivered first"
EARLY = "a check happens when its byte arrives"
FIRST = "of two faults of a frame the first byte counts"
HEADER = "an extension sees complete headers"
LIMITED = "a frame or a message has a limit"
CODE_1014 = "1014 is a code that a peer may send"
SURROGATE = "invalid UTF-8 fails at its first byte"
CONTROL = "a control frame does not disturb a compressed message"
FINAL = "a final block may come inside a message"
# Not in BEHAVIOUR. zlib refuses a distance beyond the window, but within the output of one call it
# lets it pass, so that the split of the input decides how far invalid data gets.
BEYOND = "a distance beyond the window may pass for a while"
UNFINISHED = "deflate data that ends inside a block is an error"

TABLE = [
    (VALID, "3"), (EARLY, "3"), (FIRST, "3"), (HEADER, "3"), (LIMITED, "3"), (CODE_1014, "3"),
    (SURROGATE, "3"), (CONTROL, "3"), (FINAL, "4"), (UNFINISHED, "4"),
    (BEYOND, "4"),
]  # fmt: skip


class TextDecoder:
    """Fails at the first byte that cannot be part of UTF-8, and keeps what was valid before it."""

    def __init__(self, names):
        self.names = names
        self.held = b""
        self.valid = b""

    def getstate(self):
        return self.held, 0

    def decode(self, data, final=False):
        data = self.held + bytes(data)
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            good, self.held = data[:error.start], data[error.start:]
            if error.reason == "unexpected end of data" and not final:
                return good.decode()
            self.valid = good
            if re.match(rb"\xed[\xa0-\xbf]", self.held):
                self.names.add(SURROGATE)
            raise
        self.held = b""
        return text


def at_block_end(inflater):
    """Whether an empty final block may follow."""
    try:
        probe = inflater.copy()
        return not probe.decompress(b"\x03\x00") and probe.eof
    except zlib.error:
        return False


class Deflate(PerMessageDeflate):
    """What RFC 7692 §7.2.2 makes of the messages."""

    def __init__(self, names, strict):
        super().__init__()
        self.names = names
        self.strict = strict  # about distances beyond the window
        self.is_control = False
        self.is_client = False
        self.window = b""  # what was inflated before
        self.output = b""  # of the bytes that are being looked at
        self.valid = b""
        self.dictionary = b""
        self.fed = b""  # to zlib since the last start
        self.told = 0  # how much it told for that
        self.ended = False  # by a final block, and nothing came since

    def frame_inbound_header(self, proto, opcode, rsv, payload_length):
        self.is_control = opcode.iscontrol()
        self.is_client = proto.client
        if not self.is_control:
            return super().frame_inbound_header(proto, opcode, rsv, payload_length)
        if self._inbound_compressed:
            self.names.add(CONTROL)
        return CloseReason.PROTOCOL_ERROR if rsv.rsv1 else RsvBits(True, False, False)

    def frame_inbound_payload_data(self, proto, data):
        self.output = b""
        if self.is_control or not self._inbound_compressed:
            return data
        return self.inflate(bytes(data))

    def frame_inbound_complete(self, proto, fin):
        if self.is_control or not fin:
            return None
        compressed, self._inbound_compressed = self._inbound_compressed, None
        if not compressed:
            return None
        arrived = self.output
        # Behind a final block nothing is missing. Else the tail may happen to fill a block.
        if not self.ended and (
                self.inflate(b"\x00\x00\xff\xff") or not at_block_end(self._decompressor)):
            self.names.add(UNFINISHED)
            self.valid = arrived
            return CloseReason.INVALID_FRAME_PAYLOAD_DATA
        takes_over = not (self.server_no_context_takeover if self.is_client
                          else self.client_no_context_takeover)
        self.window = self.window if takes_over else b""
        self.ended = False
        self.start()
        return None

    def inflate(self, data):
        begin = len(self.output)
        while data:
            try:
                piece = self._decompressor.decompress(data)
                failed = self.strict and self.written(data)[1]
            except zlib.error:
                failed = True
            if failed:
                self.valid = self.output + self.written(data)[0][self.told:]
                return CloseReason.INVALID_FRAME_PAYLOAD_DATA
            self.fed += data
            self.ended = self._decompressor.eof
            self.told += len(piece)
            self.output += piece
            self.window = (self.window + piece)[-32768:]
            data = self._decompressor.unused_data
            if self._decompressor.eof:
                self.names.add(FINAL)
                self.start()
        return self.output[begin:]

    def written(self, data):
        room = {"room": 1} if self.strict else {}
        return raw_zlib.written(self.fed + data, self.dictionary, self.bits(), **room)

    def start(self):
        """A new zlib object, that knows the window."""
        self.dictionary = self.window[-(1 << self.bits()):]
        self.fed = b""
        self.told = 0
        # Python takes an empty one for an error.
        known = {"zdict": self.dictionary} if self.dictionary else {}
        self._decompressor = zlib.decompressobj(-self.bits(), **known)

    def bits(self):
        return self.server_max_window_bits if self.is_client else self.client_max_window_bits


class Run(reference.Run):
    """wsproto on one stream, with the two objects above in it."""

    def __init__(self, stream, strict):
        self.names = set()
        self.deflate = Deflate(self.names, strict)
        super().__init__(stream, self.deflate)

    def complain(self, item):
        """What was valid comes first."""
        valid, is_text = self.last_piece()
        if valid or self.complaint:
            self.names.add(VALID)
        if valid:
            self.trace.append(("text" if is_text else "binary", valid, "more"))
        super().complain(self.complaint or item)

    def last_piece(self):
        self.complaint = None
        message = self.protocol._message_decoder
        header = self.protocol._frame_decoder.header
        if message.decoder and message.decoder.valid:
            return message.decoder.valid, True
        if not self.deflate.valid:
            return b"", True
        is_text = (message.opcode or header.opcode) is Opcode.TEXT
        if not is_text:
            return self.deflate.valid, False
        decoder = message.decoder or TextDecoder(self.names)
        try:
            return decoder.decode(self.deflate.valid).encode(), True
        except UnicodeDecodeError:
            self.complaint = ("error", 1007, b"Text message is not valid UTF-8")
            return decoder.valid, True


@contextlib.contextmanager
def text_decoder(names):
    original = wsproto.frame_protocol.getincrementaldecoder
    wsproto.frame_protocol.getincrementaldecoder = lambda _: lambda: TextDecoder(names)
    try:
        yield
    finally:
        wsproto.frame_protocol.getincrementaldecoder = original


def play(stream, strict=False):
    run = Run(stream, strict)
    with text_decoder(run.names):
        return run.play(), run.names


def strict_trace(stream):
    """The same for a stream in which nothing but a payload is wrong, if no distance passes."""
    return play(stream, strict=True)


def trace(stream):
    """What wsproto would make of an open stream, and the names of the differences."""
    walked = walk.Walk(stream)
    last = walked.frames[-1] if walked.frames else None
    if walked.faults:
        fault = walked.faults[0]
        theirs, names = play(walk.cut(stream, last.begin, fault.at))
        return play(stream) if error_of(theirs) else refuse(stream, walked, theirs, names)
    if last and last.payload is None:  # nothing to be said of it yet
        theirs, names = play(walk.cut(stream, last.begin))
        return theirs, names | ({HEADER} if error_of(play(stream)[0]) else set())
    if last and last.opcode == walk.CLOSE and last.end and last.length > 1:
        return close_1014(stream, last)
    return play(stream)


def refuse(stream, walked, theirs, names):
    """The end of a trace in which the last frame is refused."""
    fault = walked.faults[0]
    whole = play(stream)[0]
    before = error_of(whole)
    if fault.code == 1009:
        names.add(LIMITED)
    elif before is None or ("state", "LOCAL_CLOSING") == whole[-1] != theirs[-1]:
        names.add(EARLY)
    elif ("state", "LOCAL_CLOSING") == theirs[-1] != whole[-1]:
        names.add(HEADER)
    elif says_another(before, walked) or (
            not names and says_another(error_of(reference.trace(stream)), walked)):
        names.add(FIRST)
    state = ("state", "CLOSED") if stream.steps[-1] == "eof" else theirs[-1]
    return theirs[:-1] + [("error", fault.code, fault.text), state], names


def says_another(error, walked):
    """Of the faults, or of the payload, which wsproto looks at before it knows the sequence."""
    return bool(error) and same_words(error)[2] != walked.faults[0].text and (
        walked.has_two_faults() or error[1] == 1007)


def close_1014(stream, frame):
    """wsproto knows 1013, from which it differs in the second byte, masked or not."""
    data = stream.bytes()
    key = data[frame.payload - 4:frame.payload] if frame.second & 0x80 else bytes(4)
    code = bytes(a ^ b for a, b in zip(data[frame.payload:frame.payload + 2], key))
    if code != b"\x03\xf6":
        return play(stream)
    other = walk.replace_byte(stream, frame.payload + 1, data[frame.payload + 1] ^ 3)
    theirs, names = play(other)
    return ([("close", 1014, item[2]) if item[:2] == ("close", 1013) else item for item in theirs],
            names | {CODE_1014})
