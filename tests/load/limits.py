#!/usr/bin/env python3
"""What epoll_server does at its limits: out of descriptors, told to stop, called wrongly.

limits.py SERVER; ends with an error at the first thing that is not as it should be.
"""

import signal
import socket
import struct
import subprocess
import sys
import time

from faults import CLOSE, HEAD, TEXT, frame
from programs import Server

GOING_AWAY = bytes([0x80 | CLOSE, 2]) + struct.pack("!H", 1001)


def connect(server):
    client = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    client.sendall(HEAD)
    return client


def opened(client):
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += client.recv(1)
    assert answer.startswith(b"HTTP/1.1 101 "), answer
    return client


def exchange(client):
    client.sendall(frame(TEXT, b"hello"))
    assert client.recv(7, socket.MSG_WAITALL) == b"\x81\x05hello"


def descriptors_lack(command):
    """Who is in stays in, who waits comes in later, and the server does not spin meanwhile."""
    allowed = 30
    with Server(["prlimit", f"--nofile={allowed}", *command]) as server:
        clients = [connect(server) for _ in range(allowed + 10)]
        exchange(opened(clients[0]))
        before = server.cpu_seconds()
        time.sleep(1)
        assert server.cpu_seconds() - before < 0.3, "the server spins while descriptors lack"
        for client in clients[1:25]:
            client.close()
        exchange(opened(clients[-1]))
        exchange(clients[0])


def told_to_stop(command):
    """Every open client is told so; one that does not answer is not waited for longer than that."""
    with Server([*command, "--closing", "1"]) as server:
        polite, silent, unopened = opened(connect(server)), opened(connect(server)), None
        unopened = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        for client in (polite, silent):
            assert client.recv(4, socket.MSG_WAITALL) == GOING_AWAY
        assert unopened.recv(1) == b"", "a handshake that has not begun is not waited for"
        polite.sendall(frame(CLOSE, struct.pack("!H", 1001)))
        assert polite.recv(1) == b"", "after both Closes the server closes"
        assert server.process.wait(timeout=10) == 0
        silent.close()


def told_twice(command):
    with Server(command) as server:
        client = opened(connect(server))
        server.process.send_signal(signal.SIGINT)
        assert client.recv(4, socket.MSG_WAITALL) == GOING_AWAY
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(timeout=2) == -signal.SIGINT, "the second one does not wait"


def idle(command):
    """Told so; and half of a frame every now and then is not idle."""
    with Server([*command, "--idle", "1"]) as server:
        quiet, busy = opened(connect(server)), opened(connect(server))
        for byte in frame(TEXT, b"slow"):
            busy.sendall(bytes([byte]))
            time.sleep(0.2)
        assert quiet.recv(4, socket.MSG_WAITALL) == GOING_AWAY
        assert busy.recv(1) == bytes([TEXT]), "its message came back"


def no_limit(command):
    """Of messages, and of their frames, where it is given as 0."""
    with Server([*command, "--max-message", "0", "--max-fragments", "0"]) as server:
        exchange(opened(connect(server)))


WRONG_CALLS = {
    "--port x": "--port: not a number in range: 'x'",
    "--port 70000": "--port: not a number in range: '70000'",
    "--opening x": "--opening: not a number in range: 'x'",
    "--backlog -3": "--backlog: must be above 0",
    "--max-output 0": "--max-output: must be above 0",
    "--opening 0": "--opening: must be above 0",
    "--idle 0": "--idle: must be above 0",
    "--deflate-level 12": "--deflate-level: not a level of zlib",
    "--nonsense": "see epoll_server --help",
    "--idle": "see epoll_server --help",
    "more": "unexpected: more",
}


def called_wrongly(command):
    for wrong, complaint in WRONG_CALLS.items():
        result = subprocess.run([command[0], *wrong.split()], capture_output=True, text=True,
                                timeout=10)  # fmt: skip
        assert result.returncode == 1 and f"epoll_server: {complaint}\n" in result.stderr, result
    with Server(command) as server:
        taken = [command[0], "--port", str(server.port)]
        result = subprocess.run(taken, capture_output=True, text=True, timeout=10)
        assert result.returncode == 2 and "cannot listen" in result.stderr, result
    helped = [command[0], "--help", "--nonsense"]
    result = subprocess.run(helped, capture_output=True, text=True, timeout=10)
    assert result.returncode == 0 and "--max-output" in result.stdout, result


def main():
    command = [sys.argv[1], "--port", "0"]
    for check in (called_wrongly, no_limit, descriptors_lack, idle, told_to_stop, told_twice):
        check(command)
        print(check.__name__, "ok", flush=True)


if __name__ == "__main__":
    main()
