#!/usr/bin/env python3
"""Reads the requirements of the RFCs and the tags of the tests, and writes MATRIX.md: which test
holds which requirement.

Knows the sources of the tests, not their binaries: a tag counts where a TEST_CASE has it.
"""

import argparse
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
LITERALS = r'(?:"(?:[^"\\]|\\.)*"\s*)+'
TEST_CASE = re.compile(rf'^TEST_CASE\(\s*({LITERALS})(?:,\s*({LITERALS}))?\)', re.MULTILINE)
TAG = re.compile(r"\[(rfc\d+-[^\]]+)\]")

HEAD = """# Requirements and tests

Every MUST and MUST NOT of RFC 6455 §4 to §8 and RFC 7692 §5 to §8 that concerns an endpoint, and the
tests that hold it; RFC 7692 §8, on security, has none. Made by matrix.py from requirements.txt and
the tags of the tests; a test fails when it is out of date. Names of files are those below tests/.
"""


def fail(message):
    sys.exit(f"matrix.py: {message}")


def read_requirements(path):
    """The lines of the file as lists of four fields, or five where it is not the library's."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        row = line.split(" | ")
        if len(row) not in (4, 5):
            fail(f"{path.name}:{number}: four or five fields, not {len(row)}")
        rows.append(row)
    ids = [row[0] for row in rows]
    for repeated in sorted({identity for identity in ids if ids.count(identity) > 1}):
        fail(f"{path.name}: {repeated} stands there twice")
    return rows


def text_of(literals):
    """The text of adjacent C++ string literals."""
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', literals)
    return re.sub(r"\\(.)", r"\1", "".join(parts))


def read_tags():
    """For each tag, the tests that have it: file and name."""
    tests = {}
    for path in sorted(TESTS.rglob("*.cpp")):
        for match in TEST_CASE.finditer(path.read_text(encoding="utf-8")):
            for tag in TAG.findall(text_of(match.group(2) or "")):
                name = path.relative_to(TESTS).as_posix()
                tests.setdefault(tag, []).append((name, text_of(match.group(1))))
    return tests


def complaints(rows, tests):
    """What is wrong with the tags."""
    ours = {row[0] for row in rows if len(row) == 4}
    theirs = {row[0] for row in rows if len(row) == 5}
    yield from (f"{name} has no test" for name in sorted(ours - set(tests)))
    yield from (f"the tag {name} names no requirement" for name in sorted(set(tests) - ours - theirs))
    yield from (f"{name} is not the library's, and has a test" for name in sorted(theirs & set(tests)))


def cell(text):
    return text.replace("|", "\\|").replace("<", "&lt;")


def matrix(rows, tests):
    lines = [HEAD, "| requirement | section | role | what it demands | tests |", "|---|---|---|---|---|"]
    for row in rows:
        if len(row) == 4:
            held = "<br>".join(f"{file}: {cell(name)}" for file, name in tests[row[0]])
            lines.append("| " + " | ".join([*map(cell, row), held]) + " |")
    lines += ["", "## Not the library's", "",
              "| requirement | section | role | what it demands | why not |", "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(map(cell, row)) + " |" for row in rows if len(row) == 5]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--check", action="store_true",
                        help="write nothing; fail when MATRIX.md is out of date")
    arguments = parser.parse_args()
    rows = read_requirements(HERE / "requirements.txt")
    tests = read_tags()
    wrong = list(complaints(rows, tests))
    if wrong:
        fail("; ".join(wrong))
    path = HERE / "MATRIX.md"
    text = matrix(rows, tests)
    held = sum(len(row) == 4 for row in rows)
    if not arguments.check:
        path.write_text(text, encoding="utf-8")
    elif not path.exists() or path.read_text(encoding="utf-8") != text:
        fail("MATRIX.md is out of date: run tests/conformance/matrix.py")
    print(f"{held} requirements, each with a test; {len(rows) - held} are not the library's")


if __name__ == "__main__":
    main()
