"""What Python's wsproto makes of a stream: the same items that trace.cpp prints, as tuples."""

import wsproto.handshake
from wsproto import WSConnection
from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import (
    AcceptConnection, BytesMessage, CloseConnection, Ping, Pong, RejectConnection, RejectData,
    Request, TextMessage)
from wsproto.extensions import PerMessageDeflate
from wsproto.handshake import client_extensions_handshake, server_extensions_handshake
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

KEY = b"AAAAAAAAAAAAAAAAAAAAAA=="  # of sixteen zeros, as trace.cpp has it
wsproto.handshake.generate_nonce = lambda: KEY


def end_of(message):
    return "message" if message.message_finished else "frame" if message.frame_finished else "more"


def fields(headers):
    return [bytes(name) + b": " + bytes(value) for name, value in headers]


def describe(event):
    if isinstance(event, TextMessage):
        return ("text", event.data.encode(), end_of(event))
    if isinstance(event, BytesMessage):
        return ("binary", bytes(event.data), end_of(event))
    if isinstance(event, Ping):
        return ("ping", bytes(event.payload))
    if isinstance(event, Pong):
        return ("pong", bytes(event.payload))
    if isinstance(event, CloseConnection):
        return ("close", int(event.code), (event.reason or "").encode())
    if isinstance(event, Request):
        return ("request", event.host.encode(), event.target.encode(),
                [name.encode() for name in event.subprotocols],
                [offer.encode() for offer in event.extensions], fields(event.extra_headers))
    if isinstance(event, AcceptConnection):
        return ("accept", (event.subprotocol or "").encode(),
                [each.name.encode() for each in event.extensions], fields(event.extra_headers))
    if isinstance(event, RejectConnection):
        return ("reject", event.status_code, fields(event.headers))
    assert isinstance(event, RejectData)
    return ("body", bytes(event.data), "end" if event.body_finished else "more")


def negotiated(stream, deflate):
    if stream.role == "client":
        deflate.offer()
        return client_extensions_handshake([stream.extension.decode()], [deflate])
    assert server_extensions_handshake([stream.extension.decode()], [deflate]) is not None
    return [deflate]


class Run:
    """What becomes of one stream. An error is `("error", code or status, text)`."""

    def __init__(self, stream, deflate):
        self.stream = stream
        self.trace = []
        self.failed = False
        self.yields = False  # the frame under way, something
        role = ConnectionType[stream.role.upper()]
        if stream.start == "open":
            self.endpoint = Connection(
                role, negotiated(stream, deflate) if stream.extension else [])
            return
        self.endpoint = WSConnection(role)
        if stream.role == "client":
            self.endpoint.send(Request(host="example.org", target="/", subprotocols=["a", "b"],
                                       extensions=[deflate] if stream.extension else []))

    def step(self, what):
        if what == "close":
            complained = any(item[0] == "error" for item in self.trace)
            if self.endpoint.state is ConnectionState.OPEN and not complained:
                self.endpoint.send(CloseConnection(code=1000))
            return
        try:
            self.endpoint.receive_data(None if what == "eof" else what)
            self.drain()
        except LocalProtocolError:
            self.trace.append(("closed already",))
        except RemoteProtocolError as error:
            self.fail(getattr(error.event_hint, "status_code", 0), str(error))
        except (ValueError, IndexError, AssertionError) as error:
            # Not documented, and ValueError is that of decoding too.
            self.fail(-1, f"{type(error).__name__}: {error}")

    def fail(self, code, text):
        self.failed = True
        self.trace.append(("error", code, text.encode()))

    def drain(self):
        for event in self.endpoint.events():
            before = self.endpoint.state
            item = self.mark(describe(event))
            # A complaint is an event too, and leaves the state as it is.
            open_states = (ConnectionState.OPEN, ConnectionState.LOCAL_CLOSING)
            if item[0] == "close" and before in open_states:
                self.complain(("error",) + item[1:])
            else:
                self.trace.append(item)
            if isinstance(event, Request):
                self.accept(event)

    def mark(self, item):
        """An end of a frame that this library does not tell is `lost`; BEHAVIOUR §3."""
        if item[0] not in ("text", "binary"):
            return item
        kind, data, end = item
        self.yields = self.yields or bool(data)
        if end == "more":
            return item
        yields, self.yields = self.yields, False
        if end == "frame" and self.loses_end(yields):
            return (kind, data, "lost")
        return item

    def loses_end(self, yields):
        """Inside a code point, but an empty frame is an event; and where nothing was inflated."""
        if any(each._inbound_compressed for each in self.protocol.extensions) and not yields:
            return True
        decoder = self.protocol._message_decoder.decoder
        is_empty = self.protocol._frame_decoder.payload_consumed == 0
        return bool(decoder and decoder.getstate()[0]) and not is_empty

    @property
    def protocol(self):
        if self.stream.start == "open":
            return self.endpoint._proto
        return self.endpoint.connection._proto

    def complain(self, item):
        self.trace.append(item)

    def accept(self, request):
        self.endpoint.send(AcceptConnection(
            subprotocol=request.subprotocols[0] if request.subprotocols else None,
            extensions=[PerMessageDeflate()] if self.stream.extension else []))

    def play(self):
        for step in self.stream.steps:
            if self.failed:
                break  # wsproto says nothing of what it does then
            self.step(step)
        return self.trace + [("state", self.endpoint.state.name)]


def trace(stream):
    return Run(stream, PerMessageDeflate()).play()
