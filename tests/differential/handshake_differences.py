"""The differences in the opening handshake. What this library has to say follows from demands.py,
to the letter; what is looked for here is the reason for which wsproto said something else."""

import dataclasses

import bodies
import demands
import heads
import reference
from rewriting import error_of, joined, rewrite

AT_ONCE = "a line that HTTP forbids is refused at once"
FIRST = "a refusal has the status of the first demand that is not met"
FIRST_OF_ANSWER = "a client tells the first demand that is not met"
CUT_SHORT = "the transport ends inside the handshake"
OTHERWISE = "wsproto fails otherwise"
INTERIM = "an interim response is skipped"
EARLY = "frames that come with the request are kept"
UPGRADE_LIST = "Upgrade may be a list"
ALL_LINES = "all lines of a list count"
REPEATED = "a field that may come once comes once"
NO_MEANING = "what frames a body is without meaning in a 101"
DROPPED = "what follows a rejection is dropped"
BODY = "llhttp frames the body of a rejection"

# What wsproto accepts, by the complaint of this library.
OF_REQUEST = {
    demands.BAD: ("a head that HTTP forbids is refused", "2.2"),
    b"HTTP version must be 1.1": ("another version than HTTP/1.1 is refused", "2.2"),
    b"Bad Sec-WebSocket-Key": ("a key is checked", "2.2"),
    b"Missing header, 'Sec-WebSocket-Version'": (REPEATED, "2.2"),
    b"Request must not have a body": ("a request has no body", "2.2"),
    b"Malformed header, 'Sec-WebSocket-Extensions'": ("a malformed list is refused", "2.2"),
    b"Malformed header, 'Sec-WebSocket-Protocol'": ("a malformed list is refused", "2.2"),
}
OF_ANSWER = {
    demands.BAD: ("an answer that HTTP forbids is refused", "2.4"),
    b"HTTP version must be 1.1": ("an answer of another version than HTTP/1.1 is refused", "2.4"),
    b"Bad accept token": ("a field of an answer that may come once comes once", "2.4"),
    b"unrecognized subprotocol": ("a field of an answer that may come once comes once", "2.4"),
    b"unrecognized extension": ("an extension that cannot be is refused", "4"),
    b"Malformed header, 'Sec-WebSocket-Extensions'": (
        "an extension that cannot be is refused", "4"),
}  # fmt: skip

TABLE = list(dict.fromkeys([
    (AT_ONCE, "2.2"), (FIRST, "2.2"), *OF_REQUEST.values(), (UPGRADE_LIST, "2.2"),
    (ALL_LINES, "2.2"), (EARLY, "2.2"), (OTHERWISE, "2.2"), (INTERIM, "2.4"),
    (FIRST_OF_ANSWER, "2.4"), *OF_ANSWER.values(), (NO_MEANING, "2.4"), (CUT_SHORT, "2.5"),
    (DROPPED, "1"), (BODY, "2.2"),
]))  # fmt: skip


def without(stream, size):
    """The stream behind its first bytes."""
    steps = []
    for step in stream.steps:
        if not isinstance(step, str):
            gone = min(size, len(step))
            size -= gone
            step = step[gone:]
        if step:
            steps.append(step)
    return dataclasses.replace(stream, steps=steps)


def is_interim(head):
    """A 1xx that is no 101, and complete."""
    if not head.end or head.irregular:
        return False
    return head.line[1].startswith(b"1") and head.line[1] != b"101"


def without_interim(stream):
    head = heads.read(stream.bytes(), "client")
    while is_interim(head):
        stream = without(stream, head.end)
        head = heads.read(stream.bytes(), "client")
    return stream


def between(stream, theirs, ours, of_frames):
    """The names, or None."""
    rest = without_interim(stream) if stream.role == "client" else stream
    if rest.steps != stream.steps:
        names = between(rest, joined(reference.trace(rest)), ours, of_frames)
        return None if names is None else [INTERIM, *names]
    outcome = (demands.of_request if stream.role == "server" else demands.of_answer)(stream)
    if outcome.item and ours[0] != outcome.item:
        return None
    if not outcome.item and ended(stream):
        return unfinished(stream, ours)
    rewritten, names = rewrite(stream, theirs)
    if rewritten == ours:
        return names
    if not outcome.item:
        return None
    if outcome.item[0] == "error":
        return refused(stream, theirs, ours, outcome)
    if outcome.item[0] == "reject":
        return rejected(stream, ours, outcome)
    return opened(stream, theirs, ours, outcome, of_frames)


def ended(stream):
    return stream.steps[-1:] == ["eof"]


def unfinished(stream, ours):
    """An error, or nothing before a server's first byte."""
    told = [("error", 0, demands.CUT_SHORT)]
    if stream.role == "server" and not stream.bytes():
        told = []
    return [CUT_SHORT] if ours == told + [("state", "CLOSED")] else None


def refused(stream, theirs, ours, outcome):
    state = "CLOSED" if ended(stream) else outcome.state
    name = why_refused(stream, theirs, outcome)
    return [name] if name and ours[1:] == [("state", state)] else None


def why_refused(stream, theirs, outcome):
    error = error_of(theirs)
    is_server = stream.role == "server"
    if theirs[0][0] in ("request", "accept", "reject"):
        text = outcome.item[2]
        table = OF_REQUEST if is_server else OF_ANSWER
        names = [name for key, (name, _) in table.items() if text.startswith(key)]
        return names[0] if names else None
    if error is None:
        return AT_ONCE
    if error[1] == -1:
        return OTHERWISE
    return FIRST if is_server else FIRST_OF_ANSWER


def behind(stream, outcome):
    """What follows the handshake, as a stream of its own."""
    return dataclasses.replace(
        without(stream, outcome.end), start="open", extension=outcome.extension)


def opened(stream, theirs, ours, outcome, of_frames):
    names = of_frames(behind(stream, outcome), ours[1:])
    reasons = why_opened(stream, theirs, outcome)
    return reasons + names if names is not None and reasons + names else None


def why_opened(stream, theirs, outcome):
    error = error_of(theirs)
    if error and error[1] == -1:
        return [OTHERWISE]
    if rewrite(stream, theirs)[0][0] == outcome.item:
        return [EARLY] if is_early(stream, outcome.end) else []
    if error is None:
        return []
    head = heads.read(stream.bytes(), stream.role)
    reasons = {
        ALL_LINES: any(len(head.values(name)) > 1 for name in
                       (b"connection", b"upgrade", b"sec-websocket-extensions")),
        UPGRADE_LIST: b"'Upgrade: " in error[2] and b"," in head.joined(b"upgrade"),
        NO_MEANING: error[2] == demands.BAD and bool(
            head.values(b"transfer-encoding") or head.values(b"content-length")),
    }  # fmt: skip
    return [name for name, true in reasons.items() if true][:1]


def is_early(stream, end):
    """Whether a read brings the end of the head and more; wsproto's server loses it."""
    for step in stream.steps:
        if end < len(step) or stream.role == "client":
            return stream.role == "server"
        end -= len(step)
        if end == 0:
            return False
    return False


def rejected(stream, ours, outcome):
    data = stream.bytes()[outcome.end:]
    body = bodies.read(heads.read(stream.bytes(), "client"), data, ended(stream))
    if ours[1:] != body.trace():
        return None
    return [DROPPED if body.ending == "end" and body.rest else BODY]
