#!/usr/bin/env python3
"""That load_client notices: echo servers that do one thing wrong, and what it has to say of them.

liars.py CLIENT; ends with an error when a lie is not noticed.
"""

import asyncio
import base64
import hashlib
import json
import sys

BINARY, CLOSE = 0x2, 0x8
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


async def accept(reader, writer):
    head = await reader.readuntil(b"\r\n\r\n")
    key = head.split(b"Sec-WebSocket-Key: ", 1)[1].split(b"\r\n", 1)[0]
    token = base64.b64encode(hashlib.sha1(key + GUID).digest())
    writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                 b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + token + b"\r\n\r\n")  # fmt: skip


async def receive(reader):
    """A frame of at most 125 bytes: its opcode and payload."""
    first, size = await reader.readexactly(2)
    key = await reader.readexactly(4)
    masked = await reader.readexactly(size & 0x7F)
    return first & 0x0F, bytes(byte ^ key[at % 4] for at, byte in enumerate(masked))


def frame(opcode, payload):
    return bytes([0x80 | opcode, len(payload)]) + payload


def honest(number, opcode, payload):
    return frame(opcode, payload)


def alters(number, opcode, payload):
    return frame(opcode, payload[:-1] + bytes([payload[-1] ^ 1]) if number == 20 else payload)


def shortens(number, opcode, payload):
    return frame(opcode, payload[:-1] if number == 20 else payload)


def lengthens(number, opcode, payload):
    return frame(opcode, payload + b"x" if number == 20 else payload)


def changes_type(number, opcode, payload):
    return frame(BINARY if number >= 20 else opcode, payload)


def loses(number, opcode, payload):
    return b"" if number >= 20 else frame(opcode, payload)


def repeats(number, opcode, payload):
    return frame(opcode, payload) * (2 if number == 20 else 1)


def leaves(number, opcode, payload):
    return None if number == 20 else frame(opcode, payload)


def breaks_frames(number, opcode, payload):
    return b"\x83\x00" if number == 20 else frame(opcode, payload)


LIARS = {
    honest: None, alters: "altered", shortens: "altered", lengthens: "altered",
    changes_type: "altered", loses: "lost", repeats: "failed", leaves: "failed",
    breaks_frames: "failed",
}  # fmt: skip


async def serve(answer, reader, writer):
    number = 0
    try:
        await accept(reader, writer)
        while True:
            opcode, payload = await receive(reader)
            if opcode == CLOSE:
                writer.write(frame(CLOSE, payload))
                break
            number += 1
            echo = answer(number, opcode, payload)
            if echo is None:
                break
            writer.write(echo)
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()


async def check(client, answer, complaint):
    server = await asyncio.start_server(lambda *ends: serve(answer, *ends), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        client, "--port", str(port), "--connections", "1", "--sizes", "100", "--duration", "1",
        "--patience", "1", "--json", "--quiet", stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, _ = await process.communicate()
    server.close()
    report = json.loads(output.splitlines()[-1])
    if complaint is None:
        assert process.returncode == 0 and report["messages"] > 20, report
    else:
        assert process.returncode == 3 and report[complaint] > 0, (answer.__name__, report)


async def main():
    for answer, complaint in LIARS.items():
        await check(sys.argv[1], answer, complaint)
        print(answer.__name__, complaint or "ok", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
