#!/usr/bin/env python3
"""That the judge of run.py notices: made-up runs, each with one thing wrong, and what is said of it.

Ends with an error when a verdict is not the right one.
"""

from dataclasses import replace

from judge import FAULTS, QUIET, SETTLING, Latency, Limits, Second, Seen, floor, judge

MS = 1_000_000
FINE = [[MS // 2, 380], [MS, 20]]  # 400 echoes
SLOW = [[MS // 2, 380], [30 * MS, 20]]
KINDS = [SETTLING] + [QUIET] * 10 + [FAULTS] * 34 + [SETTLING] * 8 + [QUIET] * 10


def good_run():
    """Memory rises at the beginning, and then goes up and down by more than a megabyte."""
    seconds = [
        Second(kind, FINE, 5000 + 200 * min(number, 15) + number * 811 % 1300)
        for number, kind in enumerate(KINDS)
    ]
    whole = {"messages": 400 * len(KINDS), "altered": 0, "lost": 0, "failed": 0}
    return Seen(seconds, whole, faults={"good": {"killed": 40, "bomb": 38}, "wrong": [], "late": 3})


def change(run, change_one, kind=FAULTS, first=0, count=None):
    """Changes some of the seconds of a kind."""
    numbers = [number for number, second in enumerate(run.seconds) if second.kind == kind]
    for number in numbers[first:][:count]:
        run.seconds[number] = change_one(run.seconds[number])


def slow(second):
    return replace(second, histogram=SLOW)


def with_nothing_wrong(run):
    return None


def with_slow_faults(run):
    change(run, slow)
    return "doubtful", "p99 with faults 30.000 ms, quiet 1.000 ms"


def with_a_third_of_the_seconds_slow(run):
    """A median over seconds does not see them."""
    change(run, slow, count=11)
    return "doubtful", "p99 with faults 30.000 ms"


def with_one_slow_second(run):
    """Less than one echo in a hundred."""
    change(run, slow, count=1)
    return None


def with_slow_seconds_only_while_settling(run):
    change(run, slow, kind=SETTLING)
    return None


def with_slow_quiet_as_well(run):
    change(run, slow)
    change(run, slow, kind=QUIET)
    return None


def with_one_echo_of_two_seconds(run):
    change(run, lambda second: replace(second, histogram=[*FINE, [2000 * MS, 1]]), count=1)
    return "doubtful", "the longest echo took 2000 ms"


def with_one_echo_of_two_seconds_while_settling(run):
    late = [*FINE, [2000 * MS, 1]]
    change(run, lambda second: replace(second, histogram=late), kind=SETTLING, first=3, count=1)
    return "doubtful", "the longest echo took 2000 ms"


def with_growing_memory(run):
    run.seconds = [
        replace(second, rss_kib=second.rss_kib + 70 * number)
        for number, second in enumerate(run.seconds)
    ]
    return "wrong", "memory grows"


def with_memory_high_for_a_second(run):
    change(run, lambda second: replace(second, rss_kib=12_000), first=20, count=1)
    return "wrong", "memory grows"


def with_an_altered_echo(run):
    run.whole["altered"], run.client_status = 1, 3
    return "wrong", "clean traffic suffered: {'altered': 1}"


def with_a_lost_echo(run):
    run.whole["lost"], run.client_status = 1, 3
    return "wrong", "clean traffic suffered: {'lost': 1}"


def with_a_failed_connection_and_a_good_status(run):
    run.whole["failed"] = 1
    return "wrong", "clean traffic suffered: {'failed': 1}"


def with_a_lost_echo_and_slow_faults(run):
    change(run, slow)
    return with_a_lost_echo(run)


def with_a_client_that_cannot_connect(run):
    run.client_status, run.whole, run.seconds = 2, {}, []
    return "wrong", "load_client ended with 2"


def with_a_server_that_crashes(run):
    run.server_status = -11
    return "wrong", "the server ended with -11"


def with_no_traffic(run):
    for kind in (QUIET, FAULTS):
        change(run, lambda second: replace(second, histogram=[]), kind=kind)
    return "wrong", "too few echoes"


def with_a_fault_that_never_happened(run):
    run.faults["good"]["bomb"] = 0
    return "wrong", "never done: bomb"


def with_no_faults(run):
    run.faults["good"] = {}
    return "wrong", "never done: any fault"


def with_a_fault_answered_wrongly(run):
    run.faults["wrong"].append("bomb: AssertionError: larger than --max-message")
    return "wrong", "bomb: AssertionError"


def with_many_late_faults(run):
    run.faults["late"] = 10
    return "doubtful", "10 of 88 faults came late"


def with_connections_left_open(run):
    run.seconds[-1] = replace(run.seconds[-1], strangers=2)
    return "wrong", "2 connections of faults are still open"


def with_connections_of_faults_in_a_quiet_second(run):
    change(run, lambda second: replace(second, strangers=1), kind=QUIET, first=12, count=1)
    return "wrong", "quiet seconds are not quiet"


RUNS = [thing for name, thing in list(globals().items()) if name.startswith("with_")]


def check(spoil):
    run = good_run()
    expected = spoil(run)
    verdict = judge(run)
    seen = {"wrong": verdict.wrong, "doubtful": verdict.doubtful}
    if expected is None:
        assert verdict.is_good(), seen
        return
    which, text = expected
    assert not verdict.is_good() and any(text in complaint for complaint in seen[which]), seen
    assert verdict.is_worth_another_run() == (which == "doubtful"), seen
    assert which == "wrong" or not verdict.wrong, seen


def check_quantiles():
    """Of all seconds together, and of the worst one."""
    seconds = [Second(QUIET, [[MS, 99], [5 * MS, 1]], 0), Second(QUIET, [[2 * MS, 100]], 0)]
    latency = Latency([*seconds, Second(FAULTS, [[9 * MS, 100]], 0)], QUIET)
    found = [latency.quantile(part) for part in (0.4, 0.5, 0.99, 0.999, 1)]
    assert found == [1, 2, 2, 5, 5] and latency.echoes == 200, found
    assert latency.worst_p99 == 2 and latency.longest == 5


def check_floor():
    """Three times the quiet latency is fine below the floor, and only there."""
    run = good_run()
    change(run, lambda second: replace(second, histogram=[[3 * MS, 400]]))
    assert judge(run, Limits(floor_ms=3)).is_good()
    assert judge(run, Limits(floor_ms=2.9)).is_worth_another_run()
    assert judge(run, Limits(floor_ms=1, factor=3)).is_good()
    assert [floor(True, 8)[0], floor(False, 0)[0], floor(False, 8)[0]] == [2, 8, 40]


def main():
    for spoil in RUNS:
        check(spoil)
        print(spoil.__name__, "ok")
    check_quantiles()
    check_floor()


if __name__ == "__main__":
    main()
