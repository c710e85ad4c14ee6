"""What BEHAVIOUR §2.2 and §2.4 demand of a request and of an answer, in their order, and what
becomes of it: a second reading, that asks neither wsproto nor this library."""

import base64
import binascii
import dataclasses
import re

import heads
import streams

OWNED = [b"host", b"upgrade", b"connection", b"sec-websocket-key", b"sec-websocket-version",
         b"sec-websocket-protocol", b"sec-websocket-extensions"]
OWNED_BY_ANSWER = [b"upgrade", b"connection", b"sec-websocket-accept", b"sec-websocket-protocol",
                   b"sec-websocket-extensions"]
BAD = b"Bad HTTP message"
UNRECOGNIZED = b"unrecognized subprotocol"
CUT_SHORT = b"Transport ended inside the handshake"


def is_key(values):
    try:
        return len(values) == 1 and len(base64.b64decode(values[0], validate=True)) == 16 and (
            base64.b64encode(base64.b64decode(values[0])) == values[0])
    except binascii.Error:
        return False


def present_or_426(head, name):
    return 400 if head.values(name) else 426


# What is not met, and the status of the hint.
REQUEST = [
    (b"Request method must be GET", lambda _: 405, lambda head: head.line[0] == b"GET"),
    (b"HTTP version must be 1.1", lambda _: 505, lambda head: head.line[2] == b"HTTP/1.1"),
    (b"Missing header, 'Connection: Upgrade'", lambda head: present_or_426(head, b"upgrade"),
     lambda head: heads.lists(head, b"connection", b"upgrade")),
    (b"Missing header, 'Sec-WebSocket-Version'",
     lambda head: 426 if head.values(b"sec-websocket-version") else 400,
     lambda head: head.values(b"sec-websocket-version") == [b"13"]),
    (b"Missing header, 'Sec-WebSocket-Key'", lambda _: 400,
     lambda head: head.values(b"sec-websocket-key")),
    (b"Bad Sec-WebSocket-Key", lambda _: 400,
     lambda head: is_key(head.values(b"sec-websocket-key"))),
    (b"Missing header, 'Upgrade: websocket'", lambda head: present_or_426(head, b"upgrade"),
     lambda head: heads.lists(head, b"upgrade", b"websocket")),
    (b"Missing header, 'Host'", lambda _: 400, lambda head: head.values(b"host")),
    (BAD, lambda _: 400, lambda head: len(head.values(b"host")) == 1
     and re.fullmatch(rb"[!-~]+", head.values(b"host")[0])),
    (b"Request must not have a body", lambda _: 400,
     lambda head: not head.values(b"transfer-encoding")
     and head.values(b"content-length") in ([], [b"0"])),
    (b"Malformed header, 'Sec-WebSocket-Extensions'", lambda _: 400,
     lambda head: not head.values(b"sec-websocket-extensions")
     or heads.is_extension_list(head, b"sec-websocket-extensions")),
    (b"Malformed header, 'Sec-WebSocket-Protocol'", lambda _: 400,
     lambda head: not head.values(b"sec-websocket-protocol")
     or heads.is_token_list(head, b"sec-websocket-protocol")),
]  # fmt: skip

ANSWER = [
    (b"HTTP version must be 1.1", lambda head: head.line[0] == b"HTTP/1.1"),
    (b"Missing header, 'Connection: Upgrade'",
     lambda head: heads.lists(head, b"connection", b"upgrade")),
    (b"Missing header, 'Upgrade: websocket'",
     lambda head: heads.lists(head, b"upgrade", b"websocket")),
    (b"Bad accept token", lambda head: head.values(b"sec-websocket-accept") == [streams.ACCEPT]),
    (UNRECOGNIZED,
     lambda head: head.values(b"sec-websocket-protocol") in ([], [b"a"], [b"b"])),
    (b"Malformed header, 'Sec-WebSocket-Extensions'",
     lambda head: not head.values(b"sec-websocket-extensions")
     or heads.is_extension_list(head, b"sec-websocket-extensions")),
]  # fmt: skip


@dataclasses.dataclass
class Outcome:
    """`item` is the event or the error, if there is one yet; `end` where frames or a body begin."""

    item: tuple = ()
    end: int | None = None
    state: str = "CONNECTING"
    extension: bytes = b""


def of_request(stream):
    head = heads.read(stream.bytes(), "server")
    if head.irregular:
        return Outcome(("error", 400, BAD))
    if head.end is None:
        return Outcome()
    for text, status, met in REQUEST:
        if not met(head):
            return Outcome(("error", status(head), text))
    offers = heads.elements(head.joined(b"sec-websocket-extensions"))
    event = ("request", head.values(b"host")[0], head.line[1],
             heads.elements(head.joined(b"sec-websocket-protocol")), offers, head.others(OWNED))
    taken = [each for each in map(heads.parameters, offers) if each is not None]
    extension = spell(taken[0]) if stream.extension and taken else b""
    return Outcome(event, head.end, "OPEN", extension)


def spell(parameters):
    """As wsproto can read it, which has no window of 8 bits; 9 inflates the same."""
    texts = [key + (b"=" + (b"9" if value == b"8" else value) if value else b"")
             for key, value in parameters.items()]
    return b"; ".join([b"permessage-deflate"] + texts)


def of_answer(stream):
    """Of what follows the heads that are skipped, which the caller has taken away."""
    head = heads.read(stream.bytes(), "client")
    if head.irregular:
        return Outcome(("error", 0, BAD), state="CLOSED")
    if head.end is None:
        return Outcome()
    if head.line[1] != b"101":
        return Outcome(("reject", int(head.line[1]), head.others([])), head.end, "REJECTING")
    for text, met in ANSWER:
        if not met(head):
            culprit = head.joined(b"sec-websocket-protocol") if text == UNRECOGNIZED else b""
            return Outcome(("error", 0, b" ".join(filter(None, [text, culprit]))), state="CLOSED")
    return agree(stream, head)


def agree(stream, head):
    answers = heads.elements(head.joined(b"sec-websocket-extensions"))
    for index, answer in enumerate(answers):
        taken = heads.parameters(answer)
        good = taken is not None and taken.get(b"client_max_window_bits") != b""
        if index or not good or not stream.extension:
            name = answer.split(b";")[0].strip()
            return Outcome(("error", 0, b"unrecognized extension " + name), state="CLOSED")
    subprotocol = head.joined(b"sec-websocket-protocol")
    event = ("accept", subprotocol, [b"permessage-deflate"] if answers else [],
             head.others(OWNED_BY_ANSWER))
    extension = spell(heads.parameters(answers[0])) if answers else b""
    return Outcome(event, head.end, "OPEN", extension)
