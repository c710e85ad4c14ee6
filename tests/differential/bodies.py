"""The body of a rejection, by RFC 9112 §6 and §7; neither wsproto nor this library is asked."""

import dataclasses
import re

import demands
import heads

CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]+)(?:[ \t]*;[\t -~\x80-\xff]*)?\r\n")
PART_OF_CHUNK_LINE = re.compile(rb"(?:[0-9A-Fa-f]+(?:[ \t]*|[ \t]*;[\t -~\x80-\xff]*)\r?)?")


@dataclasses.dataclass
class Body:
    data: bytes
    ending: str  # end, more, bad or cut short
    rest: bytes = b""

    def trace(self):
        finished = self.ending == "end"
        item = ("body", self.data, finished, (len(self.data),) if finished else ())
        items = [item] if self.data or finished else []
        texts = {"bad": demands.BAD, "cut short": demands.CUT_SHORT}
        if self.ending in texts:
            items.append(("error", 0, texts[self.ending]))
        return [*items, ("state", "REJECTING" if self.ending == "more" else "CLOSED")]


def read(head, data, ended):
    codings = head.values(b"transfer-encoding")
    lengths = head.values(b"content-length")
    if head.line[1] in (b"204", b"304"):
        return Body(b"", "end", data)
    if codings and codings[-1].lower() == b"chunked":
        body = read_chunks(data)
    elif lengths and not codings:
        size = int(lengths[0])
        body = Body(data[:size], "end" if len(data) >= size else "more", data[size:])
    else:
        return Body(data, "end" if ended else "more")
    if body.ending == "more" and ended:
        body.ending = "cut short"
    return body


def read_chunks(data):
    result = b""
    while True:
        line = CHUNK_LINE.match(data)
        if not line:
            return Body(result, "more" if PART_OF_CHUNK_LINE.fullmatch(data) else "bad")
        size = int(line[1], 16)
        data = data[line.end():]
        if size == 0:
            return read_trailers(result, data)
        result += data[:size]
        end = data[size:size + 2]
        if len(end) < 2 or end != b"\r\n":
            return Body(result, "more" if b"\r\n".startswith(end) else "bad")
        data = data[size + 2:]


def read_trailers(result, data):
    if b"\r\n".startswith(data[:2]):
        return Body(result, "end" if len(data) >= 2 else "more", data[2:])
    head = heads.read(b"HTTP/1.1 200\r\n" + data, "client")
    if head.irregular:
        return Body(result, "bad")
    return Body(result, "end" if head.end else "more", data[(head.end or 0) - 14:])
