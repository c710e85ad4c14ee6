"""The heads of opening handshakes, read once more, by BEHAVIOUR §2.2 alone: neither wsproto nor
this library is asked."""

import dataclasses
import re

TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
TEXT = rb"[\t -~\x80-\xff]*"
# That llhttp knows; those of RTSP it refuses later.
METHODS = (b"DELETE GET HEAD POST PUT CONNECT OPTIONS TRACE COPY LOCK MKCOL MOVE PROPFIND "
           b"PROPPATCH SEARCH UNLOCK BIND REBIND UNBIND ACL REPORT MKACTIVITY CHECKOUT MERGE "
           b"M-SEARCH NOTIFY SUBSCRIBE UNSUBSCRIBE PATCH PURGE MKCALENDAR LINK UNLINK "
           b"SOURCE").split()
BEGINNINGS = {method[:size] for method in [*METHODS, b"FLUSH"] for size in range(len(method))}
METHOD = rb"(?:" + rb"|".join(METHODS) + rb")"
# A path, a URL or a star.
AUTHORITY = rb"[0-9A-Za-z._!~*'():;&=+$,%@\[\]-]*"
TARGET = rb"(?:[/*][!-~]*|[A-Za-z]+://" + AUTHORITY + rb"(?:[/?][!-~]*)?)"
VERSION = rb"HTTP/(?:1\.[01]|2\.0|0\.9)"
REQUEST_LINE = re.compile(rb"(" + METHOD + rb") (" + TARGET + rb") (" + VERSION + rb")")
STATUS_LINE = re.compile(rb"(" + VERSION + rb") (\d{3})(?: " + TEXT + rb")?")
FIELD = re.compile(rb"(" + TOKEN + rb"):(" + TEXT + rb")")
# What may become one of them.
PART_OF_VERSION = rb"(?:H|HT|HTT|HTTP|HTTP/|HTTP/\d|HTTP/\d\.)?"
PART = {
    "server": re.compile(
        rb"|".join(sorted(BEGINNINGS)) + rb"|" + METHOD
        + rb"(?: (?:[A-Za-z]+(?::/?)?|" + TARGET + rb"(?: (?:" + PART_OF_VERSION + rb"|" + VERSION
        + rb"\r?))?)?)?"),
    "client": re.compile(
        PART_OF_VERSION + rb"|" + VERSION + rb"(?: (?:\d{0,3}|\d{1,3} " + TEXT + rb"|\d{3}(?: "
        + TEXT + rb")?\r))?"),
    "field": re.compile(rb"\r?|" + TOKEN + rb"|" + TOKEN + rb":" + TEXT + rb"\r?"),
}  # fmt: skip
PART_OF_FIELD = re.compile(rb"(" + TOKEN + rb"):(" + TEXT + rb")\r?")
CHUNKED_AND_MORE = re.compile(rb"(?:^|,)[ \t]*chunked[ \t]*,")
EXTENSION = re.compile(
    TOKEN + rb"(?:[ \t]*;[ \t]*" + TOKEN
    + rb"(?:[ \t]*=[ \t]*(?:" + TOKEN + rb'|"(?:\\?' + TOKEN[:-1] + rb')+"))?)*')
ELEMENT = re.compile(rb'(?:[^",]|"(?:\\.|[^"\\])*(?:"|\Z))*', re.S)


@dataclasses.dataclass
class Head:
    """One head: the parts of its first line, its fields, and where it ends."""

    line: tuple = ()
    fields: list = dataclasses.field(default_factory=list)
    end: int | None = None
    irregular: bool = False

    def values(self, name):
        return [value for field, value in self.fields if field == name]

    def joined(self, name):
        return b", ".join(self.values(name))

    def others(self, own):
        return [name + b": " + value for name, value in self.fields if name not in own]


def read(data, role):
    head = Head()
    *lines, rest = data.split(b"\n")
    at = 0
    for index, line in enumerate(lines):
        at += len(line) + 1
        if line == b"\r" and index:
            head.end = at
            head.irregular = is_irregular_as_a_whole(head, role)
            return head
        head.irregular = not take(head, line, role) or is_framed_badly(head, role)
        if head.irregular:
            return head
    take_part(head, rest, role)
    return head


def take(head, line, role):
    """Whether it is a line as RFC 9112 has it."""
    first = REQUEST_LINE if role == "server" else STATUS_LINE
    is_first = not head.line
    match = (first if is_first else FIELD).fullmatch(line[:-1]) if line.endswith(b"\r") else None
    if match and is_first:
        head.line = match.groups(b"")
    elif match:
        # llhttp misses a length only when something else comes.
        head.irregular = b"" in head.values(b"content-length")
        head.fields.append((match[1].lower(), match[2].strip(b" \t")))
    return bool(match) and not head.irregular


def take_part(head, rest, role):
    """What there is of the last line."""
    head.irregular = not PART["field" if head.line else role].fullmatch(rest)
    if rest and b"" in head.values(b"content-length"):
        head.irregular = True
    match = PART_OF_FIELD.fullmatch(rest) if head.line else None
    if match and match[2].strip(b" \t\r"):
        begun = Head(fields=[*head.fields, (match[1].lower(), match[2].strip(b" \t\r"))])
        head.irregular = head.irregular or is_framed_badly(begun, role)


def is_framed_badly(head, role):
    """What llhttp says of the length of a body, at once."""
    lengths = head.values(b"content-length")
    if len(lengths) > 1 or any(length and not length.isdigit() for length in lengths):
        return True
    codings = head.joined(b"transfer-encoding").lower()
    return role == "server" and bool(CHUNKED_AND_MORE.search(codings))


def is_irregular_as_a_whole(head, role):
    """What is looked at when the head is complete."""
    lengths, codings = head.values(b"content-length"), head.values(b"transfer-encoding")
    if lengths and (codings or b"" in lengths):
        return True
    return role == "client" and head.line[1] < b"100"


def elements(value):
    """Of a list, in which quoted strings stay whole and empty elements are none."""
    found = []
    while value:
        size = ELEMENT.match(value).end()
        found.append(value[:size].strip(b" \t"))
        value = value[size + 1:]
    return [each for each in found if each]


def lists(head, name, token):
    return token in [each.lower() for each in elements(head.joined(name))]


def is_extension_list(head, name):
    found = elements(head.joined(name))
    return bool(found) and all(EXTENSION.fullmatch(each) for each in found)


def is_token_list(head, name):
    found = elements(head.joined(name))
    return bool(found) and len(set(found)) == len(found) and all(
        re.fullmatch(TOKEN, each) for each in found)


def parameters(element):
    """A permessage-deflate that can be agreed on, as parameters without quotes; else nothing."""
    name, *parts = [part.strip(b" \t") for part in element.split(b";")]
    if name.lower() != b"permessage-deflate" or not EXTENSION.fullmatch(element):
        return None
    result = {}
    for part in parts:
        key, equals, value = part.lower().partition(b"=")
        value = value[1:-1].replace(b"\\", b"") if value.startswith(b'"') else value
        good = value in map(b"%d".__mod__, range(8, 16))
        if key.endswith(b"_no_context_takeover"):
            good = not equals
        elif key == b"client_max_window_bits":
            good = good or not equals
        known = key in KNOWN
        if key in result or not known or not good:
            return None
        result[key] = value
    return result


KNOWN = [b"client_no_context_takeover", b"server_no_context_takeover", b"client_max_window_bits",
         b"server_max_window_bits"]
