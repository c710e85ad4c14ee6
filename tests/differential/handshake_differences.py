"""The differences in the opening handshake, in two tables, as rewriting.py and
parting.py have them."""

import base64
import binascii
import re

from rewriting import error_of, index_of

OWN = (b"connection", b"upgrade", b"sec-websocket-key", b"sec-websocket-version")
# A method that llhttp knows, of those that streams have; a target that is a path, a URL or a star.
METHOD = rb"(?:GET|POST|HEAD|OPTIONS)"
PART_OF_REQUEST_LINE = re.compile(
    rb"(?:(?:G|GE|P|PO|POS|H|HE|HEA|O|OP|OPT|OPTI|OPTIO|OPTION)?|" + METHOD
    + rb"(?: (?:[/*A-Za-z][!-~]*(?: [!-~]*\r?)?)?)?)\Z")
REQUEST_LINE = re.compile(METHOD + rb" [/*A-Za-z][!-~]* HTTP/1\.1\Z")
STATUS_LINE = re.compile(rb"HTTP/1\.1 \d{3}(?: [\t -~\x80-\xff]*)?\Z")
PART_OF_STATUS_LINE = re.compile(rb"(?:H|HT|HTT|HTTP|HTTP/|HTTP/1|HTTP/1\.|HTTP/1\.1.*)?\Z", re.S)
FIELD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~\x80-\xff]*\Z")
PART_OF_FIELD = re.compile(
    rb"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]*|[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~\x80-\xff]*\r?|\r)\Z")
LENGTH = b"content-length"
VISIBLE = re.compile(rb"[!-~]+\Z")
WINDOW_BITS = (b"client_max_window_bits", b"server_max_window_bits")
NO_TAKEOVER = (b"client_no_context_takeover", b"server_no_context_takeover")

# The complaints of a server with the statuses of their hints.
STATUSES = {
    b"Request method must be GET": (405,),
    b"HTTP version must be 1.1": (505,),
    b"Missing header, 'Connection: Upgrade'": (400, 426),
    b"Missing header, 'Sec-WebSocket-Version'": (400, 426),
    b"Missing header, 'Sec-WebSocket-Key'": (400,),
    b"Bad Sec-WebSocket-Key": (400,),
    b"Missing header, 'Upgrade: websocket'": (400, 426),
    b"Missing header, 'Host'": (400,),
    b"Request must not have a body": (400,),
    b"Malformed header, 'Sec-WebSocket-Extensions'": (400,),
    b"Malformed header, 'Sec-WebSocket-Protocol'": (400,),
    b"Bad HTTP message": (400,),
}


def in_handshake(stream, role):
    return stream.start == "handshake" and stream.role == role


def head_of(stream):
    head, end, _ = stream.bytes().partition(b"\r\n\r\n")
    return head + end


def values(stream, name):
    """Of the fields with this name, stripped."""
    fields = (line.split(b":", 1) for line in head_of(stream).split(b"\r\n")[1:] if b":" in line)
    return [value.strip(b" \t") for field, value in fields if field.lower() == name]


def said(trace):
    error = error_of(trace)
    return error[2] if error else b""


def accepted(trace):
    return any(item[0] in ("request", "accept") for item in trace)


def is_irregular(stream):
    """Whether a line of the head, or what there is of the last, is not as RFC 9112 has it."""
    *lines, rest = head_of(stream).split(b"\n")
    start = REQUEST_LINE if stream.role == "server" else STATUS_LINE
    for index, line in enumerate(lines):
        pattern = FIELD if index else start
        if line != b"\r" and not (line.endswith(b"\r") and pattern.match(line[:-1])):
            return True
    if not lines:
        part = PART_OF_REQUEST_LINE if stream.role == "server" else PART_OF_STATUS_LINE
        return not part.match(rest)
    return bool(lines) and not PART_OF_FIELD.match(rest)


def own_fields(stream, theirs, _ours):
    at = index_of(theirs, "request")
    if at is None:
        return None
    request = theirs[at]
    others = [field for field in request[5] if field.split(b":")[0] not in OWN]
    return theirs[:at] + [request[:5] + (others,)] + theirs[at + 1:]


def empty_elements(_stream, theirs, _ours):
    """RFC 9110 §5.6.1.2."""
    at = index_of(theirs, "request")
    if at is None:
        return None
    lists = tuple([element for element in each if element] for each in theirs[at][3:5])
    return theirs[:at] + [theirs[at][:3] + lists + theirs[at][5:]] + theirs[at + 1:]


def host_as_sent(stream, theirs, _ours):
    at = index_of(theirs, "request")
    hosts = values(stream, b"host")
    if at is None or len(hosts) != 1 or hosts[0].decode("idna").encode() != theirs[at][1]:
        return None
    return theirs[:at] + [("request", hosts[0]) + theirs[at][2:]] + theirs[at + 1:]


def other_complaint(stream, theirs, ours):
    """Both refuse; ours says the first demand that is not met, with the status that tells it."""
    at, error = index_of(theirs, "error"), error_of(ours)
    if not in_handshake(stream, "server") or at is None or error is None or accepted(theirs):
        return None
    documented = error[1] in STATUSES.get(error[2], ())
    return theirs[:at] + [error, ours[-1]] if documented and not accepted(ours) else None


