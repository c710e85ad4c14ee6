"""The differences between wsproto and this library that BEHAVIOUR documents, each with a name.

Several may meet in one stream, so they are taken away one after the other: what wsproto said is
rewritten (rewriting.py), its mistakes are corrected and the stream is played again (corrected.py),
the handshake is judged by a second reading of the demands (handshake_differences.py) and what
follows it is a stream of its own. In the end both have to say the same.
"""

import corrected
import handshake_differences
import reference
import rewriting

# Name and section.
ALL = [(name, section) for name, section, _ in rewriting.TABLE]
ALL += handshake_differences.TABLE + corrected.TABLE
INVALID = ("error", 1007, b"Compressed data is invalid")
# Less than once in 20,000 streams: no run has to have them.
RARE = (corrected.BEYOND,)


def between(stream, theirs, ours):
    """The names of the differences, or None if they explain nothing."""
    ours = rewriting.joined(ours)
    if stream.start == "open":
        return of_frames(stream, ours, theirs)
    return handshake_differences.between(stream, rewriting.joined(theirs), ours, of_frames)


def of_frames(stream, ours, theirs=None):
    theirs = rewriting.joined(theirs or reference.trace(stream))
    rewritten, names = rewriting.rewrite(stream, theirs)
    if rewritten == ours:
        return names
    theirs, corrections = corrected.trace(stream)
    rewritten, names = rewriting.rewrite(stream, rewriting.joined(theirs))
    if rewritten == ours:
        return names + sorted(corrections) if corrections else None
    return beyond_window(stream, rewritten, ours) if INVALID in ours else None


def beyond_window(stream, lenient, ours):
    """Ours fails where no distance may pass, or a while behind it."""
    theirs, corrections = corrected.strict_trace(stream)
    strict, names = rewriting.rewrite(stream, rewriting.joined(theirs))
    if strict == lenient:
        return None
    at = rewriting.index_of(strict, "error")
    end = rewriting.index_of(ours, "error")
    if at is None or end is None or strict[at:] != ours[end:]:
        return None
    begun = at > 0 and strict[at - 1][0] in ("text", "binary") and not strict[at - 1][2]
    before, last = (strict[:at - 1], strict[at - 1]) if begun else (strict[:at], ("", b""))
    if ours[:end - 1] != before or not ours[end - 1][1].startswith(last[1]):
        return None
    return names + sorted(corrections | {corrected.BEYOND})
