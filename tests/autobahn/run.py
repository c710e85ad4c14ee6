#!/usr/bin/env python3
"""Runs the Autobahn test suite against the echo server, or against the echo client, and judges it.

The suite itself is not here: this takes its program `wstest`, and ends with status 77 where there
is none. What runs is told by a specification of the suite, fuzzingclient.json or fuzzingserver.json
beside this file, with two keys of our own: how many cases there have to be, and the cases in which
the suite accepts any behaviour, with the close code that we owe it then.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

AGENT = "wsproto"
SKIPPED = 77
PATIENCE = 30  # seconds, for a program to start or to end
CASES_PER_LINE = 50

HELP = """exit status: 0 every case ended as it must; 1 some did not, or are missing; 2 wrong usage, or a
program did not do its part; 77 there is no wstest

wstest is part of autobahntestsuite, https://github.com/crossbario/autobahn-testsuite, and takes Python
2.7. A run of all cases takes an hour."""


class Broken(Exception):
    """A program did not do its part: nothing can be said about the cases."""


def parse_arguments():
    here = pathlib.Path(__file__).parent
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("direction", choices=["server", "client"], help="what is tested")
    parser.add_argument("program", help="the echo_server or the echo_client")
    parser.add_argument("--wstest", default=os.environ.get("WSTEST", "wstest"),
                        help="the program of the suite (WSTEST in the environment, or from PATH)")
    parser.add_argument("--spec", type=pathlib.Path, help="another specification of the suite")
    parser.add_argument("--cases", nargs="+", metavar="PATTERN",
                        help="only these cases, as '9.*'; how many there are is not checked then")
    parser.add_argument("--reports", type=pathlib.Path,
                        help="a directory for the reports of the suite, which are removed otherwise")
    arguments = parser.parse_args()
    mode = {"server": "fuzzingclient", "client": "fuzzingserver"}[arguments.direction]
    arguments.mode = mode
    arguments.spec = arguments.spec or here / f"{mode}.json"
    return arguments


class Progress:
    """One line for some fifty cases, from what wstest prints."""

    def __init__(self):
        self.count = 0
        self.start = time.monotonic()

    def take(self, line):
        found = re.match(r"Running test case ID (\S+)", line)
        if not found:
            return
        self.count += 1
        if self.count % CASES_PER_LINE == 1:
            seconds = time.monotonic() - self.start
            print(f"{seconds:6.1f} s  case {self.count}, {found[1]}", flush=True)


class Program:
    """A program that runs in the background, its output in a file; it is stopped at the end."""

    def __init__(self, command, log):
        self.name = pathlib.Path(command[0]).name
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=subprocess.STDOUT, cwd=log.parent)
        self.read = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def is_running(self):
        return self.process.poll() is None

    def new_lines(self):
        """What it has printed since the last call, whole lines only."""
        with self.log.open("rb") as output:
            output.seek(self.read)
            text = output.read()
        text = text[:text.rfind(b"\n") + 1]
        self.read += len(text)
        return text.decode(errors="replace").splitlines()

    def await_line(self, pattern):
        """The match of the first line that has `pattern`."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.is_running():
            for line in self.new_lines():
                if found := re.search(pattern, line):
                    return found
            time.sleep(0.05)
        raise Broken(f"{self.name} did not start:\n" + self.log.read_text(errors="replace"))


def test_server(arguments, spec, directory):
    """The suite is the client, and runs until it has reported."""
    command = [arguments.program, "--port", "0"]
    with Program(command, directory / "echo_server.log") as server:
        port = server.await_line(r"listening on .*:(\d+)$")[1]
        spec["servers"] = [{"agent": AGENT, "url": f"ws://127.0.0.1:{port}"}]
        with start_suite(arguments, spec, directory) as suite:
            follow(suite)
        if not server.is_running():
            raise Broken("echo_server ended:\n" + server.log.read_text(errors="replace"))


def follow(suite):
    progress = Progress()
    running = True
    while running:
        running = suite.is_running()
        for line in suite.new_lines():
            progress.take(line)
        time.sleep(0.1)


def test_client(arguments, spec, directory):
    """The suite is the server; the client is called for every case, and once for the reports."""
    port = free_port()
    spec["url"] = f"ws://127.0.0.1:{port}"
    with start_suite(arguments, spec, directory) as suite:
        count = int(suite.await_line(r"will run (\d+) test cases")[1])
        await_listener(suite, port)
        progress = Progress()
        for case in range(1, count + 1):
            run_client(arguments, spec["url"] + f"/runCase?case={case}&agent={AGENT}", directory)
            for line in suite.new_lines():
                progress.take(line)
        run_client(arguments, spec["url"] + f"/updateReports?agent={AGENT}", directory)


