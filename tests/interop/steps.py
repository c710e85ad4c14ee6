"""What the Python clients try with our servers: steps, each on a connection of its own.

A client of a library comes as a function

    connect(target="/", subprotocols=(), **deflate) -> connection, or raises Rejected

where `deflate` holds parameters of permessage-deflate, and a connection has

    subprotocol           the chosen one, or None
    agreed                the agreed parameters of permessage-deflate by their names, or None
    send(message)         str or bytes
    send_fragments(pieces, pings=())      one of the pings behind each piece, while there are any
    receive() -> message  answers pings meanwhile
    ping(payload)         and waits for its pong
    pong(payload)
    close(code, reason)   code None: a Close without code
    wait_closed() -> (code, reason)       what the server has closed with, or answered
    closed                whether it was waited for that
"""

import random
import sys

SENTENCE = "Frames follow frames, some of them long, some not. "
MEBIBYTE = 1024 * 1024


class Rejected(Exception):
    """The server refused the handshake; body is None if the library does not tell it."""

    def __init__(self, status, body):
        super().__init__(f"rejected with {status}: {body}")
        self.status = status
        self.body = body


def prose(size):
    return (SENTENCE * (size // len(SENTENCE) + 1))[:size]


def noise(size):
    return random.Random(size).randbytes(size)


def repetitions():
    """Blocks that come twice, at distances within and beyond every window."""
    return b"".join(2 * noise(300 * 4**step // 3**step) for step in range(17))


def expect(actual, expected):
    assert actual == expected, f"got {actual!r:.100} instead of {expected!r:.100}"


def echo(ws, *messages):
    for message in messages:
        ws.send(message)
        expect(ws.receive(), message)


def check_text(connect):
    echo(connect(), "Hello", "Grüße aus Köln", "日本語", "𝄞 and 🎻", "\0 \x7f \t\r\n")


def check_binary(connect):
    echo(connect(), bytes(range(256)), bytes(reversed(range(256))))


def check_empty(connect):
    echo(connect(), *(3 * ("", b"")), "not empty")


def check_lengths(connect):
    ws = connect()
    for size in (1, 124, 125, 126, 127, 128, 65534, 65535, 65536, 65537):
        echo(ws, prose(size), noise(size))


def check_mebibyte(connect):
    echo(connect(), prose(MEBIBYTE), noise(MEBIBYTE), prose(MEBIBYTE).encode())


def check_fragments(connect):
    ws = connect()
    ws.send_fragments(["Gr", "üß", "", "e "])
    expect(ws.receive(), "Grüße ")
    half = noise(70000)
    ws.send_fragments([half, half])
    expect(ws.receive(), half + half)


def check_pings_between_fragments(connect):
    ws = connect()
    for last in ("1st", "2nd"):
        pings = [f"ping before the {last} {number}".encode() for number in range(3)]
        ws.send_fragments(["one ", "two ", "three ", last], pings)
        expect(ws.receive(), "one two three " + last)


def check_pings(connect):
    ws = connect()
    for payload in (b"", b"abc", noise(125)):
        ws.ping(payload)


def check_unasked_pong(connect):
    ws = connect()
    ws.pong(b"nobody asked")
    echo(ws, "still here")


def check_many(connect):
    ws = connect()
    for size in range(300):
        ws.send(prose(size))
    for size in range(300):
        expect(ws.receive(), prose(size))


def check_close(connect):
    for reason in ("enough for today ☂", "", 123 * "x"):
        ws = connect()
        echo(ws, "last words")
        ws.close(4001, reason)
        expect(ws.wait_closed(), (4001, reason))


def check_close_without_code(connect):
    ws = connect()
    ws.close(None, "")
    expect(ws.wait_closed(), (1005, ""))


def check_rejection(connect):
    try:
        connect("/refuse")
    except Rejected as rejected:
        expect(rejected.status, 404)
        assert rejected.body is None or rejected.body.startswith(b"Nothing is echoed here.")
    else:
        raise AssertionError("the server did not refuse")


def check_window(connect, **asked):
    ws = connect(**asked)
    for name, bits in asked.items():
        assert ws.agreed[name] <= bits, ws.agreed
    data = repetitions()
    echo(ws, data, prose(1000), data)


def check_windows(connect):
    for bits in range(9, 16):
        check_window(connect, client_max_window_bits=bits, server_max_window_bits=bits)


def check_smallest_server_window(connect):
    check_window(connect, server_max_window_bits=8)


def check_context_takeover(connect):
    for client, server in ((False, True), (True, False), (True, True)):
        ws = connect(client_no_context_takeover=client, server_no_context_takeover=server)
        assert ws.agreed["client_no_context_takeover"] or not client, ws.agreed
        assert ws.agreed["server_no_context_takeover"] or not server, ws.agreed
        echo(ws, *(3 * (prose(1000), "")))


def check_subprotocol(connect):
    expect(connect().subprotocol, None)
    expect(connect(subprotocols=["unheard-of", "interop"]).subprotocol, "interop")


def check_first_subprotocol(connect):
    expect(connect().subprotocol, None)
    expect(connect(subprotocols=["first", "second"]).subprotocol, "first")


def check_server_fragments(connect):
    ws = connect()
    for _ in range(2):
        ws.send("please fragment")
        expect(ws.receive(), "one two three ☃")
        expect(ws.receive(), b"\x00\x01\x02\xff")


def check_server_pings_between_fragments(connect):
    ws = connect()
    ws.send("please fragment around pings")
    expect(ws.receive(), "one two three ☃")
    expect(ws.receive(), b"\x00\x01\x02\xff")


def check_server_ping(connect):
    ws = connect()
    ws.send("please ping")
    expect(ws.receive(), "there you are")


def check_greeting(connect):
    ws = connect("/greet?name=client")
    expect(ws.receive(), "welcome")
    echo(ws, "thank you")


def check_server_close(connect):
    ws = connect()
    ws.send("please close")
    expect(ws.wait_closed(), (4002, "as you wish ☂"))


ECHO_STEPS = {
    "text": check_text,
    "binary": check_binary,
    "empty messages": check_empty,
    "lengths at every form of the header": check_lengths,
    "1 MiB": check_mebibyte,
    "fragments": check_fragments,
    "pings between fragments": check_pings_between_fragments,
    "pings": check_pings,
    "a pong nobody asked for": check_unasked_pong,
    "many messages": check_many,
    "close with code and reason": check_close,
    "close without code": check_close_without_code,
    "rejection": check_rejection,
}

EXAMPLE_STEPS = {"the first subprotocol": check_first_subprotocol}

SERVER_STEPS = {
    "subprotocol": check_subprotocol,
    "the server's fragments": check_server_fragments,
    "the server's pings between fragments": check_server_pings_between_fragments,
    "the server's ping": check_server_ping,
    "a message right behind the accept": check_greeting,
    "the server's close": check_server_close,
}

DEFLATE_STEPS = {
    "windows of 9 to 15 bits": check_windows,
    "a server's window of 8 bits": check_smallest_server_window,
    "no context takeover": check_context_takeover,
}

LIMITED = {
    "client_no_context_takeover": True,
    "server_no_context_takeover": True,
    "client_max_window_bits": 10,
    "server_max_window_bits": 10,
}


class Client:
    """The function `connect`, that looks at what was agreed on; at most one connection is open."""

    def __init__(self, connect, mode):
        self.connect = connect
        self.mode = mode
        self.ws = None

    def __call__(self, *arguments, subprotocols=(), **deflate):
        self.leave()
        self.ws = self.connect(*arguments, subprotocols=subprotocols, **deflate)
        expect(self.ws.agreed is not None, self.mode != "plain")
        if self.mode == "limited" and not deflate:
            expect(self.ws.agreed, LIMITED)
        return self.ws

    def leave(self):
        ws, self.ws = self.ws, None
        if ws is not None and not ws.closed:
            ws.close(1000, "")
            expect(ws.wait_closed(), (1000, ""))


def passes(name, check, client):
    try:
        check(client)
        client.leave()
    except Exception as error:  # whatever it is, the other steps are worth a try
        print(f"FAILED: {name}: {type(error).__name__}: {error}", flush=True)
        return False
    print(f"ok: {name}", flush=True)
    return True


def run(connect, mode, server, omitted=()):
    """Runs the steps for the mode plain, deflate or limited; server: ours, or the example."""
    steps = ECHO_STEPS | (EXAMPLE_STEPS if server == "example" else SERVER_STEPS)
    if mode != "plain":
        steps |= DEFLATE_STEPS
    for name in omitted:
        print(f"omitted: {name}", flush=True)
        steps.pop(name, None)
    results = [passes(*step, Client(connect, mode)) for step in steps.items()]
    sys.exit(0 if all(results) else 1)
