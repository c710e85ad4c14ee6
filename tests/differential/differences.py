"""The differences between wsproto and this library that BEHAVIOUR documents, each with a name.

Two kinds: those that rewrite what wsproto says into what this library promises, of which several
may apply to one stream; and those that explain why the two part for good, which come after. Each
looks at the stream itself before it believes.
"""

import dataclasses
import typing

import handshake_differences
import parting
import rewriting
import streams


@dataclasses.dataclass(frozen=True)
class Difference:
    name: str
    section: str
    apply: typing.Callable


DATA = ("text", "binary", "body")

REWRITING = [Difference(*row) for row in handshake_differences.REWRITING + rewriting.TABLE]
PARTING = [Difference(*row) for row in handshake_differences.PARTING + parting.TABLE]
ALL = REWRITING + PARTING


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
        ends = before[3] + ((len(data),) if end != "more" else ())
        result.append((kind, data, end in ("message", "end"), ends))
    return [item for item in result if item[0] not in DATA or any(item[1:])]


def between(stream, theirs, ours):
    """The names of the differences, or None if they explain nothing."""
    theirs, ours = joined(theirs), joined(ours)
    names = []
    for difference in REWRITING:
        rewritten = difference.apply(stream, theirs, ours)
        if rewritten is not None and rewritten != theirs:
            names.append(difference.name)
            theirs = rewritten
    if theirs == ours:
        return names
    found = parted(stream, theirs, ours)
    if found:
        return names + found
    if stream.start == "handshake" and opened(theirs) and theirs[0] == ours[0]:
        rest = parted(frames_of(stream), theirs[1:], ours[1:])
        return rest and names + rest
    return None


def parted(stream, theirs, ours):
    for difference in PARTING:
        if difference.apply(stream, theirs, ours):
            return [difference.name]
    return None


def opened(trace):
    return trace[0][0] in ("request", "accept")


def frames_of(stream):
    """What followed the handshake, as a stream of its own."""
    head = handshake_differences.head_of(stream)
    lines = handshake_differences.values(stream, b"sec-websocket-extensions")
    extension = b",".join(lines) if stream.extension else b""
    return streams.Stream(stream.role, "open", extension, [stream.bytes()[len(head):]])
