#!/usr/bin/env python3
"""Messages per second of echo servers of the same kind: one thread, no compression, TCP on loopback.

The same load client for all, which checks every echo; the server has one processor for itself, the
client another. The servers take turns, and the table shows medians. Where a server is fast, the
client is what limits it: the processor time that the server took for a message tells more then.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
from pathlib import Path

from programs import HERE, Server, cores, load_average, progress, run_load

CASES = {
    "125 B": ["--sizes", 125],
    "125 B, 16 in flight": ["--sizes", 125, "--in-flight", 16],
    "4 KiB": ["--sizes", 4096],
    "64 KiB": ["--sizes", 65536],
}


# Where Debian has the modules of Node.
os.environ.setdefault("NODE_PATH", "/usr/share/nodejs")


def has(command):
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def servers(build):
    """Those that are installed; the others are left out, with a word."""
    found = {"wsproto": [build / "examples/epoll_server", "--port", "0"]}
    beast = build / "tests/load/load_beast_server"
    candidates = {
        "Boost.Beast": (beast.exists(), [beast]),
        "ws (Node)": (
            shutil.which("node") and has(["node", "-e", "require('ws')"]),
            ["node", HERE / "peers/ws_server.js"],
        ),
        "websockets (Python)": (
            has(["/usr/bin/python3", "-c", "import websockets"]),
            ["/usr/bin/python3", HERE / "peers/websockets_server.py"],
        ),
    }
    for name, (there, command) in candidates.items():
        if there:
            found[name] = command
        else:
            progress(f"{name} is not there and left out")
    return found


def measure(arguments, found):
    results = {(case, name): [] for case in CASES for name in found}
    server_core, client_core = cores()
    common = ["--connections", arguments.connections, "--duration", arguments.seconds]
    for turn in range(arguments.runs):
        for (case, name), reports in results.items():
            with Server(found[name], server_core) as server:
                report = run_load(
                    arguments.build / "tests/load/load_client", server, [*common, *CASES[case]],
                    client_core,
                )  # fmt: skip
            report["load_average"] = load_average()
            reports.append(report)
        progress(f"turn {turn + 1} of {arguments.runs}, load average {load_average():.1f}")
    return results


def summary(reports):
    def median(values):
        return statistics.median(values)

    return {
        "messages_per_s": round(median(r["messages_per_s"] for r in reports)),
        "least": round(min(r["messages_per_s"] for r in reports)),
        "most": round(max(r["messages_per_s"] for r in reports)),
        "cpu_us": round(median(1e6 * r["server_cpu_s"] / r["messages"] for r in reports), 2),
        "p50_us": round(median(r["p50_us"] for r in reports)),
        "p99_us": round(median(r["p99_us"] for r in reports)),
        "load_average": round(median(r["load_average"] for r in reports), 2),
        "runs": len(reports),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("build", type=Path, help="directory that load_compare was built in")
    parser.add_argument("--connections", type=int, default=100, help="at once (100)")
    parser.add_argument("--seconds", type=int, default=3, help="of each run (3)")
    parser.add_argument("--runs", type=int, default=5, help="of each server and size (5)")
    parser.add_argument("--json", help="write the results to this file")
    arguments = parser.parse_args()
    results = [
        {"case": case, "server": name, **summary(reports)}
        for (case, name), reports in measure(arguments, servers(arguments.build)).items()
    ]
    print(f"{'':20} {'':20} {'messages/s':>10} {'CPU µs each':>11} {'p50 µs':>8} {'p99 µs':>8}")
    for row in results:
        print(f"{row['case']:20} {row['server']:20} {row['messages_per_s']:10} "
              f"{row['cpu_us']:11} {row['p50_us']:8} {row['p99_us']:8}")  # fmt: skip
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
