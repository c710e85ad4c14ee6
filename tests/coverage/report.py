"""What the tests run of each header: merges their profiles, and shows lines and branches.

A line or a branch counts as run where any instantiation of a template runs it. What uncovered.txt
names counts as none. Fails where a line is not run that is not named, where a header or all of them
are below the limits, and where uncovered.txt names something that any machine runs, is not there, or
is several lines.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys

MIN_LINES = 99.0
MIN_BRANCHES = 95.0

Header = collections.namedtuple("Header", "lines missed_lines branches missed_branches")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--profdata-tool", required=True, help="llvm-profdata")
    parser.add_argument("--cov-tool", required=True, help="llvm-cov, of the compiler's version")
    parser.add_argument("--profiles", required=True, type=pathlib.Path,
                        help="directory of *.profraw; they are removed once merged")
    parser.add_argument("--headers", required=True, type=pathlib.Path)
    parser.add_argument("--uncovered", required=True, type=pathlib.Path,
                        help="what cannot be covered: HEADER | LINE, below a comment with the reason;"
                             " LINE BEFORE \\n LINE where a header has several of that text;"
                             " behind a question mark what other machines may run")
    parser.add_argument("programs", nargs="+")
    return parser.parse_args()


def merge_profiles(arguments):
    merged = arguments.profiles / "merged.profdata"
    raw = sorted(arguments.profiles.glob("*.profraw"))
    if raw:
        subprocess.run([arguments.profdata_tool, "merge", "-sparse", *raw, "-o", merged], check=True)
        for profile in raw:
            profile.unlink()
    elif not merged.exists():
        sys.exit(f"coverage: no profiles in {arguments.profiles}: run the tests first")
    return merged


def export(arguments, profile, *options):
    first, *others = arguments.programs
    objects = [word for program in others for word in ("-object", program)]
    command = [arguments.cov_tool, "export", *options, f"-instr-profile={profile}", first, *objects,
               arguments.headers]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def count_lines(text):
    """Executions by file and line, from the lcov format."""
    files = {}
    for row in text.splitlines():
        key, _, value = row.partition(":")
        if key == "SF":
            lines = files.setdefault(value, collections.Counter())
        elif key == "DA":
            number, count = value.split(",")[:2]
            lines[int(number)] += int(count)
    return files


def count_branches(text):
    """Executions by file and by place and outcome of a condition, from the JSON format."""
    files = {}
    for entry in json.loads(text)["data"][0]["files"]:
        counts = files.setdefault(entry["filename"], collections.Counter())
        for line, column, end_line, end_column, when_true, when_false, *_ in entry["branches"]:
            place = (line, column, end_line, end_column)
            counts[*place, True] += when_true
            counts[*place, False] += when_false
    return files


def read_uncovered(path):
    """What is excused: a header and the text of a line, or of two joined by " \\n "; and whether
    other machines may run it."""
    rows = [row.strip() for row in path.read_text().splitlines()]
    rows = [row for row in rows if row and not row.startswith("#")]
    return {tuple(part.strip() for part in row.removeprefix("? ").split(" | ", 1)):
            row.startswith("? ") for row in rows}


class Judge:
    """Sorts what is not run into what cannot be, and what is missed."""

    def __init__(self, excuses):
        self.excuses = excuses  # and whether it may turn out to be none
        self.used = {}  # the numbers of the lines that each one excuses
        self.missed = []

    def misses(self, name, number, source, what):
        text = source[number - 1].strip()
        for excuse in text, f"{source[number - 2].strip()} \\n {text}":
            if (name, excuse) in self.excuses:
                self.used.setdefault((name, excuse), set()).add(number)
                return False
        self.missed.append(f"{name}:{number}: {what}: {text}")
        return True

    def complaints(self):
        """What is wrong with the excuses: each has to stand for one line, or perhaps for none."""
        for excuse, may_be_run in sorted(self.excuses.items()):
            excused = len(self.used.get(excuse, ()))
            if excused == 0 and not may_be_run:
                yield f"is stale, this is run or not there: {' | '.join(excuse)}"
            elif excused > 1:
                yield f"excuses {excused} lines, name the one before it: {' | '.join(excuse)}"


def has_no_code(line):
    """Such a line ends what is before it, and counts as executed or not as that does."""
    return line.strip() == "}" or line.startswith("#")


def is_up_to_compiler(line):
    """Such a condition counts neither outcome in any instantiation; a defaulted comparison, never
    that two are different."""
    return ("if constexpr" in line or "is_constant_evaluated()" in line
            or line.rstrip().endswith("= default;"))


def judge_header(name, source, lines, branches, judge):
    lines = {number: count for number, count in lines.items()
             if not has_no_code(source[number - 1])}
    branches = {place: count for place, count in branches.items()
                if not is_up_to_compiler(source[place[0] - 1])}
    missed_lines = sum(judge.misses(name, number, source, "never run")
                       for number, count in sorted(lines.items()) if count == 0)
    missed_branches = sum(
        judge.misses(name, place[0], source, f"never {str(place[-1]).lower()}, column {place[1]}")
        for place, count in sorted(branches.items()) if count == 0)
    return Header(len(lines), missed_lines, len(branches), missed_branches)


def percent(all_of_them, missed):
    return 100.0 if all_of_them == 0 else 100.0 * (all_of_them - missed) / all_of_them


def is_enough(header):
    return (percent(header.lines, header.missed_lines) >= MIN_LINES
            and percent(header.branches, header.missed_branches) >= MIN_BRANCHES)


def show(name, header):
    print(f"{name:44} {header.lines:6} {header.missed_lines:4} "
          f"{percent(header.lines, header.missed_lines):8.2f} {header.branches:8} "
          f"{header.missed_branches:4} {percent(header.branches, header.missed_branches):8.2f}")


def main():
    arguments = parse_arguments()
    profile = merge_profiles(arguments)
    lines = count_lines(export(arguments, profile, "-format=lcov"))
    branches = count_branches(export(arguments, profile, "-skip-functions", "-skip-expansions"))
    judge = Judge(read_uncovered(arguments.uncovered))

    print(f"{'header':44} {'lines':>6} {'miss':>4} {'%':>8} {'branches':>8} {'miss':>4} {'%':>8}")
    total = Header(0, 0, 0, 0)
    too_little = []
    for filename in sorted(lines):
        path = pathlib.Path(filename)
        name = str(path.relative_to(arguments.headers))
        source = path.read_text().splitlines()
        header = judge_header(name, source, lines[filename], branches.get(filename, {}), judge)
        show(name, header)
        if not is_enough(header):
            too_little.append(name)
        total = Header(*map(sum, zip(total, header)))
    show("all", total)

    print("".join(f"{miss}\n" for miss in judge.missed), end="")
    complaints = [f"{arguments.uncovered.name} {complaint}" for complaint in judge.complaints()]
    if total.missed_lines != 0:
        complaints.append(f"{total.missed_lines} lines are never run, and {arguments.uncovered.name}"
                          " does not say why")
    if too_little or not is_enough(total):
        complaints.append(f"too little of {', '.join(too_little) or 'all'}: wanted are {MIN_LINES} %"
                          f" of lines, {MIN_BRANCHES} % of branches")
    print("".join(f"coverage: {complaint}\n" for complaint in complaints), end="")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