def client_complaint(stream, theirs, ours):
    """A client has nothing to answer, and is closed."""
    at, error = index_of(theirs, "error"), error_of(ours)
    if not in_handshake(stream, "client") or at is None or error is None or accepted(theirs):
        return None
    return theirs[:at] + [error, ours[-1]] if error[1] == 0 and ours[-1][1] == "CLOSED" else None


def ends_early(stream, theirs, ours):
    """The transport has ended before the handshake: an error, or nothing before a first byte."""
    if stream.start != "handshake" or stream.steps[-1:] != ["eof"] or accepted(ours):
        return None
    if theirs[-1][1] != "CONNECTING" or ours[-1][1] != "CLOSED":
        return None
    ended = [item for item in ours if item == ("error", 0, b"Transport ended inside the handshake")]
    at = index_of(theirs, "error")
    if at is not None and not ended:
        return None
    return theirs[:-1 if at is None else at] + ended + ours[-1:]


REWRITING = [
    ("the fields that the handshake owns are not among extra_headers", "2.2", own_fields),
    ("empty elements of a list are none", "2.2", empty_elements),
    ("a host comes as on the wire", "2.2", host_as_sent),
    ("a refusal has the status of the first demand that is not met", "2.2", other_complaint),
    ("a client that fails has nothing to answer", "2.4", client_complaint),
    ("the transport ends inside the handshake", "2.5", ends_early),
]


def refused(stream, theirs, ours, text):
    """Whether ours alone refuses a request, saying this."""
    return (in_handshake(stream, "server") and accepted(theirs) and not accepted(ours)
            and said(ours).startswith(text) and error_of(ours)[1] in STATUSES[said(ours)])


def irregular_head(stream, theirs, ours):
    hosts = values(stream, b"host")
    return (refused(stream, theirs, ours, b"Bad HTTP message")
            and (is_irregular(stream) or len(hosts) != 1 or not VISIBLE.match(hosts[0])))


def irregular_line(stream, theirs, ours):
    """The line is refused when it comes; wsproto waits for the end of the head."""
    return (stream.start == "handshake" and theirs[0] == ("state", "CONNECTING")
            and said(ours) == b"Bad HTTP message"
            and (is_irregular(stream) or not all(map(is_length, values(stream, LENGTH)))))


def is_length(value):
    return not value or value.isdigit()


def other_version(stream, theirs, ours):
    return (refused(stream, theirs, ours, b"HTTP version")
            and b" HTTP/1.1\r\n" not in head_of(stream))


def bad_key(stream, theirs, ours):
    keys = values(stream, b"sec-websocket-key")
    try:
        good = len(keys) == 1 and len(base64.b64decode(keys[0], validate=True)) == 16
        good = good and base64.b64encode(base64.b64decode(keys[0])) == keys[0]
    except binascii.Error:
        good = False
    return not good and (refused(stream, theirs, ours, b"Bad Sec-WebSocket-Key")
                         or refused(stream, theirs, ours, b"Missing header, 'Sec-WebSocket-Key'"))


def repeated_field(stream, theirs, ours):
    """Of several, wsproto takes the last."""
    names = (b"sec-websocket-version", b"upgrade", b"connection")
    return (any(len(values(stream, name)) > 1 for name in names)
            and refused(stream, theirs, ours, b"Missing header"))


def body(stream, theirs, ours):
    lengths = values(stream, b"content-length")
    has_body = values(stream, b"transfer-encoding") or lengths not in ([], [b"0"])
    # llhttp itself refuses a length beside a coding.
    return bool(has_body) and (refused(stream, theirs, ours, b"Request must not have a body")
                               or refused(stream, theirs, ours, b"Bad HTTP message"))


def malformed_list(stream, theirs, ours):
    for name in (b"Sec-WebSocket-Extensions", b"Sec-WebSocket-Protocol"):
        if refused(stream, theirs, ours, b"Malformed header, '" + name):
            return bool(values(stream, name.lower()))
    return False


def upgrade_list(stream, theirs, ours):
    tokens = b",".join(values(stream, b"upgrade")).lower().split(b",")
    return (accepted(ours) and not accepted(theirs) and b"'Upgrade: WebSocket'" in said(theirs)
            and b"websocket" in [token.strip() for token in tokens])


def all_lines_count(stream, theirs, ours):
    """Of the lines of a list wsproto takes the last."""
    lists = (b"connection", b"upgrade", b"sec-websocket-extensions")
    return (stream.start == "handshake" and accepted(ours) and not accepted(theirs)
            and any(len(values(stream, name)) > 1 for name in lists))


def after_rejection(stream, theirs, ours):
    """What follows a rejection is dropped."""
    return (in_handshake(stream, "client") and said(theirs) == b"Bad HTTP message"
            and error_of(ours) is None and ours[0][0] == "reject"
            and ours[-1] == ("state", "CLOSED") and ours[-2][0] == "body" and ours[-2][2])


