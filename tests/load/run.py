#!/usr/bin/env python3
"""Clean traffic through a server that others misuse: nobody's connection may notice.

The load client sends mixed messages at an even rate to the echo server, and checks every echo. In
turns the fault injector rests and works. Fails when an echo is lost or altered, a connection fails,
the server answers a fault otherwise than it should, its memory grows, or the 99th percentile of the
clean traffic's latency, the median over the phases with faults, is more than twice the median over
the phases without. What is below the floor is never held against the server, and a run that fails
for latency alone goes on for up to two more rounds. Where the system lets it, as it lets root,
server and load client go before all other programs (chrt), for those would be measured too; where it
does not, the floor is higher.
"""

import argparse
import json
import signal
import statistics
import sys

from programs import Injector, Server, cores, load_average, load_client, may_run_at_once, progress

TIME_LIMITS = {"opening": 2, "idle": 3, "closing": 2}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("server", help="path of epoll_server")
    parser.add_argument("client", help="path of load_client")
    parser.add_argument("--minutes", type=float, default=0.6, help="of traffic (0.6)")
    parser.add_argument("--block", type=int, default=4, help="seconds with, then without (4)")
    parser.add_argument("--connections", type=int, default=50, help="of clean traffic (50)")
    parser.add_argument("--rate", type=int, default=400, help="clean messages a second (400)")
    parser.add_argument("--sizes", default="16,125,1000,4096,20000", help="of these")
    parser.add_argument("--faults", type=float, default=20, help="a second (20)")
    parser.add_argument("--factor", type=float, default=2, help="for the latency (2)")
    parser.add_argument("--floor", type=float, help="milliseconds that are fine (2; 25 without chrt)")
    parser.add_argument("--json", help="write the result to this file")
    return parser.parse_args()


def client_options(arguments, seconds):
    return [
        "--connections", arguments.connections, "--rate", arguments.rate,
        "--sizes", arguments.sizes, "--fragmented", 30, "--deflate",
        "--duration", seconds, "--phase", 1, "--patience", 30,
    ]  # fmt: skip


