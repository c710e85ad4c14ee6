#!/usr/bin/env python3
"""Counts what the library executes, with valgrind's callgrind, and compares with baseline.txt.

Fails where a count has grown by more than a tenth, or is above a limit that is given there without
parentheses. Exits with 77, and says why, where counts would tell nothing. Figures are instructions
a message, or an accept: the difference of a long and a short run, so that what is done once does
not count."""

import argparse
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

BASELINE = pathlib.Path(__file__).with_name("baseline.txt")
SKIPPED = 77
ALLOWED_GROWTH = 1.1
# What is counted, and how often it is done in the short run and in the long one.
RUNS = {"receive": (4096, 12288), "send-server": (4096, 12288), "send-client": (4096, 12288),
        "accept": (20, 60)}


def skip(reason):
    print(f"instructions: skipped: {reason}")
    sys.exit(SKIPPED)


def read_baseline():
    """(compiler, what) -> (instructions, limit as it is written)"""
    baseline = {}
    for line in BASELINE.read_text().splitlines():
        if line and not line.startswith("#"):
            name, version, what, expected, limit = line.split()
            baseline[f"{name} {version}", what] = (float(expected), limit)
    return baseline


def write_baseline(compiler, counts):
    """The counts of this compiler in place of its old ones; limits and other compilers stay."""
    head = [line for line in BASELINE.read_text().splitlines() if line.startswith("#")]
    baseline = read_baseline()
    for what, counted in counts.items():
        _, limit = baseline.get((compiler, what), (None, "none"))
        baseline[compiler, what] = (counted, limit)
    lines = [f"{name:<12}  {what:<11}  {expected:>9.1f}  {limit:>5}"
             for (name, what), (expected, limit) in baseline.items()]
    BASELINE.write_text("\n".join(head + lines) + "\n")


def collected(program, what, times):
    """Instructions inside the functions that the program calls counted_…"""
    # The C library chooses its memcpy by the processor; these every processor has.
    environment = os.environ | {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX_Fast_Unaligned_Load"}
    with tempfile.TemporaryDirectory() as scratch:
        profile = pathlib.Path(scratch) / "profile"
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}",
             "--toggle-collect=counted_*", program, what, str(times)],
            env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{program} {what} failed with {done.returncode}:\n{done.stderr}")
        totals = [line for line in profile.read_text().splitlines()
                  if line.startswith(("totals:", "summary:"))]
    return int(totals[-1].split()[1])


def count(program, what):
    short, long = RUNS[what]
    return (collected(program, what, long) - collected(program, what, short)) / (long - short)


def judge(what, counted, known, limit):
    grown = counted > known * ALLOWED_GROWTH
    over = limit.isdigit() and counted > int(limit)
    verdict = "GREW" if grown else "OVER ITS LIMIT" if over else "well"
    print(f"{what:<11} {counted:9.1f} instructions, baseline {known:.1f}, limit {limit}: {verdict}")
    return not grown and not over


def reason_to_skip(changed_flags):
    if shutil.which("valgrind") is None:
        return "there is no valgrind"
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return f"the baseline is for Linux on x86_64, not {platform.system()} {platform.machine()}"
    if changed_flags:
        return f"the baseline is for -O2 -DNDEBUG alone, not with {changed_flags}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="wsproto_instructions")
    parser.add_argument("compiler", help='name and version, such as "GNU 12.2.0"')
    parser.add_argument("--flags", default="", help="of the compiler, beside -O2 -DNDEBUG")
    parser.add_argument("--rewrite", action="store_true",
                        help="take what is counted for the baseline of this compiler")
    arguments = parser.parse_args()
    if reason := reason_to_skip(arguments.flags.strip()):
        skip(reason)
    baseline = read_baseline()
    known = all((arguments.compiler, what) in baseline for what in RUNS)
    if not known and not arguments.rewrite:
        skip(f"{BASELINE.name} has no figures for {arguments.compiler}")
    counts = {what: count(arguments.program, what) for what in RUNS}
    if arguments.rewrite:
        write_baseline(arguments.compiler, counts)
        return
    verdicts = [judge(what, counted, *baseline[arguments.compiler, what])
                for what, counted in counts.items()]
    if not all(verdicts):
        sys.exit("instructions: make it cheaper, or say why not and run count.py with --rewrite")


if __name__ == "__main__":
    main()
