#!/usr/bin/env python3
"""Draws what wsproto_benchmark and adoption.py have measured: bars on a logarithmic scale, as SVG.

Rows that were not measured are left out; of a library that was used in several ways, the fastest
is drawn. The picture of the README is measured and drawn by these two:

    cmake --workflow --preset bench
    taskset -c 1 cmake --build build/bench --target comparison

and drawn again from what was measured by

    python3 tests/benchmark/draw.py build/bench/tests/benchmark/comparison*.json \\
        --output tests/benchmark/comparison.svg
"""

import argparse
import html
import json
import math
import pathlib

# Who is drawn, from which contestants, in which colour.
LIBRARIES = [
    ("wsproto", ["chunks", "wsproto"], "#1565c0"),
    ("wsproto, whole messages", ["messages"], "#64b5f6"),
    ("wsproto core, no handshake", ["wsproto core"], "#26a69a"),
    ("Boost.Beast", ["Beast"], "#e65100"),
    ("websocketpp", ["websocketpp"], "#8e24aa"),
    ("wslay", ["wslay", "wslay stream"], "#2e7d32"),
    ("limit of the machine", ["limit", "memcpy", "zlib alone"], "#9e9e9e"),
]


def receive(kind, sizes):
    return [(size, "receive", f"server, {kind}, {size}, reads of 64 KiB") for size in sizes]


def send(how, sizes):
    return [(size, "send", f"{how}, {size}") for size in sizes]


# Title, unit, and for each cluster of bars its label, group and row; two columns.
PANELS = [
    [
        ("Receive, server, binary: time of a message", "ns",
         receive("binary", ["16 B", "125 B", "1 KiB", "16 KiB", "1 MiB"])),
        ("Receive, server, multi-byte text", "ns",
         receive("multi-byte text", ["16 B", "125 B", "16 KiB"])),
        ("Open a connection: 430-byte request in, 101 out", "ns",
         [("accept", "handshake", "server: 430-byte request in, 101 out")]),
        ("Compile at -O2: a program that echoes, the headers alone", "ms",
         [("program", "adoption", "compile, echo"),
          ("headers", "adoption", "compile, includes alone")]),
    ],
    [
        ("Send, server, appended to a buffer", "ns",
         send("server, appended", ["16 B", "1 KiB", "64 KiB"])),
        ("Send, client, masked", "ns", send("client, appended", ["16 B", "1 KiB", "64 KiB"])),
        ("Compress and inflate, JSON", "ns",
         [(size, "deflate", f"round trip, {size}") for size in ("100 B", "16 KiB")]),
        ("Memory of an idle connection", "B",
         [("plain", "memory", "idle, no deflate"),
          ("deflate", "memory", "idle, deflate"),
          ("no takeover", "memory", "used, deflate, no context takeover")]),
    ],
]

COLUMN, LABEL, VALUE, BAR, GAP, TITLE = 520, 84, 64, 12, 8, 40
SCALE = COLUMN - LABEL - VALUE - 24
TEXT = 'font-family="Helvetica, Arial, sans-serif" fill="#212121"'


def readable(value, unit):
    factors = {"ns": [(1e6, "ms"), (1e3, "µs"), (1, "ns")],
               "ms": [(1e3, "s"), (1, "ms")],
               "B": [(1e6, "MB"), (1e3, "kB"), (1, "B")]}[unit]
    factor, name = next((pair for pair in factors if value >= pair[0]), factors[-1])
    value /= factor
    return f"{value:.3g} {name}" if value < 1000 else f"{value:.0f} {name}"


def bars_of(rows, group, name):
    """Library and value of each bar of a cluster."""
    series = {one["name"]: one["median"] for one in rows.get((group, name), [])}
    for library, contestants, colour in LIBRARIES:
        values = [series[one] for one in contestants if series.get(one)]
        if values:
            yield library, colour, min(values)


def clusters_of(rows, panel):
    _, _, wanted = panel
    clusters = [(label, list(bars_of(rows, group, name))) for label, group, name in wanted]
    return [cluster for cluster in clusters if cluster[1]]