class Run:
    """Phases of a second each; a block is some of them, without faults and with faults by turns."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.at_once = may_run_at_once()
        self.floor = arguments.floor or (2 if self.at_once else 25)
        self.rounds = max(2, round(arguments.minutes * 60 / (2 * arguments.block)))
        self.per_round = 2 * arguments.block
        self.phases = []  # of each: faults?, settled?, the client's report, resident KiB
        self.load_average = []

    def go(self):
        server_core, other_core = cores()
        limits = [f"--{name}={value}" for name, value in TIME_LIMITS.items()]
        command = [self.arguments.server, "--port", 0, *limits]
        with Server(command, server_core, self.at_once) as server:
            limits = [f"--{name}={TIME_LIMITS[name]}" for name in ("opening", "closing")]
            injector = Injector(server, ["--rate", self.arguments.faults, *limits], other_core)
            options = client_options(self.arguments, (self.rounds + 3) * self.per_round)
            client = load_client(
                self.arguments.client, server, options, other_core, self.at_once
            )
            for line in client.stdout:
                self.take(json.loads(line), server, injector)
                if self.is_enough():
                    client.send_signal(signal.SIGINT)
            self.client_status = client.wait()
            self.faults = injector.finish()
            server.process.terminate()
            self.server_status = server.process.wait(timeout=20)

    def is_faulty(self, number):
        return number // self.arguments.block % 2 == 1

    def take(self, report, server, injector):
        if report["report"] == "whole":
            self.whole = report
            return
        number = len(self.phases)
        settled = number % self.arguments.block != 0
        self.phases.append((self.is_faulty(number), settled, report, server.rss_kib()))
        self.load_average.append(load_average())
        if self.is_faulty(number) != self.is_faulty(number + 1):
            injector.tell("on" if self.is_faulty(number + 1) else "off")
        if number % 60 == 59:
            rss = self.phases[-1][3]
            progress(f"{number + 1} s of {self.rounds * self.per_round}: {rss} KiB, p99 {self.p99()}")

    def is_enough(self):
        done, rest = divmod(len(self.phases), self.per_round)
        if rest != 0 or done < self.rounds:
            return False
        return done >= self.rounds + 2 or self.latency_is_fine()

    def quantile_ms(self, name, faults):
        values = [report[name] for faulty, settled, report, _ in self.phases
                  if settled and faulty == faults and report["messages"] != 0]  # fmt: skip
        return statistics.median(values) / 1000

    def p99(self):
        """The median over the phases, in milliseconds: without faults, and with faults."""
        if len(self.phases) <= self.per_round:
            return None
        return [round(self.quantile_ms("p99_us", faults), 3) for faults in (False, True)]

    def latency_is_fine(self):
        quiet, faulty = self.p99()
        return faulty <= max(self.arguments.factor * quiet, self.floor)

    def rss_kib(self, round_number):
        """What was resident in one round: the median, and the most."""
        begin = round_number * self.per_round
        values = [rss for *_, rss in self.phases[begin : begin + self.per_round]]
        return {"second": begin + self.per_round, "median": statistics.median(values),
                "max": max(values)}  # fmt: skip

    def memory(self):
        """At the start, after the first sixth, at the end."""
        last = len(self.phases) // self.per_round - 1
        return [self.rss_kib(number) for number in (0, max(1, (last + 1) // 6), last)]

    def complaints(self):
        if self.client_status != 0:
            yield f"clean traffic suffered: {self.whole}"
        if self.server_status != 0:
            yield f"the server ended with {self.server_status}"
        yield from sorted(set(self.faults["wrong"]))
        yield from (f"never done: {name}" for name, n in self.faults["good"].items() if n == 0)
        if not self.latency_is_fine():
            yield f"p99, without and with faults, in ms: {self.p99()}"
        _, early, late = self.memory()
        # The allocator keeps one or two MiB more or less, without a trend.
        if late["median"] > 1.1 * early["median"] + 3072:
            yield f"memory grows: {self.memory()}"

    def result(self):
        names = ("p50_us", "p90_us", "p99_us", "p99.9_us")
        return {
            "arguments": vars(self.arguments),
            "ran_at_once": self.at_once,
            "whole": self.whole,
            "latency_ms": {
                label: {name[:-3]: round(self.quantile_ms(name, faults), 3) for name in names}
                for label, faults in (("quiet", False), ("faults", True))
            },
            "rss_kib": dict(zip(("start", "early", "end"), self.memory())),
            "rss_kib_per_minute": [rss for *_, rss in self.phases[::60]],
            "faults": self.faults,
            "load_average": round(statistics.median(self.load_average), 2),
            "complaints": list(self.complaints()),
        }


def show(result):
    whole = result["whole"]
    print(f"{whole['messages']} echoes in {whole['seconds']:.0f} s on {whole['connections']} "
          f"connections; altered {whole['altered']}, lost {whole['lost']}, "
          f"failed {whole['failed']}")  # fmt: skip
    for label, values in result["latency_ms"].items():
        print(f"{label:8}", *(f"{name} {value:.3f} ms" for name, value in values.items()))
    for label, rss in result["rss_kib"].items():
        print(f"{label:8} resident: median {rss['median']:.0f} KiB, most {rss['max']} KiB, "
              f"in the round up to second {rss['second']}")  # fmt: skip
    for name, count in result["faults"]["good"].items():
        print(f"{name:26} {count:6} as they should end")
    print(f"{result['faults']['late']} faults came late; load average {result['load_average']}")
    for complaint in result["complaints"]:
        print(f"FAILED: {complaint}")


def main():
    run = Run(parse_arguments())
    run.go()
    result = run.result()
    show(result)
    if run.arguments.json:
        with open(run.arguments.json, "w", encoding="utf-8") as file:
            json.dump(result, file, indent=1)
    sys.exit(1 if result["complaints"] else 0)


if __name__ == "__main__":
    main()
