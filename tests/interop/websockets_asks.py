"""websockets as a server whose client is the echo: websockets_asks.py MODE.

At /ask it sends messages, compares what comes back, and closes. At /break it sends a frame that is
forbidden, goes on writing for a while before it reads, and demands to be told: a client that leaves
in haste makes the writing fail, and its own Close is never read. Prints "satisfied" when the client did all this.
"""

import asyncio
import sys

from websockets.exceptions import ConnectionClosed
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.legacy.server import serve

MODE = sys.argv[1]
RESERVED_OPCODE = b"\x83\x00"

MESSAGES = [
    "",
    "Hello",
    "κόσμε ☃" * 1000,
    b"",
    bytes(range(256)) * 300,
    b"\0" * (8 << 20),
]


async def fragments(ws):
    for index, piece in enumerate(("one ", "two ", "", "three ☃")):
        await ws.ping(f"before {index}")
        yield piece


async def ask(ws):
    for message in MESSAGES:
        await ws.send(message)
        assert await ws.recv() == message, "the echo differs"
    await ws.send(fragments(ws))
    assert await ws.recv() == "one two three ☃", "the echo of fragments differs"
    await asyncio.wait_for(await ws.ping("are you there?"), 10)
    await ws.close(1000, "thank you")
    assert ws.close_code == 1000, f"the client closed with {ws.close_code}"


async def break_rules(ws):
    ws.transport.pause_reading()
    ws.transport.write(RESERVED_OPCODE)
    for _ in range(4):
        ws.transport.write(bytes(1 << 20))
        await asyncio.sleep(0.1)
    ws.transport.resume_reading()
    try:
        await ws.recv()
    except ConnectionClosed as closed:
        code = closed.rcvd and closed.rcvd.code
        assert code == 1002, f"the client closed with {code}"


async def main():
    failure = asyncio.get_running_loop().create_future()

    async def visit_or_fail(ws, path):
        try:
            assert bool(ws.extensions) == (MODE != "plain"), "deflate was not agreed on"
            await {"/ask": ask, "/break": break_rules}[path](ws)
            print("satisfied", flush=True)
        except Exception as error:
            failure.set_exception(error)

    server = await serve(
        visit_or_fail,
        "127.0.0.1",
        0,
        compression=None,
        extensions=[] if MODE == "plain" else [ServerPerMessageDeflateFactory()],
        max_size=None,
        ping_interval=None,
    )
    print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await failure


asyncio.run(main())
