#!/usr/bin/env python3
"""Clients that misbehave, against an echo server, each in its own way and again and again.

Reads commands from standard input: `on` starts a fault every now and then, after `off` none begins
(those that take seconds by nature, like a client that stalls, go on), the end of the input ends the
program, once all have ended. Then it prints one line of JSON: for each kind of fault, how often the
server did what it has to do, and what else happened. What went wrong while this program was not let
run is counted as late, and not held against the server. Expects the time limits that the server was
given: it has to end what stalls when they are over, neither before nor much later.
"""

import argparse
import asyncio
import collections
import itertools
import json
import os
import socket
import struct
import sys
import time
import zlib

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
FIN, RSV1, MASKED = 0x80, 0x40, 0x80

TOLERANCE = 5  # seconds behind a time limit, on a busy machine
HANDSHAKES = 200  # of one flood

HEAD = (
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "\r\n"
).encode()
DEFLATE_HEAD = HEAD[:-2] + b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"

BAD_HEADS = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # someone who wants to speak TLS
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    HEAD.replace(b"GET", b"POST"),
    HEAD.replace(b"HTTP/1.1", b"HTTP/1.0"),
    HEAD.replace(b"Upgrade: websocket\r\n", b""),
    HEAD.replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"short"),
    HEAD.replace(b"Version: 13", b"Version: 8"),
    HEAD.replace(b"Host: localhost", b"Host: a\r\nHost: b"),
    HEAD.replace(b"\r\n\r\n", b"\r\nContent-Length: 5\r\n\r\nhello"),
    HEAD.replace(b"localhost", b"local\x00host"),
    HEAD.replace(b"\r\n\r\n", b"\r\nX: " + b"y" * 20_000 + b"\r\n\r\n"),
    HEAD.replace(b"\r\n\r\n", b"\r\n" + b"A: b\r\n" * 200 + b"\r\n"),
]


def frame(opcode, payload=b"", flags=FIN, masked=MASKED):
    """A client's frame; its masking key is zero, so that the payload stays as it is."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", flags | opcode, masked | size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", flags | opcode, masked | 126, size)
    else:
        head = struct.pack("!BBQ", flags | opcode, masked | 127, size)
    return head + (bytes(4) if masked else b"") + payload


def compressed(size):
    """So many zero bytes as the payload of a compressed message."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    pieces = [deflater.compress(bytes(1 << 20)) for _ in range(size >> 20)]
    return b"".join([*pieces, deflater.flush(zlib.Z_SYNC_FLUSH)])[:-4]


BOMB = compressed(64 << 20)
LARGE_ZEROS = compressed(1 << 20)

BAD_FRAMES = [
    (frame(TEXT, b"not masked", masked=0), 1002),
    (frame(0x3, b"reserved"), 1002),
    (frame(PING, b"fragmented", flags=0), 1002),
    (frame(CONTINUATION, b"of nothing"), 1002),
    (frame(PING, b"x" * 126), 1002),
    (frame(TEXT, b"\xed\xa0\x80"), 1007),
    (frame(BINARY, b"\xff" * 100, flags=FIN | RSV1), 1007),
    (frame(CLOSE, struct.pack("!H", 1005)), 1002),
    (struct.pack("!BBQ", FIN | BINARY, MASKED | 127, 1 << 40) + bytes(4), 1009),
]


class Peer:
    """A TCP connection to the server; `open` also does the opening handshake."""

    def __init__(self, options):
        self.options = options
        self.reader = self.writer = None

    async def __aenter__(self):
        self.began = time.monotonic()
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.options.port)
        return self

    async def __aexit__(self, *_):
        self.writer.transport.abort()

    async def open(self, head=HEAD):
        await self.send(head)
        answer = await self.reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 101 "), answer

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    def reset(self):
        """Ends without a good-bye: RST, also for what is on the way."""
        linger = struct.pack("ii", 1, 0)
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.transport.abort()

    async def frame(self):
        """The next frame: opcode, payload, and its first byte."""
        first, size = await self.reader.readexactly(2)
        assert size < 0x80, "a server's frame is not masked"
        if size >= 126:
            size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
        return first & 0x0F, await self.reader.readexactly(size), first

    async def close_code(self):
        """Of the next Close, whatever comes before."""
        while True:
            opcode, payload, _ = await self.frame()
            if opcode == CLOSE:
                return struct.unpack("!H", payload[:2])[0]

    async def end(self):
        """Reads to the end of the connection; a reset is one too."""
        try:
            while await self.reader.read(1 << 16):
                pass
        except ConnectionError:
            pass


    async def send_until_dropped(self, data):
        """A byte now and then."""
        try:
            for byte in data:
                await self.send(bytes([byte]))
                await asyncio.sleep(0.2)
        except ConnectionError:
            return
        raise AssertionError("never dropped")

    async def at_limit(self, waiting, limit):
        """What comes of `waiting`, which the server has to end when so many seconds have passed
        since the connection began."""
        left = self.began + limit + TOLERANCE - time.monotonic()
        try:
            result = await asyncio.wait_for(waiting, left)
        except asyncio.TimeoutError:
            raise AssertionError(f"not ended after {limit} + {TOLERANCE} s") from None
        self.assert_lasted(limit)
        return result

    def assert_lasted(self, limit):
        passed = time.monotonic() - self.began
        assert passed > limit - 0.1, f"ended after {passed:.2f} s already, not {limit}"


