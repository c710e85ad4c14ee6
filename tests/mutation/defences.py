#!/usr/bin/env python3
"""Takes the defences of defences.txt out of the library, one at a time, and sees the tests fail.

The tests of each pass on the library as it is, first. The tree is copied; the checkout is never
touched.
"""

import argparse
import dataclasses
import pathlib
import re
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True  # the checkout stays as it is

import build

TABLE = pathlib.Path(__file__).with_name('defences.txt')
VALGRIND = shutil.which('valgrind')
SECONDS = 100  # of processor time, for the test cases of a defence
PLACE = re.compile(r'in (\S+), seen by ([^\s:]+)(?:: (.+))?')


@dataclasses.dataclass
class Defence:
    attack: str
    header: str
    test: str
    cases: str  # a pattern of names of test cases
    line_number: int  # in the table
    taken: list
    put: list = dataclasses.field(default_factory=list)
    excuse: str = ''  # why no test fails

    def __str__(self):
        return f'{self.attack}: {self.header}: {" ".join(self.taken[0].split())}'

    def found(self, text):
        """Where the header has what is taken out, however it is indented."""
        words = ' '.join(self.taken).split()
        return list(re.finditer(r'\s+'.join(map(re.escape, words)), text))

    def apply(self, text):
        match, = self.found(text)
        return text[:match.start()] + '\n'.join(self.put) + text[match.end():]


def read(path):
    attack, defences = '', []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        place = PLACE.fullmatch(line)
        if not line or line.startswith('#'):
            continue
        if line.startswith('[') and line.endswith(']'):
            attack = line[1:-1]
        elif place and attack:
            header, test, cases = place.groups()
            defences.append(Defence(attack, header, test, cases or attack + '*', number, []))
        elif defences and line[:2] in ('- ', '+ '):
            (defences[-1].taken if line[0] == '-' else defences[-1].put).append(line[2:])
        elif defences and line.startswith('= '):
            defences[-1].excuse = line[2:]
        else:
            sys.exit(f'{path}:{number}: not understood: {line}')
    return defences


def complaints(defences):
    """Where the table does not fit to the library, or to the tests."""
    for one in defences:
        header = build.ROOT / 'include/wsproto' / one.header
        if not (build.ROOT / 'tests' / (one.test + '.cpp')).exists():
            yield f'{TABLE}:{one.line_number}: there is no tests/{one.test}.cpp'
        if not header.exists():
            yield f'{TABLE}:{one.line_number}: there is no header {one.header}'
        elif not one.taken:
            yield f'{TABLE}:{one.line_number}: nothing is taken out'
        elif (count := len(one.found(header.read_text()))) != 1:
            yield (f'{TABLE}:{one.line_number}: what is taken out has to stand in {one.header} '
                   f'once, not {count} times')


class Tree(build.Tree):
    """Compiles and runs the tests of one defence at a time."""

    def __init__(self, directory, options):
        super().__init__(directory, options, ['-O1'])
        self.prepare_shared()
        self.precompiled = self.precompile_others()

    def program(self, test, what):
        """The program of a test file with the headers as they are now, which is `what`; nothing
        if a static assertion fails."""
        target, binary = self.directory / 'test.o', self.directory / 'test'
        compiled = self.compile(self.test_file(test), target, self.precompiled)
        if build.asserted(compiled):
            return None
        build.require(compiled, what)
        objects = [] if by_memcheck(test) else self.objects.values()
        build.require(self.link(target, binary, objects), what)
        return binary

    def fails(self, defence, binary):
        """How its test cases fail, if they do."""
        if not binary:
            return 'static assertion'
        if by_memcheck(defence.test):
            return self.outcome([VALGRIND, '-q', '--error-exitcode=1', str(binary)], SECONDS)
        cases = defence.cases.replace(',', '\\,')  # a comma ends a pattern
        return self.outcome([str(binary), '--abort', cases], SECONDS)

    def fails_without(self, defence):
        path = self.directory / 'include/wsproto' / defence.header
        whole = path.read_text()
        try:
            path.write_text(defence.apply(whole))
            return self.fails(defence, self.program(defence.test, f'without {defence}'))
        finally:
            path.write_text(whole)


def by_memcheck(test):
    return test.startswith('memcheck/')


def run(tree, defences):
    """Prints a line for each; returns how many were not as the table says."""
    wrong = 0
    for test in dict.fromkeys(one.test for one in defences):
        if by_memcheck(test) and not VALGRIND:
            print(f'not tried: {test}: there is no valgrind', flush=True)
            continue
        binary = tree.program(test, test)
        of_test = [one for one in defences if one.test == test]
        for cases, defence in {one.cases: one for one in of_test}.items():
            if how := tree.fails(defence, binary):
                sys.exit(f'{test}: {cases}: {how} with all defences')
        for defence in of_test:
            noticed = bool(tree.fails_without(defence))
            as_told = noticed != bool(defence.excuse)
            wrong += not as_told
            outcome = ('' if noticed else 'not ') + 'noticed'
            print(f'{outcome if as_told else outcome.upper()}: {defence}'
                  f'{f" ({defence.excuse})" if defence.excuse else ""}', flush=True)
    return wrong


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n', maxsplit=1)[0])
    parser.add_argument('--attack', default='', metavar='TEXT',
                        help='only those against attacks whose name has this')
    parser.add_argument('--list', action='store_true', help='show the defences, run nothing')
    build.add_arguments(parser)
    return parser.parse_args()


def main():
    options = parse_arguments()
    defences = [one for one in read(TABLE) if options.attack in one.attack]
    if found := list(complaints(defences)) or not defences:
        sys.exit('\n'.join(found) if defences else f'no attack is called {options.attack}')
    if options.list:
        print('\n'.join(map(str, defences)))
        return 0
    with tempfile.TemporaryDirectory(prefix='wsproto-defences-') as scratch:
        wrong = run(Tree(pathlib.Path(scratch) / 'tree', options), defences)
    print(f'{len(defences)} defences, {wrong} of them not as {TABLE.name} says')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