def early_frames(stream, theirs, ours):
    """What came in the same read as the end of the request; wsproto loses it."""
    if not in_handshake(stream, "server") or not accepted(theirs) or theirs[0] != ours[0]:
        return False
    size = 0
    for step in stream.steps:
        size += len(step)
        if size >= len(head_of(stream)):
            return size > len(head_of(stream))
    return False


def other_exception(stream, theirs, _ours):
    """wsproto fails with an exception that it does not document."""
    return stream.start == "handshake" and (error_of(theirs) or (0, 0))[1] == -1


def interim_response(stream, theirs, _ours):
    return (in_handshake(stream, "client") and theirs[0][0] == "reject"
            and 100 <= theirs[0][1] < 200)


def stricter_client(stream, theirs, ours):
    """The whole answer is checked as a request is."""
    return (in_handshake(stream, "client") and error_of(ours) is not None
            and error_of(ours)[1] == 0 and ours[-1] == ("state", "CLOSED")
            and said(ours) == b"Bad HTTP message" and is_irregular(stream))


def is_agreeable(stream, answer):
    """Whether a client can take this element of Sec-WebSocket-Extensions; BEHAVIOUR §4."""
    name, *parameters = [part.strip() for part in answer.split(b";")]
    seen = set()
    for parameter in parameters:
        key, _, value = parameter.partition(b"=")
        bits = value.strip(b'"').isdigit() and str(int(value.strip(b'"'))).encode()
        good = key in NO_TAKEOVER and not value or (
            key in WINDOW_BITS and bits == value.strip(b'"') and 8 <= int(bits) <= 15)
        if not good or key in seen:
            return False
        seen.add(key)
    return name == b"permessage-deflate" and bool(stream.extension)


def disagreeable_extension(stream, theirs, ours):
    """Parameters are parsed strictly, and an extension comes once."""
    answers = [each for each in b",".join(values(stream, b"sec-websocket-extensions")).split(b",")
               if each.strip()]
    return (in_handshake(stream, "client")
            and said(ours).startswith((b"unrecognized extension", b"Malformed header"))
            and (len(answers) > 1 or not all(is_agreeable(stream, each) for each in answers)))


def repeated_answer(stream, theirs, ours):
    """Of several, wsproto takes the last."""
    several = [name for name in (b"sec-websocket-accept", b"sec-websocket-protocol")
               if len(values(stream, name)) > 1]
    return (in_handshake(stream, "client") and accepted(theirs) and bool(several)
            and said(ours).startswith((b"Bad accept token", b"unrecognized subprotocol")))


def answer_version(stream, theirs, ours):
    return (in_handshake(stream, "client") and accepted(theirs)
            and said(ours) == b"HTTP version must be 1.1"
            and not head_of(stream).startswith(b"HTTP/1.1 "))


def framing(stream, theirs, ours):
    """llhttp and h11 have different opinions of lengths that come twice or with a tab, of codings
    that are not known, and of when a chunk is wrong."""
    codings, lengths = values(stream, b"transfer-encoding"), values(stream, b"content-length")
    tabs = re.search(rb"(?i)content-length:[^\r]*\t", head_of(stream))
    strange = bool(codings) or len(lengths) > 1 or bool(tabs) or not all(
        length.isdigit() for length in lengths)
    return (in_handshake(stream, "client") and strange
            and b"Bad HTTP message" in (said(theirs), said(ours)))


def without_meaning(stream, theirs, ours):
    """What frames a body frames nothing in a 101; h11 refuses some of it."""
    fields = values(stream, b"transfer-encoding") + values(stream, b"content-length")
    return (in_handshake(stream, "client") and bool(fields) and ours[0][0] == "accept"
            and said(theirs) == b"Bad HTTP message")


PARTING = [
    ("a head that HTTP forbids is refused", "2.2", irregular_head),
    ("a line that HTTP forbids is refused at once", "2.2", irregular_line),
    ("another version than HTTP/1.1 is refused", "2.2", other_version),
    ("a key is checked", "2.2", bad_key),
    ("a field that may come once comes once", "2.2", repeated_field),
    ("a request has no body", "2.2", body),
    ("a malformed list is refused", "2.2", malformed_list),
    ("Upgrade may be a list", "2.2", upgrade_list),
    ("all lines of a list count", "2.2", all_lines_count),
    ("what follows a rejection is dropped", "1", after_rejection),
    ("frames that come with the request are kept", "2.2", early_frames),
    ("wsproto fails otherwise", "2.2", other_exception),
    ("an interim response is skipped", "2.4", interim_response),
    ("an answer that HTTP forbids is refused", "2.4", stricter_client),
    ("a field of an answer that may come once comes once", "2.4", repeated_answer),
    ("an answer of another version than HTTP/1.1 is refused", "2.4", answer_version),
    ("an extension that cannot be is refused", "4", disagreeable_extension),
    ("what frames a body is without meaning in a 101", "2.4", without_meaning),
    ("llhttp frames the body of a rejection", "2.2", framing),
]
