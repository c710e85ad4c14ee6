"""Differences that rewrite: each function gives what wsproto said in the words of this library, or
None where it does not apply."""

import re

DATA = ("text", "binary", "body")
LOST = "lost"  # an end of a frame, see reference.py
OWN = (b"connection", b"upgrade", b"sec-websocket-key", b"sec-websocket-version")

# What wsproto says, and what this library says for it.
WORDS = [
    (1002, rb"expected CONTINUATION, got <Opcode\.(TEXT|BINARY): \d>",
     rb"expected CONTINUATION, got \1"),
    (1002, rb"error in extension", rb"Reserved bit set unexpectedly"),
    (1007, rb"error in extension", rb"Compressed data is invalid"),
    (1007, rb"'utf-8' codec can't decode .*", rb"Text message is not valid UTF-8"),
    (1007, rb"Error decoding CLOSE reason: .*", rb"Error decoding CLOSE reason"),
    (400, rb"Missing header, 'Upgrade: WebSocket'", rb"Missing header, 'Upgrade: websocket'"),
]  # fmt: skip


def index_of(trace, kind):
    for index, item in enumerate(trace):
        if item[0] == kind:
            return index
    return None


def error_of(trace):
    index = index_of(trace, "error")
    return None if index is None else trace[index]


def replaced(trace, at, item):
    return trace[:at] + [item] + trace[at + 1:]


def joined(trace):
    """Pieces of a message made one, with the offsets at which its frames end."""
    result = []
    for item in trace:
        if item[0] not in DATA:
            result.append(item)
            continue
        kind, data, end = item
        if result and result[-1][0] == kind and not result[-1][2]:
            before = result.pop()
        else:
            before = (kind, b"", False, ())
        data = before[1] + data
        ends = {"more": (), "lost": (LOST,)}.get(end, (len(data),))
        result.append((kind, data, end in ("message", "end"), before[3] + ends))
    return [item for item in result if item[0] not in DATA or any(item[1:])]


def own_fields(_stream, theirs):
    at = index_of(theirs, "request")
    if at is None:
        return None
    others = [field for field in theirs[at][5] if field.split(b":")[0] not in OWN]
    return replaced(theirs, at, theirs[at][:5] + (others,))


def empty_elements(_stream, theirs):
    """RFC 9110 §5.6.1.2."""
    at = index_of(theirs, "request")
    if at is None:
        return None
    lists = tuple([element for element in each if element] for each in theirs[at][3:5])
    return replaced(theirs, at, theirs[at][:3] + lists + theirs[at][5:])


def host_as_sent(stream, theirs):
    at = index_of(theirs, "request")
    sent = re.search(rb"(?im)^host:[ \t]*(\S*)[ \t]*\r$", stream.bytes())
    if at is None or not sent or sent[1].decode("idna").encode() != theirs[at][1]:
        return None
    return replaced(theirs, at, ("request", sent[1]) + theirs[at][2:])


def silent_client(stream, theirs):
    """A client has nothing to answer, and is closed."""
    at = index_of(theirs, "error")
    if stream.start != "handshake" or stream.role != "client" or at is None:
        return None
    if not 400 <= theirs[at][1] < 500:
        return None
    return replaced(theirs, at, ("error", 0, theirs[at][2]))[:-1] + [("state", "CLOSED")]


def end_after_close(_stream, theirs):
    """RemoteClosing, Closed or an error; there the end of the transport is no event."""
    ends = [index for index, item in enumerate(theirs) if item[:2] == ("close", 1006)]
    if not ends:
        return None
    over = any(item[0] == "error" or item[0] == "close" for item in theirs[:ends[0]])
    return theirs[:ends[0]] + theirs[ends[0] + 1:] if over else None


def input_after_close(_stream, theirs):
    return [item for item in theirs if item[0] != "closed already"]


def state_after_error(_stream, theirs):
    """wsproto's complaint is an event that leaves the state as it is."""
    error = error_of(theirs)
    if not error or error[1] < 1000:
        return None
    states = {"OPEN": "REMOTE_CLOSING", "LOCAL_CLOSING": "CLOSED"}
    return theirs[:-1] + [("state", states.get(theirs[-1][1], theirs[-1][1]))]


def same_words(error):
    for code, theirs, ours in WORDS:
        if error[1] == code and re.fullmatch(theirs, error[2]):
            return ("error", code, re.sub(theirs, ours, error[2]))
    return error


def same_complaint(_stream, theirs):
    """Texts are those of wsproto where the complaint is the same; some name Python's objects."""
    at = index_of(theirs, "error")
    return None if at is None else replaced(theirs, at, same_words(theirs[at]))


def frame_ends(_stream, theirs):
    """A piece that would be empty, as a split code point is held back or nothing was inflated yet,
    is no event: then the end of its frame is not told."""
    told = [(*item[:3], tuple(end for end in item[3] if end != LOST))
            if item[0] in DATA else item for item in theirs]
    return [item for item in told if item[0] not in DATA or any(item[1:])]


TABLE = [
    ("the fields that the handshake owns are not among extra_headers", "2.2", own_fields),
    ("empty elements of a list are none", "2.2", empty_elements),
    ("a host comes as on the wire", "2.2", host_as_sent),
    ("the same complaint in other words", "3", same_complaint),
    ("a client that fails has nothing to answer", "2.4", silent_client),
    ("the end of the transport is no event once a Close or an error came", "1", end_after_close),
    ("input after the closing handshake is dropped", "1", input_after_close),
    ("a complaint is thrown and ends the receiving", "1", state_after_error),
    ("the end of a frame is not told without a piece of its own", "3", frame_ends),
]


def rewrite(stream, theirs):
    """wsproto's trace rewritten, and the names of the differences that did."""
    names = []
    for name, _, apply in TABLE:
        result = apply(stream, theirs)
        if result is not None and result != theirs:
            names.append(name)
            theirs = result
    return theirs, names