rotation = collections.defaultdict(itertools.count)


def in_turn(name, choices):
    return choices[next(rotation[name]) % len(choices)]


async def killed_in_frame(peer):
    await peer.open()
    await peer.send(frame(BINARY, bytes(100_000))[: in_turn("cut", [1, 3, 9, 14, 50_000])])
    peer.reset()


async def gone_in_frame(peer):
    await peer.open()
    await peer.send(frame(TEXT, "grüße".encode() * 100)[: in_turn("cut text", [1, 5, 11, 400])])


async def killed_in_handshake(peer):
    await peer.send(HEAD[: in_turn("cut head", [1, 40, len(HEAD) - 1])])
    peer.reset()


async def gone_in_handshake(peer):
    await peer.send(HEAD[: in_turn("cut head", [1, 40, len(HEAD) - 1])])


async def killed_before_first_byte(peer):
    peer.reset()


async def half_closed(peer):
    await peer.open()
    await peer.send(frame(BINARY, b"last words"))
    peer.writer.write_eof()
    opcode, payload, _ = await peer.frame()
    assert (opcode, payload) == (BINARY, b"last words"), "half-closed: the echo is still owed"
    await peer.end()


async def stalled_reader(peer):
    """Sends and never reads: the server stops reading it, and drops it once nothing moved for so
    long that it is idle, and does not answer the Close either."""
    await peer.open()
    peer.writer.transport.pause_reading()
    message = frame(BINARY, bytes(range(256)) * 256)
    limit = peer.options.idle + peer.options.closing
    try:
        while True:
            await asyncio.wait_for(peer.send(message), limit + TOLERANCE)
            await asyncio.sleep(0.005)
    except asyncio.TimeoutError:
        raise AssertionError(f"not dropped {limit} + {TOLERANCE} s after nothing moved") from None
    except ConnectionError:
        peer.assert_lasted(limit)


async def slow_head(peer):
    """A byte now and then does not stretch the time for the handshake."""
    await peer.at_limit(peer.send_until_dropped(HEAD), peer.options.opening)


async def slow_frame(peer):
    """Byte by byte, and nothing is wrong with that."""
    await peer.open()
    for byte in frame(TEXT, "Grüße".encode()):
        await peer.send(bytes([byte]))
        await asyncio.sleep(0.05)
    text, first = b"", 0
    while not first & FIN:
        _, payload, first = await peer.frame()
        text += payload
    assert text.decode() == "Grüße", text


async def stalled_writer(peer):
    """Half a frame and no more: told to go when it was idle for too long."""
    await peer.open()
    await peer.send(frame(BINARY, bytes(1000))[:500])
    assert await peer.at_limit(peer.close_code(), peer.options.idle) == 1001, "idle: 1001"
    await peer.at_limit(peer.end(), peer.options.idle + peer.options.closing)


async def ping_flood(peer):
    await peer.open()
    count = 2000
    sending = asyncio.ensure_future(peer.send(frame(PING, b"are you there?") * count))
    for _ in range(count):
        assert (await peer.frame())[:2] == (PONG, b"are you there?"), "each ping has its pong"
    await sending


async def empty_fragments(peer):
    await peer.open()
    sending = asyncio.ensure_future(
        peer.send(frame(BINARY, flags=0) + frame(CONTINUATION, flags=0) * 8000)
    )
    assert await peer.close_code() == 1008, "more fragments than --max-fragments"
    await asyncio.gather(sending, return_exceptions=True)


async def bad_handshake(peer):
    await peer.send(in_turn("bad head", BAD_HEADS))
    answer = await peer.reader.readuntil(b"\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 505")), answer
    await peer.end()


