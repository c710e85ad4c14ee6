"""Differences that part: each function tells whether it explains why the two do not agree from some
point on, having checked that they do before it."""

import re

import walk
from rewriting import error_of

SURROGATE = re.compile(rb"\xed[\xa0-\xbf]")


def events(trace):
    """Without complaint, end of the transport and state."""
    return [item for item in trace[:-1] if item[0] != "error" and item[:2] != ("close", 1006)]


def is_prefix(short, long):
    """Whether `long` is `short` going on; the last message may have more in it."""
    if len(short) > len(long):
        return False
    if not short:
        return True
    last, other = short[-1], long[len(short) - 1]
    same = last == other
    if last[0] in ("text", "binary") and not last[2]:
        same = last[0] == other[0] and other[1].startswith(last[1])
    return same and short[:-1] == long[:len(short) - 1]


def code(trace):
    error = error_of(trace)
    return error[1] if error else None


def last_seen(stream):
    frames = walk.walk(stream)
    return frames[-1] if frames else walk.Seen(False, 0, 0)


def valid_before_failure(stream, theirs, ours):
    """Text and inflated data before the failure are delivered; wsproto drops the piece."""
    return (stream.start == "open" and code(theirs) == code(ours) == 1007
            and events(theirs) != events(ours) and is_prefix(events(theirs), events(ours)))


def earlier_complaint(stream, theirs, ours):
    """Checks happen as their byte arrives; wsproto waits for the header, the payload of a control
    frame, the first byte of one of data."""
    if stream.start != "open" or code(ours) != 1002 or code(theirs) is not None:
        return False
    seen = last_seen(stream)
    waits = not seen.complete and (seen.is_control or not seen.payload)
    return waits and events(theirs) == events(ours)


def first_complaint(stream, theirs, ours):
    """One frame has two faults, and the first byte decides."""
    if stream.start != "open" or code(ours) != 1002 or code(theirs) not in (1002, 1007):
        return False
    return events(theirs) == events(ours)


def complete_header(stream, theirs, ours):
    """An extension sees a header once it is complete, wsproto's before the masking key."""
    seen = last_seen(stream)
    return (stream.start == "open" and bool(stream.extension) and bool(seen.rsv & 4)
            and not seen.payload and code(theirs) == 1002 and code(ours) is None
            and events(theirs) == events(ours))


def size_limits(stream, theirs, ours):
    """frame_size and message_size; wsproto has none."""
    if stream.start != "open" or code(ours) != 1009:
        return False
    largest = max((whole.declared for whole in walk.messages(walk.walk(stream))), default=0)
    return largest > walk.LIMIT and is_prefix(events(ours), events(theirs))


def is_utf8(data):
    try:
        data.decode()
        return True
    except UnicodeDecodeError:
        return False


def code_1014(stream, theirs, ours):
    """Registered by IANA since wsproto's list was made."""
    seen = last_seen(stream)
    if stream.start != "open" or seen.opcode != 8 or seen.payload[:2] != b"\x03\xf6":
        return False
    if code(theirs) != 1002:
        return False
    reason = seen.payload[2:]
    if code(ours) is None:
        return events(ours) == events(theirs) + [("close", 1014, reason)]
    return code(ours) == 1007 and events(ours) == events(theirs) and not is_utf8(reason)


def python_decodes_later(stream, theirs, ours):
    """Python's decoder refuses a surrogate at its third byte; it is none at the second."""
    if stream.start != "open" or code(ours) != 1007 or not is_prefix(events(ours), events(theirs)):
        return False
    wholes = [whole for whole in walk.messages(walk.walk(stream)) if whole.opcode == 1]
    return any(SURROGATE.search(whole.payload) for whole in wholes if not whole.compressed)


def same_before(stream, theirs, ours, is_odd):
    """Whether a message is odd, and both agree on what came before the first such one."""
    inflation = walk.Inflation(stream)
    finished = 0
    for whole in walk.messages(walk.walk(stream)):
        odd = set()
        if whole.compressed:
            odd = inflation.take(whole.payload, whole.finished)[1]
        if is_odd(whole, odd):
            break
        finished += whole.finished
    else:
        return False
    return agree_on(theirs, ours, finished)


def agree_on(theirs, ours, finished):
    """Whether the first `finished` messages, and what is between them, are the same."""
    for their, our in zip(theirs, ours):
        if finished == 0:
            return True
        if their != our:
            return False
        finished -= their[0] in ("text", "binary") and their[2]
    return finished == 0


def control_inside(stream, theirs, ours):
    """wsproto takes the rest of the message for uncompressed."""
    return bool(stream.extension) and stream.start == "open" and same_before(
        stream, theirs, ours, lambda whole, _: whole.compressed and whole.controls > 0)


def final_block(stream, theirs, ours):
    """A block with BFINAL is legal; wsproto inflates nothing behind it."""
    return bool(stream.extension) and stream.start == "open" and same_before(
        stream, theirs, ours, lambda _, odd: "final block" in odd)


def inside_a_block(stream, theirs, ours):
    """Deflate data has to end where a block ends; wsproto does not notice."""
    return (bool(stream.extension) and stream.start == "open" and code(ours) == 1007
            and same_before(stream, theirs, ours, lambda _, odd: "inside a block" in odd))


TABLE = [
    ("what is valid before a failure is delivered first", "3", valid_before_failure),
    ("a check happens when its byte arrives", "3", earlier_complaint),
    ("of two faults of a frame the first byte counts", "3", first_complaint),
    ("an extension sees complete headers", "3", complete_header),
    ("a frame or a message has a limit", "3", size_limits),
    ("1014 is a code that a peer may send", "3", code_1014),
    ("invalid UTF-8 fails at its first byte", "3", python_decodes_later),
    ("a control frame does not disturb a compressed message", "3", control_inside),
    ("a final block may come inside a message", "4", final_block),
    ("deflate data that ends inside a block is an error", "4", inside_a_block),
]
