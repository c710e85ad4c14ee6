#!/usr/bin/env python3
"""Clean traffic through a server that others misuse: nobody's connection may notice.

The load client sends mixed messages at an even rate to the echo server, and checks every echo. The
first seconds are quiet, before the fault injector ever starts; then it works; then its last
connections end, which counts as neither; then it is quiet again; and so on, round after round.

Fails when an echo is lost or altered, a connection fails, the server answers a fault otherwise than
it should or keeps its connection, or memory grows. Fails too when the 99th percentile of all echoes
beside faults together is more than twice that of all quiet echoes together, or an echo takes more
than a second. A 99th percentile below the floor is never held against the server. Where the
system lets it, as it lets root, server and load client go before all other programs (chrt), for
those would be measured too; where it does not, the floor grows with the load average. The output
tells what was allowed, and why.

With --runs, a run that fails for latency alone, or because the injector itself was too late too
often, is followed by a new one, and the output says so. One with a lost or altered echo, or with
anything else that is wrong, never is. What is judged, and how, stands in judge.py.
"""

import argparse
import json
import signal
import statistics
import sys

import judge
from judge import FAULTS, QUIET, SETTLING
from programs import Injector, Server, cores, load_average, load_client, may_run_at_once, progress

TIME_LIMITS = ["--opening=2", "--idle=3", "--closing=2"]
LONGEST_SETTLING = 40  # seconds: more than the injector's patience with one fault


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("server", help="path of epoll_server")
    parser.add_argument("client", help="path of load_client")
    parser.add_argument("--rounds", type=int, default=1, help="with faults, then quiet (1)")
    parser.add_argument("--quiet", type=int, default=10, help="seconds before and after (10)")
    parser.add_argument("--disturbed", type=int, default=34, help="seconds with faults (34)")
    parser.add_argument("--runs", type=int, default=1, help="at most, while latency fails (1)")
    parser.add_argument("--connections", type=int, default=50, help="of clean traffic (50)")
    parser.add_argument("--rate", type=int, default=400, help="clean messages a second (400)")
    parser.add_argument("--sizes", default="16,125,1000,4096,20000", help="of these")
    parser.add_argument("--faults", type=float, default=20, help="a second (20)")
    parser.add_argument("--factor", type=float, default=2, help="for the latency (2)")
    parser.add_argument("--floor", type=float, help="fine milliseconds (2; more without chrt)")
    parser.add_argument("--json", help="write the result to this file")
    return parser.parse_args()


def kinds_of_seconds(arguments, strangers):
    """One after the other. `strangers` tells how many connections but the clean ones are open."""
    yield SETTLING
    yield from [QUIET] * arguments.quiet
    for _ in range(arguments.rounds):
        yield from [FAULTS] * arguments.disturbed
        yield SETTLING
        for _ in range(LONGEST_SETTLING):
            if strangers() <= 0:
                break
            yield SETTLING
        yield from [QUIET] * arguments.quiet


def most_seconds(arguments):
    each = arguments.disturbed + 1 + LONGEST_SETTLING + arguments.quiet
    return 1 + arguments.quiet + arguments.rounds * each


def limits_for(arguments, at_once, busy):
    floor, reason = judge.floor(at_once, busy)
    if arguments.floor is not None:
        floor, reason = arguments.floor, "the floor that was asked for"
    return judge.Limits(factor=arguments.factor, floor_ms=floor, floor_reason=reason)