def text(x, y, content, size=12, more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" {TEXT} {more}>' \
           f"{html.escape(content)}</text>"


def draw_axis(x, y, height, low, decades, unit):
    for power in range(decades + 1):
        at = x + SCALE * power / decades
        yield f'<line x1="{at:.1f}" y1="{y}" x2="{at:.1f}" y2="{y + height}" stroke="#e0e0e0"/>'
        if decades < 6 or power % 2 == 0:
            yield text(at, y - 4, readable(10 ** (low + power), unit), 10,
                       'text-anchor="middle" fill-opacity="0.6"')


def draw_panel(rows, panel, x, y):
    """The lines of one panel, and the height that it takes."""
    title, unit, _ = panel
    clusters = clusters_of(rows, panel)
    if not clusters:
        return [], 0
    values = [value for _, bars in clusters for *_, value in bars]
    low = math.floor(math.log10(min(values)) - 0.05)
    decades = max(1, math.ceil(math.log10(max(values))) - low)
    height = sum(len(bars) * BAR + GAP for _, bars in clusters)
    lines = [text(x, y + 12, title, 14, 'font-weight="bold"')]
    lines += draw_axis(x + LABEL, y + TITLE, height, low, decades, unit)
    at = y + TITLE + GAP / 2
    for label, bars in clusters:
        middle = at + len(bars) * BAR / 2 + 4
        lines.append(text(x + LABEL - 8, middle, label, 12, 'text-anchor="end"'))
        for library, colour, value in bars:
            length = max(1, SCALE * (math.log10(value) - low) / decades)
            shown = readable(value, unit)
            lines.append(f'<rect x="{x + LABEL}" y="{at + 1:.1f}" width="{length:.1f}" '
                         f'height="{BAR - 2}" fill="{colour}">'
                         f"<title>{html.escape(f'{library}, {label}: {shown}')}</title></rect>")
            lines.append(text(x + LABEL + length + 4, at + BAR - 2.5, shown, 10))
            at += BAR
        at += GAP
    return lines, height + TITLE + 24


def draw_legend(drawn, x, y):
    lines = []
    for library, _, colour in LIBRARIES:
        if library in drawn:
            lines.append(f'<rect x="{x}" y="{y}" width="12" height="12" fill="{colour}"/>')
            lines.append(text(x + 17, y + 10.5, library))
            x += 34 + 6.6 * len(library)
    return lines


def draw(rows, facts):
    lines, bottom = [], 0
    drawn = {bar[0] for column in PANELS for panel in column
             for _, bars in clusters_of(rows, panel) for bar in bars}
    for index, column in enumerate(PANELS):
        y = 84
        for panel in column:
            panel_lines, height = draw_panel(rows, panel, 24 + index * COLUMN, y)
            lines += panel_lines
            y += height
        bottom = max(bottom, y)
    known = dict(facts)
    peers = ", ".join(value for name, value in facts if name == "peer")
    note = ", ".join(known[name] for name in ("processor", "compiler", "flags") if name in known)
    head = [text(24, 30, "wsproto beside other WebSocket libraries, in memory, one thread; "
                 "less is better, scales are logarithmic", 15)]
    foot = [text(24, bottom + 4, f"{note}; {peers}", 11),
            text(24, bottom + 20, known.get("method", ""), 11)]
    size = f'width="{2 * COLUMN + 24}" height="{bottom + 36}"'
    view = f'viewBox="0 0 {2 * COLUMN + 24} {bottom + 36}"'
    body = head + draw_legend(drawn, 24, 46) + lines + foot
    return (f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view}>\n'
            '<rect width="100%" height="100%" fill="white"/>\n' + "\n".join(body) + "\n</svg>\n")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=pathlib.Path, nargs="+", help="JSON of both programs")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("comparison.svg"))
    arguments = parser.parse_args()
    rows, facts = {}, []
    for file in arguments.files:
        content = json.loads(file.read_text())
        facts += content["facts"]
        rows |= {(row["group"], row["name"]): row["series"] for row in content["rows"]}
    arguments.output.write_text(draw(rows, facts))


if __name__ == "__main__":
    main()
