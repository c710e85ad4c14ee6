"""websockets as a server for our client: websockets_server.py MODE.

What it does stands in CMakeLists.txt.
"""

import asyncio
import sys
from http import HTTPStatus

from websockets.exceptions import ConnectionClosed
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.legacy.server import serve

MODE = sys.argv[1]

LIMITS = {
    "client_no_context_takeover": True,
    "client_max_window_bits": 10,
    "server_no_context_takeover": True,
    "server_max_window_bits": 10,
}


async def refuse(path, _headers):
    if path == "/refuse":
        return HTTPStatus.NOT_FOUND, [("Content-Type", "text/plain")], b"Nothing is echoed here.\n"
    return None


async def fragments(ws, pings):
    for index, piece in enumerate(("one ", "two ", "", "three ☃")):
        if pings and index > 0:
            await ws.ping(f"between {index}")
        yield piece


async def answer(ws, message):
    if message == "please ping":
        await (await ws.ping("are you there?"))
        await ws.send("there you are")
    elif message == "please close":
        await ws.close(4002, "as you wish ☂")
    elif message in ("please fragment", "please fragment around pings"):
        await ws.send(fragments(ws, pings=message.endswith("pings")))
        await ws.send([b"\x00\x01", b"\x02\xff"])
    else:
        await ws.send(message)


async def visit(ws, path):
    assert bool(ws.extensions) == (MODE != "plain"), "deflate was not agreed on"
    if path.startswith("/greet"):
        await ws.send("welcome")
    try:
        while True:
            await answer(ws, await ws.recv())
    except ConnectionClosed as closed:
        assert closed.rcvd is not None, "the client went without a Close"


async def main():
    failure = asyncio.get_running_loop().create_future()

    async def visit_or_fail(ws, path):
        try:
            await visit(ws, path)
        except Exception as error:
            failure.set_exception(error)

    factory = ServerPerMessageDeflateFactory(**(LIMITS if MODE == "limited" else {}))
    server = await serve(
        visit_or_fail,
        "127.0.0.1",
        0,
        compression=None,
        extensions=[] if MODE == "plain" else [factory],
        max_size=None,
        ping_interval=None,
        process_request=refuse,
        subprotocols=["interop"],
    )
    print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await failure


asyncio.run(main())
