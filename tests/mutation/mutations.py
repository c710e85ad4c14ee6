"""Finds what can be broken in a C++ header, one small change at a time.

It reads text, not a syntax tree, and relies on the spacing of clang-format: binary operators have
spaces around them, template brackets and references have not. It compiles and runs nothing.
"""

import dataclasses
import re

OPERATORS = {
    '<': '<=', '<=': '<', '>': '>=', '>=': '>', '==': '!=', '!=': '==', '&&': '||', '||': '&&',
    '+': '-', '-': '+', '+=': '-=', '-=': '+=', '|': '&', '&': '|', '<<': '>>', '>>': '<<',
}
WORDS = {'true': 'false', 'false': 'true', 'std::min': 'std::max', 'std::max': 'std::min'}
TYPE_BLOCK = re.compile(r'\b(namespace|class|struct|enum|union)\b[^()=]*$')
ASSIGNMENT = re.compile(r'[\w:.\->\[\]()*+]*[\w\])]\s(?:[-+*/|&^]|<<|>>)?=\s')
VALUE_BRACE = re.compile(r'([^\s]|[=,(?:+|&]\s+|\breturn\s+)$')
CALL = re.compile(r'[\w:.\->\[\]()*<>]+\(.*\)$', re.S)
DECLARATION = re.compile(r'(const|auto|using|static|static_assert|constexpr|return|template|friend|'
                         r'throw|goto|typedef|explicit|public|private|case|default)\b')


@dataclasses.dataclass(frozen=True)
class Mutation:
    """`text[start:end]` becomes `replacement`; `name` tells it from others on its line."""
    start: int
    end: int
    replacement: str
    kind: str
    line_number: int
    line: str
    name: str
    span: int  # how many lines it goes on

    def apply(self, text):
        return text[:self.start] + self.replacement + text[self.end:]


def blank(text):
    """The same with spaces for comments, literals, directives, and assertions of the compiler."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<![\w])\'(?:\\.|[^\'\\\n])+\''
                         r'|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*|\bstatic_assert\([^;]*;|\[\[[^\]]*\]\]',
                         re.S | re.M)
    return pattern.sub(lambda match: re.sub(r'[^\n]', ' ', match.group()), text)


def closing(code, start):
    """Where the parenthesis that opens at `start` closes."""
    depth = 0
    for at in range(start, len(code)):
        depth += {'(': 1, ')': -1}.get(code[at], 0)
        if depth == 0:
            return at
    return len(code)


def operators(code):
    for match in re.finditer(r'(?<=[\s])(<<|>>|[-+]=|[<>=!]=|&&|\|\||[-+<>|&])(?=\s)', code):
        yield match.start(), match.end(), OPERATORS[match.group()], 'operator'
    for match in re.finditer(r'\b(true|false|std::min|std::max)\b', code):
        yield match.start(), match.end(), WORDS[match.group()], 'word'
    for match in re.finditer(r'\+\+|--', code):
        yield match.start(), match.end(), '--' if match.group() == '++' else '++', 'step'
    for match in re.finditer(r'!(?=[\w(:])', code):
        yield match.start(), match.end(), '', 'not'


def numbers(code):
    for match in re.finditer(r"(?<![\w.'])(0[xX][\da-fA-F']+|\d[\d']*)([uUlLzZ]*)(?![\w.])", code):
        value = int(match.group(1).replace("'", ''), 0 if 'x' in match.group(1).lower() else 10)
        for other in {value + 1, max(0, value - 1)} - {value}:
            yield match.start(), match.end(), f'{other}{match.group(2)}', 'number'


def conditions(code):
    for match in re.finditer(r'\bif \(', code):
        first, last = match.end(), closing(code, match.end() - 1)
        first += code[first:last].rfind(';') + 1
        if not re.match(r'\s*(const )?(auto|[\w:]+)[*&]? \w+ = ', code[first:last]):
            yield first, last, False
            yield first, last, True


def statements(code):
    """Assignments, calls, steps and jumps that a function could do without."""
    functions = [False]
    start = depth = 0
    values = []  # of open braces: whether they belong to an expression
    for match in re.finditer(r'[(){};]', code):
        is_value = False
        if match.group() == '{':
            values.append(bool(VALUE_BRACE.search(code[start:match.start()])))
            is_value = values[-1]
        elif match.group() == '}':
            is_value = values.pop()
        if is_value or match.group() in '()':
            depth += 1 if match.group() in '({' else -1
            continue
        if depth != 0:
            continue
        before = code[start:match.start()]
        if match.group() == ';' and functions[-1] and is_needless(before.strip()):
            yield match.start() - len(before.lstrip()), match.end()
        if match.group() == '{':
            functions.append(not TYPE_BLOCK.search(before))
        elif match.group() == '}':
            functions.pop()
        start = match.end()


def is_needless(statement):
    statement = re.sub(r'^(else )?(if|while|for) \(.*?\) (?=\w)', '', statement)
    if DECLARATION.match(statement):
        return False
    return bool(ASSIGNMENT.match(statement) or CALL.match(statement) or
                re.match(r'(\+\+|--)[\w.\->]+$|[\w.\->]+(\+\+|--)$|(break|continue)$', statement))


def changes(text, code):
    for start, end, replacement, kind in [*operators(code), *numbers(code)]:
        yield start, end, replacement, kind, f'{text[start:end]} -> {replacement or "nothing"}'
    for start, end, value in conditions(code):
        extra = '|| true' if value else '&& false'
        condition = ' '.join(text[start:end].split())
        yield start, end, f' ({text[start:end]}) {extra}', 'condition', f'if ({condition}) -> {extra[3:]}'
    for start, end in statements(code):
        yield start, end, ';', 'statement', f'without {" ".join(text[start:end].split())}'


def find(text):
    """All mutations of a header, in the order of the text; names are unique on a line."""
    code = blank(text)
    lines = text.split('\n')
    found = []
    seen = {}
    for start, end, replacement, kind, name in sorted(changes(text, code)):
        number = text.count('\n', 0, start)
        seen[number, name] = seen.get((number, name), 0) + 1
        if seen[number, name] > 1:
            name = f'{name} #{seen[number, name]}'
        found.append(Mutation(start, end, replacement, kind, number + 1, lines[number].strip(),
                              name, text.count('\n', start, end)))
    return found
