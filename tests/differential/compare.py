#!/usr/bin/env python3
"""Compares this library with Python's wsproto on random streams, valid and mutated.

Both must make the same events of the same bytes, but for the differences that have a name in
differences.py. Everything follows from the seed; a stream can be run again alone by its number.
"""

import argparse
import collections
import random
import shutil
import subprocess
import sys
import time

SKIPPED = 77
BATCH = 500
LONGEST = 200  # characters of an event to show
DEBIANS = "/usr/bin/python3"


def where_wsproto_is():
    """What to tell whom it is missing."""
    asked = [DEBIANS, "-c", "import wsproto"]
    has_it = shutil.which(DEBIANS) and subprocess.run(
        asked, stderr=subprocess.DEVNULL, check=False).returncode == 0
    return f"run it with {DEBIANS}" if has_it else "Debian has it in python3-wsproto"


try:
    import wsproto  # noqa: F401
except ImportError:
    print(f"skipped: {sys.executable} has no wsproto; {where_wsproto_is()}")
    sys.exit(SKIPPED)

import differences  # noqa: E402
import handshakes  # noqa: E402
import reference  # noqa: E402
import streams  # noqa: E402

LONG = 50_000  # streams, in which every difference has to come up
HELP = (f"exit status: 0 no other difference, and from {LONG} streams on every one came up; "
        "1 there is another, or one did not; 2 wrong usage; 77 there is no wsproto")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog=HELP)
    parser.add_argument("trace", help="the program built from trace.cpp")
    parser.add_argument("--seed", type=int, default=1, help="of all streams (%(default)s)")
    parser.add_argument("--streams", type=int, default=3000, metavar="N",
                        help="how many (%(default)s)")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="one of them, with its traces")
    parser.add_argument("--failures", type=int, default=5, metavar="N",
                        help="give up after so many (%(default)s)")
    return parser.parse_args()


def generate(seed, number):
    rng = random.Random(f"{seed}/{number}")
    kind = rng.random()
    if kind < 0.7:
        return streams.open_stream(rng)
    return handshakes.server_stream(rng) if kind < 0.85 else handshakes.client_stream(rng)


def from_hex(word):
    return b"" if word == "." else bytes.fromhex(word)


def parse_list(word):
    return [from_hex(item) for item in word[1:-1].split(",")] if word != "[]" else []


def parse_item(text):
    """What trace.cpp printed for an event, as reference.py has it."""
    words = text.split(" ")
    kind = words[0]
    if kind in ("text", "binary", "body"):
        return (kind, from_hex(words[1]), words[2])
    if kind in ("close", "error"):
        return (kind, int(words[1]), from_hex(words[2]))
    if kind == "request":
        return (kind, *map(from_hex, words[1:3]), *map(parse_list, words[3:]))
    if kind == "accept":
        return (kind, from_hex(words[1]), *map(parse_list, words[2:]))
    if kind == "reject":
        return (kind, int(words[1]), parse_list(words[2]))
    if kind == "state":
        return (kind, words[1])
    return (kind, from_hex(words[1]))


def our_traces(program, batch):
    lines = "".join(stream.line() + "\n" for stream in batch)
    done = subprocess.run([program], input=lines, capture_output=True, text=True, check=False)
    traces = done.stdout.splitlines()
    if done.returncode != 0 or len(traces) != len(batch):
        print(f"FAILED: {program} ended with {done.returncode} in stream {len(traces)} of its "
              f"{len(batch)}: {done.stderr}", file=sys.stderr)
        sys.exit(1)
    return [[parse_item(item) for item in trace.split("\t")] for trace in traces]


def show(trace):
    for item in trace:
        text = " ".join(map(str, item))
        print("      ", text if len(text) <= LONGEST else text[:LONGEST] + " …")


def report(seed, number, stream, theirs, ours, what):
    print(f"\n{what}: --seed {seed} --only {number}\n   {stream.line()}")
    print("   wsproto:")
    show(theirs)
    print("   ours:")
    show(ours)


class Comparison:
    def __init__(self, arguments):
        self.arguments = arguments
        self.fired = collections.Counter()
        self.equal = 0
        self.failures = 0
        self.silent = []

    def take(self, number, stream, ours):
        theirs = reference.trace(stream)
        names = differences.between(stream, theirs, ours)
        if names is None:
            self.failures += 1
            report(self.arguments.seed, number, stream, theirs, ours, "FAILED")
            return
        self.equal += not names
        self.fired.update(names)
        if self.arguments.only is not None:
            report(self.arguments.seed, number, stream, theirs, ours, ", ".join(names) or "equal")

    def summarize(self, count, seconds):
        named = count - self.equal - self.failures
        print(f"\n{count} streams of the seed {self.arguments.seed} in {seconds:.1f} s: "
              f"{self.equal} equal, {named} with differences that have a name:")
        for name, section in differences.ALL:
            print(f"{self.fired[name]:8}  §{section:4} {name}")
        self.silent = [name for name, _ in differences.ALL
                       if not self.fired[name] and name not in differences.RARE]
        if count < LONG:
            self.silent = []
        elif self.silent:
            print("FAILED: never came up:", "; ".join(self.silent))
        print(f"{self.failures} failures")


def run(arguments):
    numbers = [arguments.only] if arguments.only is not None else range(arguments.streams)
    comparison = Comparison(arguments)
    start = time.monotonic()
    done = 0
    for begin in range(0, len(numbers), BATCH):
        part = numbers[begin:begin + BATCH]
        batch = [generate(arguments.seed, number) for number in part]
        for number, stream, ours in zip(part, batch, our_traces(arguments.trace, batch)):
            comparison.take(number, stream, ours)
        done += len(part)
        if comparison.failures >= arguments.failures:
            break
        if done % (20 * BATCH) == 0:
            print(f"{time.monotonic() - start:8.1f} s  {done} streams", flush=True)
    comparison.summarize(done, time.monotonic() - start)
    return 1 if comparison.failures or comparison.silent else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(run(parse_arguments()))
