"""Python's wsproto as the client of our servers: wsproto_client.py PORT MODE ours|example."""

import select
import socket
import sys

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Ping,
    Pong,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)
from wsproto.extensions import PerMessageDeflate
from wsproto.frame_protocol import CloseReason

import steps

PATIENCE = 10
PORT = int(sys.argv[1])
MODE = sys.argv[2]
SERVER = sys.argv[3]

# No window of 8 bits: it takes 9 to 15. No pings in messages: wsproto 1.2 takes the rest of a
# compressed message for uncompressed when a ping came inside it, as
# PerMessageDeflate.frame_inbound_complete forgets _inbound_compressed at the end of any frame.
OMITTED = ("a server's window of 8 bits", "the server's pings between fragments")


class Connection:
    """The interface that steps.py asks for."""

    def __init__(self, target="/", subprotocols=(), **deflate):
        self.socket = socket.create_connection(("127.0.0.1", PORT), PATIENCE)
        self.ws = WSConnection(ConnectionType.CLIENT)
        self.events = []
        self.ended = False
        self.closed = False
        self.deflate = PerMessageDeflate(**deflate)
        extensions = [] if MODE == "plain" else [self.deflate]
        self.transmit(
            Request("127.0.0.1", target, extensions=extensions, subprotocols=list(subprotocols))
        )
        answer = self.next_event(AcceptConnection, RejectConnection)
        if isinstance(answer, RejectConnection):
            raise steps.Rejected(answer.status_code, self.read_body())
        self.subprotocol = answer.subprotocol
        self.agreed = None
        if answer.extensions:
            self.agreed = {name: getattr(self.deflate, name) for name in steps.LIMITED}

    def transmit(self, event):
        """Sends while reading: an echo may begin before its message ends."""
        data = self.ws.send(event)
        while data:
            readable, writable, _ = select.select([self.socket], [self.socket], [], PATIENCE)
            assert readable or writable, "the server does not read"
            if readable:
                self.read()
            if writable:
                self.socket.setblocking(False)
                data = data[self.socket.send(data) :]
                self.socket.settimeout(PATIENCE)

    def read(self):
        assert not self.ended, "the server has ended the connection"
        data = self.socket.recv(65536)
        self.ended = not data
        self.ws.receive_data(data or None)
        for event in self.ws.events():
            if isinstance(event, Ping):
                self.transmit(event.response())
            else:
                self.events.append(event)

    def next_event(self, *types):
        """The next event of these types; others wait for their turn."""
        while True:
            for index, event in enumerate(self.events):
                if isinstance(event, types):
                    return self.events.pop(index)
            self.read()

    def read_body(self):
        body = b""
        while True:
            piece = self.next_event(RejectData)
            body += piece.data
            if piece.body_finished:
                return body

    def send(self, message):
        self.send_fragments([message])

    def send_fragments(self, pieces, pings=()):
        event_type = TextMessage if isinstance(pieces[0], str) else BytesMessage
        for index, piece in enumerate(pieces):
            self.transmit(event_type(piece, message_finished=index + 1 == len(pieces)))
            if index < len(pings):
                self.transmit(Ping(pings[index]))
        for payload in pings:
            steps.expect(self.next_event(Pong).payload, payload)

    def receive(self):
        pieces = []
        while True:
            event = self.next_event(TextMessage, BytesMessage)
            pieces.append(event.data)
            if event.message_finished:
                return type(event.data)().join(pieces)

    def ping(self, payload):
        self.transmit(Ping(payload))
        steps.expect(self.next_event(Pong).payload, payload)

    def pong(self, payload):
        self.transmit(Pong(payload))

    def close(self, code, reason):
        self.transmit(CloseConnection(CloseReason.NO_STATUS_RCVD if code is None else code, reason))

    def wait_closed(self):
        event = self.next_event(CloseConnection)
        if self.ws.state.name == "REMOTE_CLOSING":
            self.transmit(event.response())
        steps.expect(self.socket.recv(1), b"")
        self.socket.close()
        self.closed = True
        return int(event.code), event.reason or ""


steps.run(Connection, MODE, SERVER, omitted=OMITTED if MODE != "plain" else ())