class Run:
    def __init__(self, arguments):
        self.arguments = arguments
        self.at_once = may_run_at_once()
        self.kinds = kinds_of_seconds(arguments, lambda: self.strangers)
        self.kind = next(self.kinds)
        self.seen = judge.Seen()
        self.injector = None
        self.clean = None  # descriptors of the server with no other than the clean connections
        self.strangers = 0
        self.load_average = []

    def go(self):
        self.server_core, self.other_core = cores()
        command = [self.arguments.server, "--port", 0, *TIME_LIMITS]
        with Server(command, self.server_core, self.at_once) as server:
            client = load_client(
                self.arguments.client, server, self.client_options(), self.other_core, self.at_once
            )
            try:
                for line in client.stdout:
                    self.take(json.loads(line), server, client)
                self.seen.client_status = client.wait()
            finally:
                client.kill()
            if self.injector:
                self.seen.faults = self.injector.finish()
            server.process.terminate()
            self.seen.server_status = server.process.wait(timeout=20)

    def client_options(self):
        return [
            "--connections", self.arguments.connections, "--rate", self.arguments.rate,
            "--sizes", self.arguments.sizes, "--fragmented", 30, "--deflate",
            "--duration", most_seconds(self.arguments) + 10, "--phase", 1, "--patience", 30,
        ]  # fmt: skip

    def take(self, report, server, client):
        histogram = report.pop("histogram_ns")
        if report["report"] == "whole":
            self.seen.whole = report
        elif self.kind is not None:
            self.take_second(histogram, server)
            self.prepare(next(self.kinds, None), server, client)

    def take_second(self, histogram, server):
        if self.clean is None:
            self.clean = server.descriptors()
        self.strangers = server.descriptors() - self.clean
        self.seen.seconds.append(
            judge.Second(self.kind, histogram, server.rss_kib(), self.strangers)
        )
        self.load_average.append(load_average())
        if len(self.seen.seconds) % 60 == 0:
            progress(f"{len(self.seen.seconds)} s: {self.seen.seconds[-1].rss_kib} KiB")

    def prepare(self, kind, server, client):
        """For a second of this kind."""
        if kind is None:
            client.send_signal(signal.SIGINT)
        elif kind == FAULTS != self.kind:
            if not self.injector:
                options = ["--rate", self.arguments.faults, *TIME_LIMITS]
                self.injector = Injector(server, options, self.other_core)
            self.injector.tell("on")
        elif self.kind == FAULTS != kind:
            self.injector.tell("off")
        self.kind = kind

    def result(self):
        busy = round(statistics.median(self.load_average or [0]), 2)
        limits = limits_for(self.arguments, self.at_once, busy)
        verdict = judge.judge(self.seen, limits)
        seconds = self.seen.seconds
        latency = {kind: judge.Latency(seconds, kind) for kind in (QUIET, FAULTS, SETTLING)}
        allowed, why = judge.p99_allowed(latency[QUIET], limits)
        return {
            "arguments": vars(self.arguments),
            "ran_at_once": self.at_once,
            "whole": self.seen.whole,
            "seconds": {kind: [second.kind for second in seconds].count(kind) for kind in latency},
            "latency_ms": {kind: quantiles(each) for kind, each in latency.items()},
            "p99_allowed_ms": [allowed, why],
            "rss_kib": judge.memory(seconds),
            "rss_kib_per_second": [second.rss_kib for second in seconds],
            "faults": self.seen.faults,
            "load_average": busy,
            "complaints": verdict.wrong + verdict.doubtful,
            "worth_another_run": verdict.is_worth_another_run(),
        }


def quantiles(latency):
    found = {f"p{part:g}": latency.quantile(part / 100) for part in (50, 90, 99, 99.9)}
    return {**found, "longest": latency.longest, "p99 of the worst second": latency.worst_p99}


def show(result):
    whole = result["whole"]
    if whole:
        print(f"{whole['messages']} echoes in {whole['seconds']:.0f} s on {whole['connections']} "
              f"connections; altered {whole['altered']}, lost {whole['lost']}, "
              f"failed {whole['failed']}")  # fmt: skip
    for kind, values in result["latency_ms"].items():
        print(f"{kind:8} {result['seconds'][kind]:4} s, in ms:",
              *(f"{name} {value:.3f}," for name, value in values.items()))  # fmt: skip
    allowed, why = result["p99_allowed_ms"]
    print(f"p99 with faults may be {allowed:.3f} ms: {why}")
    rss = result["rss_kib"]
    print(f"resident: at most {rss['most']} KiB; {rss['early']} in the first half, "
          f"{rss['late']} in the second; {rss['end']} at the end")  # fmt: skip
    show_faults(result["faults"])
    print(f"load average {result['load_average']}")
    for complaint in result["complaints"]:
        print(f"FAILED: {complaint}")
    sys.stdout.flush()


def show_faults(faults):
    for name, count in faults["good"].items():
        print(f"{name:26} {count:6} as they should end")
    print(f"{faults['late']} of {judge.all_faults(faults)} faults came late, which is not held "
          "against the server")  # fmt: skip


def run_once(arguments, number):
    print(f"run {number} of at most {arguments.runs}", flush=True)
    run = Run(arguments)
    run.go()
    result = run.result()
    show(result)
    return result


def main():
    arguments = parse_arguments()
    results = []
    while len(results) < arguments.runs:
        results.append(run_once(arguments, len(results) + 1))
        if not results[-1]["worth_another_run"]:
            break
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)
    sys.exit(1 if results[-1]["complaints"] else 0)


if __name__ == "__main__":
    main()
