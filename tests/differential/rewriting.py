"""Differences that rewrite: each function gives what wsproto said in the words of this library, or
None where it does not apply."""

def index_of(trace, kind):
    for index, item in enumerate(trace):
        if item[0] == kind:
            return index
    return None


def error_of(trace):
    index = index_of(trace, "error")
    return None if index is None else trace[index]


def end_after_close(_stream, theirs, _ours):
    """RemoteClosing, Closed or an error; there the end of the transport is no event."""
    ends = [index for index, item in enumerate(theirs) if item[:2] == ("close", 1006)]
    if not ends:
        return None
    over = any(item[0] == "error" or item[0] == "close" for item in theirs[:ends[0]])
    return theirs[:ends[0]] + theirs[ends[0] + 1:] if over else None


def input_after_close(_stream, theirs, _ours):
    return [item for item in theirs if item[0] != "closed already"]


def state_after_error(_stream, theirs, _ours):
    """wsproto's complaint is an event that leaves the state as it is."""
    error = error_of(theirs)
    if not error or error[1] < 1000:
        return None
    states = {"OPEN": "REMOTE_CLOSING", "LOCAL_CLOSING": "CLOSED"}
    return theirs[:-1] + [("state", states.get(theirs[-1][1], theirs[-1][1]))]


def same_complaint(_stream, theirs, ours):
    """Texts are those of wsproto where the complaint is the same; some name Python's objects."""
    at = index_of(theirs, "error")
    ours_said = error_of(ours)
    if at is None or ours_said is None or theirs[at][1] != ours_said[1]:
        return None
    return theirs[:at] + [ours_said] + theirs[at + 1:]


def frame_ends(stream, theirs, ours):
    """A piece that would be empty, as a split code point is held back or nothing was inflated yet,
    is no event: then the end of its frame is not told."""
    result = []
    for their in theirs:
        our = ours[len(result)] if len(result) < len(ours) else ("nothing",)
        if their[0] in ("text", "binary") and (their[0] == "text" or stream.extension):
            same = their[0] == our[0] and their[1:3] == our[1:3]
            if same and set(our[3]) <= set(their[3]):
                their = our
            elif not same and not their[1] and not their[2]:
                continue
        result.append(their)
    return result


TABLE = [
    ("the end of the transport is no event once a Close or an error came", "1", end_after_close),
    ("input after the closing handshake is dropped", "1", input_after_close),
    ("a complaint is thrown and ends the receiving", "1", state_after_error),
    ("the same complaint in other words", "3", same_complaint),
    ("the end of a frame is not told without a piece of its own", "3", frame_ends),
]
