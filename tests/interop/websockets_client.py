"""websockets as the client of our servers: websockets_client.py PORT MODE ours|example."""

import asyncio
import itertools
import sys

from websockets.exceptions import ConnectionClosed, InvalidStatusCode
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.legacy.client import connect

import steps

PATIENCE = 10
PORT = int(sys.argv[1])
MODE = sys.argv[2]
SERVER = sys.argv[3]
LOOP = asyncio.new_event_loop()


def wait(awaitable):
    return LOOP.run_until_complete(asyncio.wait_for(awaitable, PATIENCE))


class Connection:
    """The interface that steps.py asks for."""

    def __init__(self, target="/", subprotocols=(), **deflate):
        try:
            self.ws = wait(self.open(target, subprotocols, deflate))
        except InvalidStatusCode as refusal:
            raise steps.Rejected(refusal.status_code, None) from refusal
        self.subprotocol = self.ws.subprotocol
        self.closed = False
        self.agreed = None
        for extension in self.ws.extensions:
            self.agreed = {
                "client_no_context_takeover": extension.local_no_context_takeover,
                "server_no_context_takeover": extension.remote_no_context_takeover,
                "client_max_window_bits": extension.local_max_window_bits,
                "server_max_window_bits": extension.remote_max_window_bits,
            }

    async def open(self, target, subprotocols, deflate):
        extensions = None if MODE == "plain" else [ClientPerMessageDeflateFactory(**deflate)]
        return await connect(
            f"ws://127.0.0.1:{PORT}{target}",
            compression=None,
            extensions=extensions,
            subprotocols=list(subprotocols) or None,
            max_size=None,
            ping_interval=None,
        )

    def send(self, message):
        wait(self.ws.send(message))

    def send_fragments(self, pieces, pings=()):
        pongs = []

        async def pieces_and_pings():
            for piece, payload in itertools.zip_longest(pieces, pings):
                yield piece
                if payload is not None:
                    pongs.append(await self.ws.ping(payload))

        wait(self.ws.send(pieces_and_pings()))
        for pong in pongs:
            wait(pong)

    def receive(self):
        return wait(self.ws.recv())

    def ping(self, payload):
        wait(wait(self.ws.ping(payload)))

    def pong(self, payload):
        wait(self.ws.pong(payload))

    def close(self, code, reason):
        if code is None:  # close() cannot do that
            wait(self.ws.write_close_frame(None, b""))
        else:
            wait(self.ws.close(code, reason))

    def wait_closed(self):
        try:
            message = wait(self.ws.recv())
            raise AssertionError(f"got {message!r:.100} instead of a Close")
        except ConnectionClosed as closed:
            wait(self.ws.wait_closed())
            self.closed = True
            return closed.rcvd.code, closed.rcvd.reason


steps.run(Connection, MODE, SERVER)
