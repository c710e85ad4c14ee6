"""Puts many mutations of a header into one text, each behind a switch, to compile them once.

switch.hpp holds the switches. Not every mutation can be switched: short-circuit operators, steps,
and whatever the compiler has to know; what does not compile is left out, line by line.
"""

import re

INFIX = {'<', '<=', '>', '>=', '==', '!=', '+', '-', '|', '&', '<<', '>>'}


def edits(number, mutation, text):
    """Insertions and replacements as (start, end, rank, new text), or nothing."""
    start, end, old = mutation.start, mutation.end, text[mutation.start:mutation.end]
    if mutation.kind == 'operator' and old in INFIX:
        return [(start, end, 0, f'{old} ::mutation::Infix<{number}>{{}} {old}')]
    if mutation.kind == 'not':
        return [(start, end, 0, f'::mutation::on({number}) != !')]
    if mutation.kind == 'number' or old in ('true', 'false'):
        return [(start, start, 0, f'::mutation::pick({number}, '),
                (end, end, 0, f', {mutation.replacement})')]
    if mutation.kind == 'condition':
        value = 'false' if mutation.replacement.endswith('false') else 'true'
        return [(start, start, start - end, f' ::mutation::on({number}) ? {value} : bool('),
                (end, end, end - start, ')')]
    if mutation.kind == 'statement':
        return [(start, start, start - end, f'{{ if (!::mutation::on({number})) {{ '),
                (end, end, end - start, ' } }')]
    return []


def switched(text, numbered, left_out):
    """The text with all that can be switched, and the numbers of those.

    `left_out` are numbers. Ranks order insertions at one place: the widest range outside.
    """
    every, numbers = [], set()
    for number, mutation in numbered:
        made = [] if number in left_out else edits(number, mutation, text)
        if made:
            numbers.add(number)
        every += made
    every.sort(key=lambda edit: (edit[0], edit[1], edit[2]))
    result, at = [], 0
    for start, end, _, new in every:
        result += [text[at:start], new]
        at = max(at, end)
    return ''.join([*result, text[at:]]), numbers


def to_leave_out(errors, headers):
    """Numbers of the mutations on the lines of `headers` that a compiler complains about."""
    places = set(re.findall(r'include/wsproto/([\w/]+\.hpp):(\d+):', errors))
    found = set()
    for header, line in places:
        for number, mutation in headers.get(header, []):
            last = mutation.line_number + mutation.span
            if mutation.line_number <= int(line) <= last:
                found.add(number)
    return found
