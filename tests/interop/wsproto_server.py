"""Python's wsproto as a server for our client, one connection at a time: wsproto_server.py MODE.

What it does stands in CMakeLists.txt.
"""

import socket
import sys

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Message,
    Ping,
    Pong,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)
from wsproto.extensions import PerMessageDeflate

PATIENCE = 10
MODE = sys.argv[1]

LIMITS = {
    "client_no_context_takeover": True,
    "client_max_window_bits": 10,
    "server_no_context_takeover": True,
    "server_max_window_bits": 10,
}


class Visit:
    """One connection, from its request to its end."""

    def __init__(self, connection):
        connection.settimeout(PATIENCE)
        self.socket = connection
        self.ws = WSConnection(ConnectionType.SERVER)
        self.pieces = []
        self.finished = False

    def run(self):
        while not self.finished:
            data = self.socket.recv(65536)
            assert data, "the client went without a Close"
            self.ws.receive_data(data)
            for event in self.ws.events():
                self.answer(event)
        self.socket.close()

    def send(self, event):
        self.socket.sendall(self.ws.send(event))

    def answer(self, event):
        if isinstance(event, Request):
            self.answer_request(event)
        elif isinstance(event, Message):
            self.answer_message(event)
        elif isinstance(event, Ping):
            self.send(event.response())
        elif isinstance(event, Pong):
            if event.payload == b"are you there?":
                self.send(TextMessage("there you are"))
        elif isinstance(event, CloseConnection):
            if self.ws.state.name == "REMOTE_CLOSING":
                self.send(event.response())
            self.finished = True

    def answer_request(self, request):
        if request.target == "/refuse":
            self.send(RejectConnection(headers=[], status_code=404, has_body=True))
            self.send(RejectData(b"Nothing is ", body_finished=False))
            self.send(RejectData(b"echoed here.\n"))
            self.finished = True
            return
        deflate = PerMessageDeflate(**(LIMITS if MODE == "limited" else {}))
        self.send(
            AcceptConnection(
                subprotocol="interop" if "interop" in request.subprotocols else None,
                extensions=[] if MODE == "plain" else [deflate],
            )
        )
        assert deflate.enabled() == (MODE != "plain"), "deflate was not agreed on"
        if request.target.startswith("/greet"):
            self.send(TextMessage("welcome"))

    def answer_message(self, event):
        self.pieces.append(event.data)
        if not event.message_finished:
            return
        message = type(event.data)().join(self.pieces)
        self.pieces = []
        if message == "please ping":
            self.send(Ping(b"are you there?"))
        elif message == "please close":
            self.send(CloseConnection(4002, "as you wish ☂"))
        elif message == "please fragment":
            self.send_fragments(pings=False)
        elif message == "please fragment around pings":
            self.send_fragments(pings=True)
        elif isinstance(message, str):
            self.send(TextMessage(message))
        else:
            self.send(BytesMessage(message))

    def send_fragments(self, pings):
        for index, piece in enumerate(("one ", "two ", "", "three ☃")):
            if pings and index > 0:
                self.send(Ping(f"between {index}".encode()))
            self.send(TextMessage(piece, message_finished=index == 3))
        self.send(BytesMessage(b"\x00\x01", message_finished=False))
        self.send(BytesMessage(b"\x02\xff"))


with socket.create_server(("127.0.0.1", 0)) as listener:
    print(f"listening on 127.0.0.1:{listener.getsockname()[1]}", flush=True)
    while True:
        Visit(listener.accept()[0]).run()
