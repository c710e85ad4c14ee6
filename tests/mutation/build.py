"""A copy of the sources in which headers are broken, compiled and restored; and test programs.

It knows how to compile and to run, not what to break or what an outcome means to the user.
"""

import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys


import switches

ROOT = pathlib.Path(__file__).resolve().parents[2]
WIDER = ['detail/frame_encoder', 'frame_decoder', 'message_decoder', 'frame_protocol',
         'permessage_deflate', 'handshake', 'ws_connection', 'connection', 'event_range']
MEMORY = 1 << 30
COMPILE_SECONDS = 900


class Includes:
    """Which headers of the project and of others a file includes, directly and indirectly."""

    def __init__(self, root):
        self.root = root
        self.known = {}

    def direct(self, path):
        if path not in self.known:
            found = re.findall(r'^#include ([<"][^>"]+)[>"]', path.read_text(), re.M)
            self.known[path] = [(name[0] == '"', name[1:]) for name in found]
        return self.known[path]

    def of(self, path):
        """The files of the project that `path` reaches, and the names of all others."""
        files, others, waiting = set(), set(), [path]
        while waiting:
            for quoted, name in self.direct(waiting.pop()):
                file = self.root / ('tests' if quoted else 'include') / name
                if not file.exists():
                    others.add(name)
                elif file not in files:
                    files.add(file)
                    waiting.append(file)
        return files, others


class Tree:
    """The copy, and what is compiled once for all test programs."""

    def __init__(self, directory, options, extra_flags=()):
        self.directory = directory
        self.options = options
        for part in ('include', 'tests'):
            shutil.copytree(ROOT / part, directory / part,
                            ignore=shutil.ignore_patterns('benchmark', '__pycache__'))
        self.includes = Includes(directory)
        self.flags = ['-std=c++20', '-w', f'-I{directory}/include', f'-I{directory}/tests',
                      *(f'-isystem{path}' for path in options.include
                        if path not in ('', '/usr/include')),  # where the compiler looks anyway
                      *extra_flags]
        self.objects = {pathlib.Path(path).name.removesuffix('.o'): path
                        for path in options.object}

    def run(self, command, seconds, output=subprocess.PIPE, environment=None):
        def limited():
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
        return subprocess.run(command, cwd=self.directory, stdin=subprocess.DEVNULL,
                              stdout=output, stderr=output, text=True, errors='replace',
                              timeout=20 * seconds, preexec_fn=limited, check=False,
                              env=environment)

    def compile(self, source, target, extra=()):
        return self.run([*self.options.compiler.split(), *self.flags, *extra, '-c', str(source),
                         '-o', str(target)], COMPILE_SECONDS)

    def precompile(self, name, quoted, bracketed):
        """The options that use a precompiled header with those files and standard headers."""
        text = ''.join(f'#include "{file}"\n' for file in quoted)
        text += ''.join(f'#include <{header}>\n' for header in sorted(bracketed)
                        if not set(header) & {'/', '.'})
        (self.directory / name).write_text(text)
        clang = 'clang' in self.options.compiler
        target = self.directory / (name + ('.pch' if clang else '.gch'))
        target.unlink(missing_ok=True)
        require(self.compile(name, target, ['-x', 'c++-header']), 'the precompiled header')
        return ['-include-pch', str(target)] if clang else ['-include', str(self.directory / name)]

    def precompile_others(self):
        """The same for Catch2 and all headers of others that the library includes."""
        others = {name for path in self.directory.glob('include/**/*.hpp')
                  for quoted, name in self.includes.direct(path) if not quoted}
        others = {name for name in others if not (self.directory / 'include' / name).exists()}
        return self.precompile('all.hpp', [self.directory / 'tests/catch.hpp'], others)

    def shared_sources(self):
        """The entry point of the tests and what they share."""
        tests = self.directory / 'tests'
        return [tests / 'main.cpp', tests / 'support.cpp', *sorted(tests.glob('support_*.cpp'))]

    def prepare_shared(self):
        for source in self.shared_sources():
            if source.name not in self.objects:
                self.objects[source.name] = self.directory / (source.stem + '.o')
                require(self.compile(source, self.objects[source.name]), source.name)

    def link(self, target, binary, objects):
        return self.run([*self.options.compiler.split(), str(target), *map(str, objects),
                         *self.options.link, '-o', str(binary)], COMPILE_SECONDS)

    def outcome(self, command, seconds, environment=None):
        """None if the tests that the command runs pass, else how not."""
        try:
            ran = self.run(command, seconds, subprocess.DEVNULL, environment)
        except subprocess.TimeoutExpired:
            return 'timeout'
        return 'timeout' if ran.returncode in (-24, -9) else 'killed' if ran.returncode else None

    def outcome_of_all(self, binary, seconds, environment=None):
        return self.outcome([str(binary), '--abort'], seconds, environment)

    def test_file(self, name):
        return self.directory / 'tests' / (name + '.cpp')

    def tests_of(self, header):
        """The test file of the same name, and those wider ones that the header is part of."""
        path = self.directory / 'include/wsproto' / header
        return list(dict.fromkeys(name for name in [header.removesuffix('.hpp'), *WIDER]
                                  if path in self.includes.of(self.test_file(name))[0]))


