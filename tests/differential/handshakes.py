"""Random opening handshakes: requests for a server, answers for a client."""

import base64

import streams

PARAMETERS = [b"", b"; client_max_window_bits", b"; client_max_window_bits=10",
              b"; server_max_window_bits=12", b"; server_no_context_takeover",
              b"; client_no_context_takeover; server_no_context_takeover",
              b"; client_max_window_bits=8", b"; client_max_window_bits=08",
              b"; client_max_window_bits=abc", b"; unknown", b'; server_max_window_bits="11"']
REQUEST = [b"Host: example.org", b"Upgrade: websocket", b"Connection: Upgrade",
           b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", b"Sec-WebSocket-Version: 13"]
ANSWER = [b"Upgrade: websocket", b"Connection: Upgrade",
          b"Sec-WebSocket-Accept: " + streams.ACCEPT]
OTHER = [b"X-One: 1", b"X-Two:2", b"x-three:  spaces  ", b"X-Empty:", b"Cookie: a=b; c=d",
         b"Cookie: e=f", b"Origin: http://example.org"]
METHODS = [b"POST", b"HEAD", b"get", b"OPTIONS", b"NONSENSE"]
VERSIONS = [b"HTTP/1.0", b"HTTP/2.0", b"http/1.1", b"HTTP/1.1 ", b"HTTP/11", b"HTTP/1.2"]
TARGETS = [b"/chat?room=1", b"*", b"http://example.org/", b"/a b", b"/\xc3\xa9", b"/\t", b""]
VALUES = {
    b"host": [b"", b"example.org:8080", b"[::1]", b"xn--bcher-kva.example", b"b\xc3\xbccher.de",
              b"a b", b"EXAMPLE.org"],
    b"upgrade": [b"WebSocket", b"h2c, websocket", b"h2c", b"websocket/13", b"", b"WEBSOCKET"],
    b"connection": [b"keep-alive, Upgrade", b"upgrade", b"close", b"", b"keep-alive,upgrade,"],
    b"sec-websocket-key": [b"AAAA", b"", b"dGhlIHNhbXBsZSBub25jZR==", b"not base64 at all",
                           base64.b64encode(bytes(17))],
    b"sec-websocket-version": [b"8", b"13, 8", b"", b"013"],
    b"sec-websocket-accept": [b"AAAA", b"", streams.ACCEPT.lower()],
    b"sec-websocket-protocol": [b"a", b"b", b"c", b"a, b", b"", b",a", b"a b", b"A"],
    b"sec-websocket-extensions": [b"x", b"x; y", b"", b'x; y="1, 2"', b"x;;y", b"x y", b",x,"],
    b"content-length": [b"0", b"5", b"x", b"-1"],
    b"transfer-encoding": [b"chunked", b"identity"],
}


def name_of(line):
    return line.split(b":")[0].strip().lower()


def change_value(rng, lines):
    name = rng.choice(list(VALUES))
    line = name.title() + b": " + rng.choice(VALUES[name])
    lines[:] = [each for each in lines if name_of(each) != name] + [line]


def remove(rng, lines):
    if lines:
        lines.remove(rng.choice(lines))


def repeat(rng, lines):
    if lines:
        lines.insert(rng.randint(0, len(lines)), rng.choice(lines))


def spoil(rng, lines):
    """What HTTP forbids, or merely discourages, in one line."""
    if not lines:
        return
    at = rng.randrange(len(lines))
    lines[at] = rng.choice([
        lines[at].replace(b":", b" :", 1), b" " + lines[at], b"\t" + lines[at],
        lines[at].replace(b":", b"", 1), lines[at] + b"\r\n folded", lines[at] + b"\x00",
        lines[at] + b"\x7f", lines[at] + b" \xe9", b": no name", b"N\xe4me: 1", b"A(b): 1",
        lines[at] + b"\t ", lines[at].replace(b": ", b":\t", 1)])


def another_line(rng, lines):
    """Of a list, all lines count."""
    lines.append(rng.choice([b"Connection: keep-alive", b"Upgrade: h2c", b"Connection: close"]))


CHANGES = [change_value] * 6 + [remove, repeat, spoil] * 2 + [another_line]


def head(rng, first, lines):
    lines = lines + rng.sample(OTHER, rng.randint(0, 3))
    rng.shuffle(lines)
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        rng.choice(CHANGES)(rng, lines)
    end = b"\n" if rng.random() < 0.03 else b"\r\n"
    result = end.join([first] + lines + [b"", b""])
    return streams.mutate(rng, result) if rng.random() < 0.1 else result


def extension_line(rng):
    offers = [b"permessage-deflate" + rng.choice(PARAMETERS) for _ in range(rng.choice([1, 1, 2]))]
    return b"Sec-WebSocket-Extensions: " + b", ".join(offers)


def finish(rng, role, extension, data):
    head_size = data.find(b"\r\n\r\n") + 4
    if rng.random() < 0.3:
        data += streams.frames(rng, role, b"")
    if rng.random() < 0.1:
        data = data[:rng.randrange(len(data) + 1)]
    steps = streams.reads(rng, data)
    if rng.random() < 0.5 and 4 <= head_size < len(data):
        steps = [data[:head_size]] + streams.reads(rng, data[head_size:])
    if rng.random() < 0.2:
        steps.append("eof")
    return streams.Stream(role, "handshake", extension, steps)


def server_stream(rng):
    lines = list(REQUEST)
    if rng.random() < 0.3:
        lines.append(b"Sec-WebSocket-Protocol: " + rng.choice([b"a", b"a, b", b"b,a"]))
    if rng.random() < 0.5:
        lines.append(extension_line(rng))
    method = rng.choice(METHODS) if rng.random() < 0.05 else b"GET"
    target = rng.choice(TARGETS) if rng.random() < 0.15 else b"/"
    version = rng.choice(VERSIONS) if rng.random() < 0.05 else b"HTTP/1.1"
    data = head(rng, b" ".join([method, target, version]), lines)
    return finish(rng, "server", rng.choice([b"", b"permessage-deflate"]), data)


def client_stream(rng):
    kind = rng.random()
    if kind < 0.3:
        return finish(rng, "client", b"", rejection(rng))
    extension = rng.choice([b"", b"permessage-deflate"])
    lines = list(ANSWER)
    if rng.random() < 0.2:
        lines.append(b"Sec-WebSocket-Protocol: " + rng.choice([b"a", b"b"]))
    if extension and rng.random() < 0.5:
        lines.append(extension_line(rng))
    status = b"HTTP/1.0 101 OK" if rng.random() < 0.02 else b"HTTP/1.1 101 Switching Protocols"
    before = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" if rng.random() < 0.05 else b""
    return finish(rng, "client", extension, before + head(rng, status, lines))


def rejection(rng):
    body = rng.randbytes(rng.choice([0, 1, 30]))
    status = rng.choice([b"200 OK", b"404 Not Found", b"503", b"302 Found", b"204 No", b"304 Not"])
    first = b"HTTP/1.1 " + status
    how = rng.randrange(4)
    if how == 0:
        return head(rng, first, [b"Content-Length: %d" % len(body)]) + body
    if how == 1:
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece)
                          for piece in streams.cut(rng, body, 2) if piece)
        return head(rng, first, [b"Transfer-Encoding: chunked"]) + chunks + b"0\r\n\r\n"
    return head(rng, first, [b"Content-Type: text/plain"]) + (body if how == 2 else b"")
