"""websockets for Python as an echo server, on asyncio. Without compression."""

import asyncio

from websockets.legacy.server import serve


async def echo(ws, _path=None):
    async for message in ws:
        await ws.send(message)


async def main():
    server = await serve(
        echo, "127.0.0.1", 0, backlog=4096, compression=None, max_size=None, ping_interval=None
    )
    print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
