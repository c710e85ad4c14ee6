"""The heads of opening handshakes, read once more, by BEHAVIOUR §2.2 alone: neither wsproto nor
this library is asked."""

import dataclasses
import re

TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
TEXT = rb"[\t -~\x80-\xff]*"
# A method that llhttp knows, of those that streams have; a target that is a path, a URL or a star.
METHOD = rb"(?:GET|POST|HEAD|OPTIONS)"
TARGET = rb"(?:[/*]|[A-Za-z]+://)[!-~]*"
VERSION = rb"HTTP/(?:1\.[01]|2\.0|0\.9)"
REQUEST_LINE = re.compile(rb"(" + METHOD + rb") (" + TARGET + rb") (" + VERSION + rb")")
STATUS_LINE = re.compile(rb"(" + VERSION + rb") (\d{1,3})(?: " + TEXT + rb")?")
FIELD = re.compile(rb"(" + TOKEN + rb"):(" + TEXT + rb")")
# What may become one of them.
PART = {
    "server": re.compile(
        rb"(?:G|GE|P|PO|POS|H|HE|HEA|O|OP|OPT|OPTI|OPTIO|OPTION)?|" + METHOD
        + rb"(?: (?:" + TARGET + rb"(?: [!-~]*\r?)?|[A-Za-z]+:?/?)?)?"),
    "client": re.compile(
        rb"(?:H|HT|HTT|HTTP|HTTP/|HTTP/\d|HTTP/\d\.)?"
        rb"|HTTP/\d\.\d(?: (?:\d{0,3}|\d{1,3} " + TEXT + rb")\r?)?"),
    "field": re.compile(rb"\r?|" + TOKEN + rb"|" + TOKEN + rb":" + TEXT + rb"\r?"),
}  # fmt: skip
BAD_LENGTH = re.compile(rb"(?i)content-length:[ \t]*(?:[^0-9\r \t]|[0-9]+[^0-9\r \t])")
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
            head.irregular = role == "client" and len(head.line[1]) != 3
            return head
        pattern = FIELD if index else REQUEST_LINE if role == "server" else STATUS_LINE
        match = pattern.fullmatch(line[:-1]) if line.endswith(b"\r") else None
        if not match:
            head.irregular = True
            return head
        if index:
            head.fields.append((match[1].lower(), match[2].strip(b" \t")))
            head.irregular = is_framed_badly(head, role)
        else:
            head.line = match.groups()
        if head.irregular:
            return head
    head.irregular = not PART["field" if lines else role].fullmatch(rest) or (
        bool(lines) and bool(BAD_LENGTH.match(rest)))
    return head


def is_framed_badly(head, role):
    """What llhttp says of the length of a body, at once."""
    lengths = head.values(b"content-length")
    codings = elements(head.joined(b"transfer-encoding").lower())
    if len(lengths) > 1 or lengths and codings or not b"".join(lengths).isdigit() and lengths:
        return True
    return role == "server" and b"chunked" in codings[:-1]


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
