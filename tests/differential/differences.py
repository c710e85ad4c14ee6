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
    return names + sorted(corrections) if rewritten == ours and corrections else None
