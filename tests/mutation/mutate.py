#!/usr/bin/env python3
"""Breaks the library in one small place at a time and sees whether its tests notice.

For each mutation of a header, the test file of the same name is compiled and run; if it passes,
the wider tests are, too. What passes them all survives: a test is missing, or the change makes no
difference, which equivalent.txt has to explain. The tree is copied; the checkout is never touched.
"""

import argparse
import concurrent.futures
import os
import pathlib
import queue
import random
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # the checkout stays as it is

import build
import mutations


class Equivalents:
    """The entries of equivalent.txt: header, line, mutation and reason, between bars."""

    def __init__(self, path):
        self.path = path
        self.used = set()
        self.entries = {}
        for number, line in enumerate(path.read_text().splitlines() if path.exists() else [], 1):
            if not line.strip() or line.startswith('#'):
                continue
            parts = [part.strip() for part in line.split(' @ ')]
            if len(parts) != 4 or not all(parts):
                sys.exit(f'{path}:{number}: expected "header @ line @ mutation @ reason"')
            self.entries[tuple(parts[:3])] = number

    def has(self, header, mutation):
        key = (header, mutation.line, mutation.name)
        self.used.add(key)
        return key in self.entries

    def unmatched(self, headers):
        return [f'{self.path}:{number}: matches nothing in {key[0]}'
                for key, number in self.entries.items()
                if key[0] in headers and key not in self.used]


def in_ranges(number, ranges):
    return not ranges or any(first <= number <= last for first, last in ranges)


def line_range(text):
    first, _, last = text.partition('-')
    return int(first), int(last or first)


def all_headers():
    base = build.ROOT / 'include/wsproto'
    return sorted(str(path.relative_to(base)) for path in base.rglob('*.hpp')
                  if path.name not in ('wsproto.hpp', 'version.hpp'))


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n', maxsplit=1)[0])
    parser.add_argument('--header', action='append', metavar='NAME',
                        help='below include/wsproto, as frame.hpp; can be repeated (default: all)')
    parser.add_argument('--only-lines', type=line_range, action='append', metavar='FIRST-LAST')
    parser.add_argument('--sample', type=int, metavar='N', help='at most N mutations of a header')
    parser.add_argument('--seed', type=int, default=6455, help='of the sample (%(default)s)')
    parser.add_argument('--jobs', type=int, default=1, help='trees at work (%(default)s)')
    parser.add_argument('--timeout', type=float, default=20, metavar='SECONDS',
                        help='of a test, at least (%(default)s)')
    parser.add_argument('--narrow', action='store_true', help="only the header's own test file")
    parser.add_argument('--no-switches', action='store_true',
                        help='compile for every mutation, never for many at once')
    parser.add_argument('--list', action='store_true', help='show the mutations, run nothing')
    parser.add_argument('--equivalent', type=pathlib.Path, metavar='FILE',
                        default=pathlib.Path(__file__).with_name('equivalent.txt'))
    parser.add_argument('--results', type=pathlib.Path, metavar='FILE',
                        help='where to append a line for every mutation')
    build.add_arguments(parser)
    options = parser.parse_args()
    options.header = options.header or all_headers()
    unknown = set(options.header) - set(all_headers())
    if unknown:
        parser.error(f'no such header: {", ".join(sorted(unknown))}')
    return options


def choose(header, options, equivalents):
    """The mutations to try, without those that make no difference."""
    found = mutations.find((build.ROOT / 'include/wsproto' / header).read_text())
    wanted = [one for one in found if not equivalents.has(header, one) and
              in_ranges(one.line_number, options.only_lines)]
    if options.sample and len(wanted) > options.sample:
        wanted = random.Random(options.seed).sample(wanted, options.sample)
        wanted.sort(key=lambda one: one.start)
    return wanted


class Report:
    def __init__(self, options):
        self.options = options
        self.lock = threading.Lock()
        self.counts = {}
        self.survivors = []

    def begin(self):
        self.counts = {}

    def add(self, header, mutation, outcome, test):
        with self.lock:
            self.counts[outcome] = self.counts.get(outcome, 0) + 1
            line = f'{header}:{mutation.line_number}: {mutation.name}'
            if outcome == 'survived':
                self.survivors.append(line)
                print(f'\r{" " * 78}\rsurvived: {line}\n    {mutation.line}', flush=True)
            if self.options.results:
                with self.options.results.open('a') as file:
                    file.write('\t'.join([outcome, line, test, mutation.line]) + '\n')

    def progress(self, header, total):
        if sys.stdout.isatty():
            print(f'\r{header}: {sum(self.counts.values())} of {total} ', end='', flush=True)

    def end(self, header, seconds):
        told = ', '.join(f'{number} {outcome}' for outcome, number in sorted(self.counts.items()))
        print(f'\r{header}: {sum(self.counts.values())} mutations in {seconds:.0f} s: '
              f'{told or "none"}', flush=True)


def run_header(header, numbered, options, at_once, trees, report):
    """Switches first; what they cannot tell is written into the header and compiled."""
    rest = queue.SimpleQueue()
    for number, mutation in numbered:
        found = at_once.judge(header, number, options.narrow) if at_once else None
        if found and found[0] != 'survived':
            report.add(header, mutation, *found)
        else:
            tests = trees[0].tests_of(header)[:1 if found or options.narrow else None]
            rest.put((mutation, tests))
        report.progress(header, len(numbered))

    def work(tree):
        while True:
            try:
                mutation, tests = rest.get_nowait()
            except queue.Empty:
                return
            tree.begin(header)
            report.add(header, mutation, *tree.judge(mutation, tests))
            report.progress(header, len(numbered))

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for done in [pool.submit(work, tree) for tree in trees]:
            done.result()


def run(options, chosen, report):
    with tempfile.TemporaryDirectory(prefix='wsproto-mutation-') as scratch:
        scratch = pathlib.Path(scratch)
        trees = [build.OneByOne(scratch / f'one_{job}', options) for job in range(options.jobs)]
        for tree in trees:
            tree.prepare_shared()
        at_once = (None if options.no_switches else
                   build.AllAtOnce(scratch / 'all', options, chosen, trees[0].objects))
        for header, numbered in chosen.items():
            began = time.monotonic()
            report.begin()
            run_header(header, numbered, options, at_once, trees, report)
            report.end(header, time.monotonic() - began)


def main():
    options = parse_arguments()
    equivalents = Equivalents(options.equivalent)
    chosen, number = {}, 0
    for header in options.header:
        wanted = choose(header, options, equivalents)
        chosen[header] = list(enumerate(wanted, number + 1))
        number += len(wanted)
    complaints = equivalents.unmatched(options.header)
    if complaints:
        sys.exit('\n'.join(complaints))
    if options.list:
        for header, numbered in chosen.items():
            for _, mutation in numbered:
                print(f'{header}:{mutation.line_number}: {mutation.name}')
        return 0
    report = Report(options)
    run(options, chosen, report)
    print('\n'.join([f'{len(report.survivors)} survived', *report.survivors]))
    return 1 if report.survivors else 0


if __name__ == '__main__':
    sys.exit(main())