def run_client(arguments, url, directory):
    """Its status may tell of an error that the suite made: the suite judges what came of it."""
    with (directory / "echo_client.log").open("wb") as output:
        command = [arguments.program, "--echo", "--timeout", str(PATIENCE), url]
        status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output,
                                stderr=subprocess.STDOUT, check=False).returncode
    if status not in (0, 2, 4):
        said = (directory / "echo_client.log").read_text(errors="replace")
        raise Broken(f"echo_client ended with {status} at {url}:\n{said}")


def start_suite(arguments, spec, directory):
    (directory / "spec.json").write_text(json.dumps(spec))
    command = [arguments.wstest, "--mode", arguments.mode, "--spec", "spec.json", "--webport", "0"]
    return Program(command, directory / "wstest.log")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def await_listener(suite, port):
    deadline = time.monotonic() + PATIENCE
    while suite.is_running() and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), PATIENCE).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise Broken("wstest does not listen:\n" + suite.log.read_text(errors="replace"))


def complaint(case, result, informational):
    """What is wrong with the result of a case, or nothing."""
    verdicts = (result["behavior"], result["behaviorClose"])
    if verdicts == ("OK", "OK"):
        return None
    code = result["remoteCloseCode"]
    if case not in informational:
        return f"{verdicts[0]}, close: {verdicts[1]}, close code {code}"
    if verdicts != ("INFORMATIONAL", "INFORMATIONAL"):
        return f"{verdicts[0]}, close: {verdicts[1]}, neither OK nor INFORMATIONAL"
    if code != informational[case]:
        return f"INFORMATIONAL, but the close code is {code} instead of {informational[case]}"
    return None


def judge(spec, reports, expected):
    """Prints what the suite found, and tells whether all of it is allowed."""
    index = reports / "index.json"
    if not index.exists():
        raise Broken("wstest did not report")
    results = json.loads(index.read_text()).get(AGENT, {})
    print_table(results)
    complaints = []
    for case in sorted(results, key=lambda name: [int(part) for part in name.split(".")]):
        if wrong := complaint(case, results[case], spec["informational-cases"]):
            complaints.append(f"FAILED: case {case}: {wrong}")
    if len(results) != expected:
        complaints.append(f"FAILED: {len(results)} cases were run instead of {expected}")
    print("\n".join(complaints) or f"all {len(results)} cases ended as they must")
    return not complaints


def print_table(results):
    behaviour = collections.Counter(result["behavior"] for result in results.values())
    close = collections.Counter(result["behaviorClose"] for result in results.values())
    print(f"\n{'verdict':18}{'behaviour':>12}{'close':>8}")
    for verdict in sorted(behaviour | close):
        print(f"{verdict:18}{behaviour[verdict]:12}{close[verdict]:8}")
    informational = [case for case, result in results.items()
                     if "INFORMATIONAL" in (result["behavior"], result["behaviorClose"])]
    print("informational:", ", ".join(sorted(informational)) or "none", "\n", flush=True)


def run(arguments, directory):
    spec = json.loads(arguments.spec.read_text())
    if arguments.cases:
        spec["cases"] = arguments.cases
    reports = directory / spec["outdir"]
    shutil.rmtree(reports, ignore_errors=True)  # those of an earlier run prove nothing
    {"server": test_server, "client": test_client}[arguments.direction](arguments, spec, directory)
    expected = spec["expected-cases"]
    if arguments.cases:
        log = (directory / "wstest.log").read_text(errors="replace")
        expected = int(re.search(r"will run (\d+) test cases", log)[1])
    return 0 if judge(spec, reports, expected) else 1


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # and what was started is stopped too
    arguments = parse_arguments()
    wstest = shutil.which(arguments.wstest)
    if not wstest:
        print("skipped: there is no wstest, the program of the Autobahn test suite; name it in WSTEST")
        return SKIPPED
    arguments.wstest = str(pathlib.Path(wstest).absolute())
    arguments.program = str(pathlib.Path(arguments.program).absolute())
    try:
        if arguments.reports:
            arguments.reports.mkdir(parents=True, exist_ok=True)
            return run(arguments, arguments.reports.absolute())
        with tempfile.TemporaryDirectory() as scratch:
            return run(arguments, pathlib.Path(scratch))
    except Broken as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
