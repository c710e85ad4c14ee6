#!/usr/bin/env python3
"""What it costs to take a WebSocket library into a program: compile time of a file that opens a
connection and echoes, and of its includes alone; code and data in both objects; size of the stripped
program.

The programs are those of adoption/, built by CMake; the commands are those of CMake. Before they
are measured, each has to echo."""

import argparse
import base64
import hashlib
import json
import os
import pathlib
import re
import shlex
import socket
import statistics
import subprocess
import sys
import tempfile
import time

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
REQUEST = ("GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n"
           "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
           f"Sec-WebSocket-Key: {KEY}\r\n\r\n").encode()
HELLO = bytes.fromhex("81 85 37 fa 21 3d 7f 9f 4d 51 58")
CLOSE = bytes.fromhex("88 82 00 00 00 00 03 e8")
ECHO = bytes.fromhex("81 05 48 65 6c 6c 6f")

# The figures to reach: row, and how much of Beast's wsproto may take at most.
FIGURES = [("compile, includes alone", 1 / 4), ("object, includes alone", 1 / 10)]

NAMES = {"beast": "Beast", "beast tcp": "Beast, TCP"}
HAVE_NO_HANDSHAKE = ("wslay", "wsproto core")


def name_of(program):
    name = program.name.removeprefix("echo_").replace("_", " ")
    return NAMES.get(name, name)


def converse(program, sent):
    """What the program answers over a socket, which is both ends of its standard streams."""
    ours, its = socket.socketpair()
    with ours, its, subprocess.Popen([program], stdin=its, stdout=its) as process:
        its.close()
        ours.settimeout(10)
        ours.sendall(sent)
        received = b""
        while ECHO not in received:
            piece = ours.recv(4096)
            received += piece
            if not piece:
                break
        ours.close()
        process.wait(10)
    return received


def check_echo(program):
    """The handshake, "Hello" and a Close in; the response and "Hello" out."""
    shakes_hands = name_of(program) not in HAVE_NO_HANDSHAKE
    received = converse(program, (REQUEST if shakes_hands else b"") + HELLO + CLOSE)
    token = hashlib.sha1((KEY + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    accepted = base64.b64encode(token) in received or not shakes_hands
    if not accepted or ECHO not in received:
        sys.exit(f"{program.name} does not echo: {received!r}")


def compile_command(commands, source):
    """The words of CMake's command for this source, without what writes dependencies."""
    [entry] = [entry for entry in commands if pathlib.Path(entry["file"]).name == source]
    words = shlex.split(entry["command"])
    words = [word for word in words if word not in ("-MD",)]
    for option in ("-MT", "-MF", "-o", "-c"):
        if option in words:
            at = words.index(option)
            del words[at:at + 2]
    return words, pathlib.Path(entry["file"]), entry["directory"]


def processor_time(words, directory):
    before = os.times()
    subprocess.run(words, cwd=directory, check=True)
    after = os.times()
    return (after.children_user + after.children_system
            - before.children_user - before.children_system) * 1000


def size_of(file):
    """Code and data of an object or a program."""
    line = subprocess.run(["size", file], capture_output=True, text=True, check=True)
    text, data = line.stdout.splitlines()[1].split()[:2]
    return int(text) + int(data)


class Program:
    """One of adoption/, how to compile it, and its includes alone."""

    def __init__(self, path, commands, scratch):
        check_echo(path)
        self.path, self.scratch = path, scratch
        self.words, self.source, self.directory = compile_command(commands, path.name + ".cpp")
        self.includes = scratch / f"{path.name}_includes.cpp"
        own = re.findall(r"^#include <(?:wsproto|boost|websocketpp|wslay)/.*$",
                         self.source.read_text(), re.MULTILINE)
        self.includes.write_text("\n".join(own) + "\n")
        self.samples = {}

    def compile(self, row, source):
        """Adds a sample of the processor time to the row of that name."""
        taken = processor_time([*self.words, "-c", source, "-o", self.object(source)],
                               self.directory)
        self.samples.setdefault(row, []).append(taken)

    def object(self, source):
        return self.scratch / f"{self.path.name}_{source.stem}.o"

    def measured(self):
        """All rows, with their samples."""
        stripped = self.scratch / "stripped"
        subprocess.run(["strip", self.path, "-o", stripped], check=True)
        sizes = {f"object, {part}": [size_of(self.object(source))]
                 for part, source in (("echo", self.source), ("includes alone", self.includes))
                 if self.object(source).exists()}
        return {**self.samples, **sizes, "program, stripped": [stripped.stat().st_size]}


def compile_all(programs, runs, brief):
    """In turns, so that a machine that changes its speed changes it for all of them. The includes
    are compiled more often: they take less time, and say less of it."""
    for _ in range(runs):
        if not brief:
            for program in programs:
                program.compile("compile, echo", program.source)
        for _ in range(1 if brief else 3):
            for program in programs:
                program.compile("compile, includes alone", program.includes)


def rows_of(measured):
    for row in next(iter(measured.values())):
        series = [{"name": name, "kind": "ours" if name.startswith("wsproto") else "peer",
                   "median": statistics.median(values[row]), "samples": values[row]}
                  for name, values in measured.items()]
        unit = "ms" if row.startswith("compile") else "B"
        yield {"group": "adoption", "name": row, "unit": unit, "series": series}


def print_table(rows):
    names = [series["name"] for series in rows[0]["series"]]
    print(f"{'adoption':<26}" + "".join(f"{name:>14}" for name in names))
    for row in rows:
        values = "".join(f"{series['median']:>14,.0f}" for series in row["series"])
        print(f"{row['name'] + ', ' + row['unit']:<26}" + values)


def print_figures(measured):
    """What wsproto takes of what Beast takes, and whether that is little enough."""
    if not {"wsproto", "Beast"} <= measured.keys():
        return
    print(f"\n{'figures to reach':<56}{'median':>8}{'at most':>9}")
    for row, most in FIGURES:
        ours, its = (statistics.median(measured[name][row]) for name in ("wsproto", "Beast"))
        verdict = "reached" if ours / its <= most else "MISSED"
        print(f"adoption: {row + ': wsproto / Beast':<46}{ours / its:>8.3f}{most:>9.3f}  {verdict}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path, help="where compile_commands.json is")
    parser.add_argument("programs", type=pathlib.Path, nargs="+", help="echo_wsproto, echo_beast")
    parser.add_argument("--runs", type=int, default=3, help="compilations, for a median")
    parser.add_argument("--brief", action="store_true",
                        help="compile the includes alone, once, and not the programs again")
    parser.add_argument("--json", type=pathlib.Path, help="write the samples there too")
    arguments = parser.parse_args()
    commands = json.loads((arguments.build / "compile_commands.json").read_text())
    runs = 1 if arguments.brief else arguments.runs
    with tempfile.TemporaryDirectory() as scratch:
        programs = [Program(path, commands, pathlib.Path(scratch)) for path in arguments.programs]
        compile_all(programs, runs, arguments.brief)
        measured = {name_of(program.path): program.measured() for program in programs}
    rows = list(rows_of(measured))
    print_table(rows)
    print_figures(measured)
    if arguments.json:
        arguments.json.write_text(json.dumps({"facts": [], "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