def add_arguments(parser):
    """What a tree needs to compile and to link tests."""
    parser.add_argument('--compiler', default=os.environ.get('CXX', 'clang++'),
                        help='GCC or Clang, which is twice as fast (%(default)s)')
    parser.add_argument('--include', action='append', default=[], metavar='DIRECTORY',
                        help='where llhttp.h and Catch2 are, if the compiler does not know')
    parser.add_argument('--object', action='append', default=[], metavar='FILE',
                        help='tests/main.cpp or tests/support*.cpp, compiled before')
    parser.add_argument('--link', action='append', default=[], metavar='FILE',
                        help='what tests are linked with: llhttp, zlib, Catch2 3')


def require(result, what):
    if result.returncode != 0:
        sys.exit(f'cannot build {what}:\n{result.stdout}\n{result.stderr}')


def asserted(compiled):
    """Whether a static assertion of a test has failed."""
    return re.search(r'static.assert(ion)? failed', compiled.stderr)


def measured(action):
    """What `action` returns, and the processor time that its child processes took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = action()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return result, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class OneByOne(Tree):
    """Judges a mutation by writing it into the header and compiling the tests again."""

    def __init__(self, directory, options):
        super().__init__(directory, options, ['-O0'])
        self.header = None
        self.times = {}

    def begin(self, header):
        """Compiles all that does not depend on `header` into one precompiled header."""
        if self.header == header:
            return
        self.header = header
        self.path = self.directory / 'include/wsproto' / header
        self.original = self.path.read_text()
        self.tests = self.tests_of(header)[:1 if self.options.narrow else None]
        reached, others = set(), set()
        for name in self.tests:
            files, names = self.includes.of(self.test_file(name))
            reached |= files
            others |= names
        unrelated = sorted(file for file in reached - {self.path} if file.suffix == '.hpp' and
                           self.path not in self.includes.of(file)[0])
        self.precompiled = self.precompile('unrelated.hpp',
                                           [self.directory / 'tests/catch.hpp', *unrelated], others)
        self.times = {}

    def judge(self, mutation, tests):
        try:
            self.path.write_text(mutation.apply(self.original))
            # Classes of another size would not fit to the objects that were compiled before.
            layout = 'std::array<' in mutation.line or 'constexpr' in mutation.line
            objects = self.recompiled() if layout else self.objects.values()
            for name in tests:
                outcome = self.attempt(name, objects, self.limit(name))
                if outcome:
                    return outcome, name
            return 'survived', ''
        finally:
            self.path.write_text(self.original)

    def limit(self, name):
        """The time limit of a test, which is run once without any mutation."""
        if name not in self.times:
            broken = self.path.read_text()
            self.path.write_text(self.original)
            outcome, seconds = measured(lambda: self.attempt(name, self.objects.values(), 600))
            if outcome:
                sys.exit(f'tests/{name}.cpp fails without any mutation: {outcome}')
            self.times[name] = max(self.options.timeout, 5 * seconds)
            self.path.write_text(broken)
        return self.times[name]

    def attempt(self, name, objects, seconds):
        """Compiles and runs a test file: why it fails, or nothing."""
        target, binary = self.directory / 'test.o', self.directory / 'test'
        compiled = self.compile(self.test_file(name), target, self.precompiled)
        if compiled.returncode != 0:
            return 'killed' if asserted(compiled) else 'not compiling'
        # The first definition of an inline function is the one that is linked: the broken one.
        if self.link(target, binary, objects).returncode != 0:
            return 'not compiling'
        return self.outcome_of_all(binary, seconds)

    def recompiled(self):
        objects = []
        for source in self.shared_sources():
            objects.append(self.objects[source.name])
            if self.path in self.includes.of(source)[0]:
                objects[-1] = self.directory / ('broken_' + source.stem + '.o')
                if self.compile(source, objects[-1]).returncode != 0:
                    objects[-1].unlink(missing_ok=True)
        return objects


class AllAtOnce(Tree):
    """Judges mutations by switching them on in test programs that hold all of them."""

    def __init__(self, directory, options, numbered, objects):
        switch = pathlib.Path(__file__).with_name('switch.hpp')
        super().__init__(directory, options, ['-O1', '-include', str(directory / switch.name)])
        shutil.copy(switch, directory)
        if 'clang' in options.compiler:
            self.flags += ['-fconstexpr-steps=1000000000', '-ferror-limit=0',
                           '-Wno-c++11-narrowing']
        else:
            self.flags += ['-fconstexpr-ops-limit=10000000000', '-Wno-narrowing']
        self.objects = objects
        self.numbered = numbered  # by header: numbers and mutations
        self.left_out = set()
        self.programs = {}
        self.written = {}
        self.originals = {header: (ROOT / 'include/wsproto' / header).read_text()
                          for header in numbered}
        self.precompiled = self.precompile_others()
        self.write()

    def write(self):
        self.numbers = set()
        for header, numbered in self.numbered.items():
            text, numbers = switches.switched(self.originals[header], numbered, self.left_out)
            self.numbers |= numbers
            if self.written.get(header) != text:
                (self.directory / 'include/wsproto' / header).write_text(text)
                self.written[header] = text

    def compile_patiently(self, source, target, extra):
        """Compiles, leaving out what does not compile behind a switch."""
        for _ in range(40):
            result = self.compile(source, target, extra)
            if result.returncode == 0:
                return
            bad = switches.to_leave_out(result.stderr, self.numbered) - self.left_out
            if not bad:
                require(result, source.name)
            self.left_out |= bad
            self.write()
        sys.exit(f'{source.name} does not compile with any switches')

    def program(self, name):
        """The program of a test file, the switches it has, and the time it takes."""
        if name not in self.programs:
            target = self.directory / 'test.o'
            binary = self.directory / ('test_' + name.replace('/', '_'))
            self.compile_patiently(self.test_file(name), target, self.precompiled)
            numbers = set(self.numbers)
            require(self.link(target, binary, self.objects.values()), name)
            outcome, seconds = measured(lambda: self.outcome_of_all(binary, 600))
            if outcome:
                sys.exit(f'tests/{name}.cpp fails with no switch on: {outcome}')
            self.programs[name] = binary, numbers, seconds
        return self.programs[name]

    def judge(self, header, number, narrow):
        """The outcome and the test, or nothing where no test holds the switch."""
        reached = False
        for name in self.tests_of(header)[:1 if narrow else None]:
            binary, numbers, seconds = self.program(name)
            if number not in numbers:
                continue
            mark = self.directory / 'reached'
            mark.unlink(missing_ok=True)
            environment = {**os.environ, 'WSPROTO_MUTATION': str(number),
                           'WSPROTO_MUTATION_REACHED': str(mark)}
            limit = max(self.options.timeout, 5 * seconds)
            outcome = self.outcome_of_all(binary, limit, environment)
            if outcome:
                return outcome, name
            reached = reached or mark.exists()
        return ('survived', '') if reached else None
