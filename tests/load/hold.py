#!/usr/bin/env python3
"""Many connections at once: what one of them takes of the server's memory.

For each case a server of its own: its resident memory before the first connection and with all of
them open, divided by their number. What the kernel takes for sockets is not in it. The number of
connections is bounded by `ulimit -Hn`, less a few: server and client each raise their soft limit to
it; root raises it with `ulimit -Hn 100000`, or for good in /etc/security/limits.conf.
"""

import argparse
import json
import resource
import sys

from programs import Server, cores, load_client, progress

IDLE = ["--in-flight", 0, "--duration", 4]


def used(count, *more):
    """Each connection sends a message about every four seconds."""
    return ["--rate", max(1, count // 4), "--duration", 20, "--sizes", 1000, *more]


def cases(count):
    """Name, connections, options of the server, options of the client."""
    few = max(1, count // 5)
    yield "idle, nothing sent yet", count, [], IDLE
    yield "idle, deflate agreed on, nothing sent yet", count, [], [*IDLE, "--deflate"]
    yield "messages of 1000 B, no deflate", count, [], used(count)
    yield "messages of 1000 B, deflate", count, [], used(count, "--deflate")
    yield "the same with context takeover", few, ["--context-takeover"], used(few, "--deflate")


def measure(arguments, case):
    name, count, server_options, client_options = case
    server_core, other_core = cores()
    with Server([arguments.server, "--port", 0, *server_options], server_core) as server:
        before = server.rss_kib()
        options = ["--connections", count, "--phase", 1, "--patience", 60, *client_options]
        client = load_client(arguments.client, server, options, other_core)
        report, after = {}, 0
        for line in client.stdout:
            report = json.loads(line)
            if report["report"] == "phase" and report["connections"] == count:
                after = server.rss_kib()
        if client.wait() != 0:
            sys.exit(f"hold.py: {name}: {report}")
        return {
            "case": name, "connections": count, "rss_kib_before": before, "rss_kib": after,
            "bytes_each": round((after - before) * 1024 / count), "messages": report["messages"],
            "rss_kib_after": server.rss_kib(),
        }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("server", help="path of epoll_server")
    parser.add_argument("client", help="path of load_client")
    parser.add_argument("--connections", type=int, default=10_000, help="at once (10000)")
    parser.add_argument("--json", help="write the results to this file")
    arguments = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 100
    if arguments.connections > most:
        sys.exit(f"hold.py: at most {most} connections here: ulimit -Hn is {most + 100}")
    results = []
    print(f"{'connections':>11} {'before KiB':>10} {'held KiB':>10} {'bytes each':>10}")
    for case in cases(arguments.connections):
        progress(case[0])
        result = measure(arguments, case)
        results.append(result)
        print(f"{result['connections']:11} {result['rss_kib_before']:10} {result['rss_kib']:10} "
              f"{result['bytes_each']:10}  {result['case']}", flush=True)  # fmt: skip
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)


if __name__ == "__main__":
    main()