async def bad_handshake_flood(peer):
    """A connection for each, some at the same time."""
    lanes = 20

    async def one_after_the_other():
        for _ in range(HANDSHAKES // lanes):
            async with Peer(peer.options) as another:
                await bad_handshake(another)

    await bad_handshake(peer)
    await asyncio.gather(*(one_after_the_other() for _ in range(lanes)))


async def bad_frame(peer):
    await peer.open(DEFLATE_HEAD)
    data, code = in_turn("bad frame", BAD_FRAMES)
    await peer.send(data)
    assert await peer.close_code() == code, (data[:20], code)
    await peer.end()


async def bomb(peer):
    """64 MiB of zeros in 64 KiB: cut off at the limit, with a Close."""
    await peer.open(DEFLATE_HEAD)
    sending = asyncio.ensure_future(peer.send(frame(BINARY, BOMB, flags=FIN | RSV1)))
    assert await peer.close_code() == 1009, "larger than --max-message"
    await asyncio.gather(sending, return_exceptions=True)


async def bombs_within_the_limit(peer):
    """Many messages of 1 MiB in 1 KiB, and no reading before all are sent."""
    await peer.open(DEFLATE_HEAD)
    count = 4
    await peer.send(frame(BINARY, LARGE_ZEROS, flags=FIN | RSV1) * count)
    finished = 0
    while finished != count:
        finished += (await peer.frame())[2] >> 7


async def never_says_good_bye(peer):
    """Sends what is no frame, does not read the Close, and goes on: the server does not wait for
    ever."""
    await peer.open()
    peer.writer.transport.pause_reading()
    await peer.send(frame(0xF))
    await peer.at_limit(peer.send_until_dropped(bytes(100)), peer.options.closing)


FAULTS = [
    killed_in_frame, gone_in_frame, killed_in_handshake, gone_in_handshake,
    killed_before_first_byte, half_closed, slow_frame, ping_flood, empty_fragments,
    bad_handshake_flood, bad_frame, bomb, bombs_within_the_limit, stalled_reader, slow_head,
    stalled_writer, never_says_good_bye,
]  # fmt: skip


class Injector:
    def __init__(self, options):
        self.options = options
        self.good = collections.Counter()
        self.wrong = []
        self.late = 0
        self.held_up_at = 0.0
        self.running = set()
        self.active = asyncio.Event()

    async def watch_time(self):
        """Notes when this program was not let run: its faults may then break a time limit."""
        now = asyncio.get_running_loop().time
        while True:
            before = now()
            await asyncio.sleep(0.1)
            if now() - before > 0.6:
                self.held_up_at = now()

    async def attempt(self, fault):
        name = fault.__name__
        began = asyncio.get_running_loop().time()
        try:
            async with Peer(self.options) as peer:
                await asyncio.wait_for(fault(peer), self.options.patience)
            self.good[name] += 1
        except Exception as error:
            await asyncio.sleep(0.2)
            if self.held_up_at >= began:
                self.late += 1
            else:
                self.wrong.append(f"{name}: {type(error).__name__}: {error}"[:200])

    async def inject(self):
        for fault in itertools.cycle(FAULTS):
            await self.active.wait()
            if len(self.running) < self.options.at_once:
                task = asyncio.ensure_future(self.attempt(fault))
                self.running.add(task)
                task.add_done_callback(self.running.discard)
            await asyncio.sleep(1 / self.options.rate)

    async def obey(self):
        commands = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(commands)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
        watching = asyncio.ensure_future(self.watch_time())
        injecting = asyncio.ensure_future(self.inject())
        while command := (await commands.readline()).strip():
            if command == b"on":
                self.active.set()
            else:
                self.active.clear()
        injecting.cancel()
        await asyncio.gather(*self.running)
        watching.cancel()

    def report(self):
        names = [fault.__name__ for fault in FAULTS]
        good = {name: self.good[name] for name in names}
        return {"good": good, "wrong": self.wrong, "late": self.late}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--rate", type=float, default=20, help="faults a second (20)")
    parser.add_argument("--at-once", type=int, default=100, help="at most so many (100)")
    parser.add_argument("--patience", type=float, default=30, help="seconds for one fault (30)")
    parser.add_argument("--opening", type=float, default=2, help="the server's --opening (2)")
    parser.add_argument("--idle", type=float, default=3, help="the server's --idle (3)")
    parser.add_argument("--closing", type=float, default=2, help="the server's --closing (2)")
    injector = Injector(parser.parse_args())
    os.nice(5)  # behind those that are measured
    asyncio.run(injector.obey())
    print(json.dumps(injector.report()))


if __name__ == "__main__":
    main()
