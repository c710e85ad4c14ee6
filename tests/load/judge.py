"""The judge of run.py: what was seen of a run, and what has to be said against it.

Nothing here runs or measures anything: the same seconds get the same verdict. judge_check.py shows
that it notices what it should.
"""

import collections
from dataclasses import dataclass, field

# What happens in a second: nobody misbehaves, and nobody is left who did; some misbehave; or only
# the connections of those are still open, and it is counted to neither.
QUIET, FAULTS, SETTLING = "quiet", "faults", "settling"

TROUBLES = ("altered", "lost", "failed", "never_opened", "unclean")


@dataclass(frozen=True)
class Limits:
    factor: float = 2  # by which the quiet latency may grow
    floor_ms: float = 2  # a 99th percentile that is always fine
    floor_reason: str = "the floor"
    longest_ms: float = 1000  # a longest echo that is always fine
    late_share: float = 0.05  # of the faults, that nothing can be said of
    # Resident memory at its most. A client that stalls is good for up to 512 KiB (--max-output, in a
    # vector that doubles), one being served for some 300 KiB of zlib's, and how many of them come
    # together differs by a few. In four runs of a minute it was up to 500 KiB without a trend.
    growth_kib: int = 1536


def floor(at_once, load_average):
    """Of the 99th percentile, in milliseconds, and why. `at_once` is whether server and load client
    go before all other programs. Where they do not, an echo waits for those that are on the two
    processors first. Each keeps one for a slice of some 3 ms, and two have to be reckoned with even
    where nothing else runs; at a load average of 8, faults took the 99th percentile to 24 to 32 ms,
    where with chrt it stayed at 1.6."""
    if at_once:
        return 2, "the floor with chrt"
    waiting = 2 + load_average
    return 4 * waiting, f"the floor without chrt, 4 ms for each of {waiting:.1f} programs that wait"


@dataclass(frozen=True)
class Second:
    kind: str
    histogram: list  # pairs: nanoseconds, and how many echoes took that long
    rss_kib: int
    strangers: int = 0  # connections of others than the clean clients, at its end


@dataclass
class Seen:
    """All of a run."""

    seconds: list = field(default_factory=list)
    whole: dict = field(default_factory=dict)  # the load client's last report
    client_status: int = 0
    server_status: int = 0
    faults: dict = field(default_factory=lambda: {"good": {}, "wrong": [], "late": 0})


@dataclass(frozen=True)
class Verdict:
    wrong: list  # what no server may do
    doubtful: list  # what a busy machine may have done as well

    def is_good(self):
        return not self.wrong and not self.doubtful

    def is_worth_another_run(self):
        return bool(self.doubtful) and not self.wrong


class Latency:
    """Of the echoes of all seconds of some kinds together, in milliseconds."""

    def __init__(self, seconds, *kinds):
        self.counts = collections.Counter()
        self.worst_p99 = 0.0  # of one second
        for second in seconds:
            if second.kind in kinds:
                self.counts.update(dict(second.histogram))
                self.worst_p99 = max(self.worst_p99, quantile(dict(second.histogram), 0.99))
        self.echoes = sum(self.counts.values())
        self.longest = max(self.counts, default=0) / 1e6

    def quantile(self, part):
        return quantile(self.counts, part)


def quantile(counts, part):
    """At least `part` of all, 0 to 1, took no longer."""
    wanted, seen = part * sum(counts.values()), 0
    for duration in sorted(counts):
        seen += counts[duration]
        if seen >= wanted:
            return duration / 1e6
    return 0.0


def p99_allowed(quiet, limits):
    """In milliseconds, and why."""
    grown = limits.factor * quiet.quantile(0.99)
    if grown < limits.floor_ms:
        return limits.floor_ms, limits.floor_reason
    return grown, f"{limits.factor:g} times the quiet one"


def doubts_of_latency(seconds, limits):
    quiet, faults = Latency(seconds, QUIET), Latency(seconds, FAULTS)
    allowed, why = p99_allowed(quiet, limits)
    if faults.quantile(0.99) > allowed:
        yield (f"p99 with faults {faults.quantile(0.99):.3f} ms, quiet {quiet.quantile(0.99):.3f} "
               f"ms, allowed {allowed:.3f} ms, {why}")  # fmt: skip
    longest = Latency(seconds, FAULTS, SETTLING).longest
    if longest > max(limits.longest_ms, limits.factor * quiet.longest):
        yield f"the longest echo took {longest:.0f} ms, a quiet one {quiet.longest:.0f} ms at most"


def complaints_of_traffic(seen):
    troubles = {name: seen.whole[name] for name in TROUBLES if seen.whole.get(name, 0) != 0}
    if seen.client_status != 0 or troubles:
        yield f"clean traffic suffered: {troubles}, load_client ended with {seen.client_status}"
    if seen.server_status != 0:
        yield f"the server ended with {seen.server_status}"
    for kind in (QUIET, FAULTS):
        if Latency(seen.seconds, kind).echoes < 1000:
            yield f"{kind}: too few echoes for a 99th percentile"


def complaints_of_faults(seen):
    yield from sorted(set(seen.faults["wrong"]))
    if not seen.faults["good"]:
        yield "never done: any fault"
    yield from (f"never done: {name}" for name, n in seen.faults["good"].items() if n == 0)
    if seen.seconds and seen.seconds[-1].strangers > 0:
        yield f"at the end {seen.seconds[-1].strangers} connections of faults are still open"
    if any(second.kind == QUIET and second.strangers > 0 for second in seen.seconds):
        yield "quiet seconds are not quiet: connections of faults are open"


def all_faults(faults):
    return sum(faults["good"].values()) + len(faults["wrong"]) + faults["late"]


def doubts_of_faults(faults, limits):
    if faults["late"] > limits.late_share * all_faults(faults):
        yield f"{faults['late']} of {all_faults(faults)} faults came late: too many to be excused"


def memory(seconds):
    """Resident, in KiB: at most in the first half, in the second, and in all; and at the end."""
    values = [second.rss_kib for second in seconds] or [0]
    half = max(1, len(values) // 2)
    early, late = max(values[:half]), max(values[half:], default=0)
    return {"early": early, "late": late, "most": max(early, late), "end": values[-1]}


def complaints_of_memory(seconds, limits):
    kib = memory(seconds)
    if kib["late"] > kib["early"] + limits.growth_kib:
        yield f"memory grows by more than {limits.growth_kib} KiB: {kib}"


def judge(seen, limits=Limits()):
    return Verdict(
        wrong=[
            *complaints_of_traffic(seen),
            *complaints_of_faults(seen),
            *complaints_of_memory(seen.seconds, limits),
        ],
        doubtful=[
            *doubts_of_latency(seen.seconds, limits),
            *doubts_of_faults(seen.faults, limits),
        ],
    )
