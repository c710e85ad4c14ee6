#!/usr/bin/env python3
"""That compare.py notices: what the trace program printed, with one thing wrong, for each stream in
which it can be wrong.

liars.py TRACE; ends with an error when a lie is not noticed.
"""

import sys

import compare
import differences
import reference

SEED = 9
STREAMS = 600


def first(trace, kinds, good=lambda item: True):
    return next((at for at, item in enumerate(trace) if item[0] in kinds and good(item)), None)


def last(trace, kinds):
    return max((at for at, item in enumerate(trace) if item[0] in kinds), default=None)


def altered(trace, at, change):
    lied = None if at is None else trace[:at] + [change(trace[at])] + trace[at + 1:]
    return None if lied == trace else lied


def has_data(item):
    return bool(item[1])


def alters_data(trace):
    """The last character, as UTF-8 still."""
    return altered(trace, first(trace, ("text", "binary", "body", "ping", "pong"), has_data),
                   lambda item: (item[0], item[1][:-1] + b"~", *item[2:]))


def lengthens_data(trace):
    return altered(trace, last(trace, ("text", "binary", "body")),
                   lambda item: (item[0], item[1] + b"~", *item[2:]))


def shortens_data(trace):
    return altered(trace, first(trace, ("text", "binary"), has_data),
                   lambda item: (item[0], item[1][:-1], *item[2:]))


def changes_type(trace):
    return altered(trace, first(trace, ("text", "binary"), has_data), lambda item: (
        "binary" if item[0] == "text" else "text", *item[1:]))


def ends_no_message(trace):
    return altered(trace, first(trace, ("text", "binary"), lambda item: item[2] == "message"),
                   lambda item: (*item[:2], "more"))


def ends_no_frame(trace):
    return altered(trace, first(trace, ("binary",), lambda item: item[1] and item[2] == "frame"),
                   lambda item: (*item[:2], "more"))


def ends_frames(trace):
    return altered(trace, first(trace, ("text", "binary"),
                                lambda item: item[1] and item[2] == "more"),
                   lambda item: (*item[:2], "frame"))


def loses_control(trace):
    at = first(trace, ("ping", "pong", "close"))
    return None if at is None else trace[:at] + trace[at + 1:]


def repeats_control(trace):
    at = first(trace, ("ping", "pong", "close"))
    return None if at is None else trace[:at] + [trace[at]] + trace[at:]


def changes_control(trace):
    return altered(trace, first(trace, ("ping", "pong")), lambda item: (
        "pong" if item[0] == "ping" else "ping", item[1]))


def changes_code(trace):
    return altered(trace, first(trace, ("close", "error")),
                   lambda item: (item[0], item[1] + 1, item[2]))


def changes_reason(trace):
    return altered(trace, first(trace, ("close",)), lambda item: (*item[:2], item[2] + b"~"))


def changes_complaint(trace):
    return altered(trace, first(trace, ("error",)), lambda item: (
        *item[:2], b"Bad HTTP message" if item[2] != b"Bad HTTP message" else b"Bad accept token"))


def loses_complaint(trace):
    at = first(trace, ("error",))
    return None if at is None else trace[:at] + trace[at + 1:]


def adds_complaint(trace):
    if first(trace, ("error",)) is not None:
        return None
    return trace[:-1] + [("error", 1002, b"Invalid opcode 0x3"), trace[-1]]


def changes_state(trace):
    return altered(trace, len(trace) - 1, lambda item: (
        "state", "OPEN" if item[1] != "OPEN" else "CLOSED"))


def changes_host(trace):
    return altered(trace, first(trace, ("request",)), lambda item: (
        "request", item[1] + b"~", *item[2:]))


def changes_target(trace):
    return altered(trace, first(trace, ("request",)), lambda item: (
        *item[:2], item[2] + b"~", *item[3:]))


def loses_subprotocol(trace):
    return altered(trace, first(trace, ("request",), lambda item: item[3]), lambda item: (
        *item[:3], item[3][1:], *item[4:]))


def loses_offer(trace):
    return altered(trace, first(trace, ("request",), lambda item: item[4]), lambda item: (
        *item[:4], item[4][1:], *item[5:]))


def loses_header(trace):
    return altered(trace, first(trace, ("request", "accept", "reject"), lambda item: item[-1]),
                   lambda item: (*item[:-1], item[-1][1:]))


def loses_extension(trace):
    return altered(trace, first(trace, ("accept",), lambda item: item[2]), lambda item: (
        *item[:2], [], item[3]))


def changes_subprotocol(trace):
    return altered(trace, first(trace, ("accept",)), lambda item: (
        "accept", item[1] + b"~", *item[2:]))


def changes_status(trace):
    return altered(trace, first(trace, ("reject",)), lambda item: (
        "reject", item[1] + 1, item[2]))


LIARS = [
    alters_data, lengthens_data, shortens_data, changes_type, ends_no_message, ends_no_frame,
    ends_frames, loses_control, repeats_control, changes_control, changes_code, changes_reason,
    changes_complaint, loses_complaint, adds_complaint, changes_state, changes_host, changes_target,
    loses_subprotocol, loses_offer, loses_header, loses_extension, changes_subprotocol,
    changes_status,
]  # fmt: skip


def notices(lie, told):
    """Whether every such lie is noticed, of which there has to be one."""
    lies = [(number, stream, theirs, lie(ours)) for number, stream, theirs, ours in told]
    lies = [each for each in lies if each[3] is not None]
    passed = [each for each in lies if differences.between(*each[1:]) is not None]
    for number, stream, theirs, lied in passed:
        compare.report(SEED, number, stream, theirs, lied, f"FAILED: {lie.__name__}")
    print(f"{len(lies):6} {lie.__name__}", flush=True)
    return bool(lies) and not passed


def main(program):
    batch = [compare.generate(SEED, number) for number in range(STREAMS)]
    told = [(number, stream, reference.trace(stream), ours)
            for number, (stream, ours) in enumerate(zip(batch, compare.our_traces(program, batch)))]
    return 0 if all([notices(lie, told) for lie in LIARS]) else 1


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main(sys.argv[1]))
