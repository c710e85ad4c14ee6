"""zlib's inflate() itself: what it wrote before it failed, which Python's module does not tell."""

import ctypes
import ctypes.util

SYNC_FLUSH = 2
OK, STREAM_END, NO_PROGRESS = 0, 1, -5
CHUNK = 1 << 16
library = ctypes.CDLL(ctypes.util.find_library("z"))
library.zlibVersion.restype = ctypes.c_char_p


class Stream(ctypes.Structure):
    _fields_ = [
        ("next_in", ctypes.c_char_p), ("avail_in", ctypes.c_uint), ("total_in", ctypes.c_ulong),
        ("next_out", ctypes.c_void_p), ("avail_out", ctypes.c_uint), ("total_out", ctypes.c_ulong),
        ("msg", ctypes.c_char_p), ("state", ctypes.c_void_p), ("zalloc", ctypes.c_void_p),
        ("zfree", ctypes.c_void_p), ("opaque", ctypes.c_void_p), ("data_type", ctypes.c_int),
        ("adler", ctypes.c_ulong), ("reserved", ctypes.c_ulong),
    ]  # fmt: skip


def written(data, window, bits, room=CHUNK):
    """All that comes out of raw deflate data up to its end, or a failure; and whether that it was.

    `room` is for the output of one call, within which zlib lets distances pass that the window does
    not allow."""
    stream = Stream(next_in=data, avail_in=len(data))
    out = ctypes.create_string_buffer(room)
    result = bytearray()
    library.inflateInit2_(ctypes.byref(stream), -bits, library.zlibVersion(), ctypes.sizeof(stream))
    library.inflateSetDictionary(ctypes.byref(stream), window, len(window))
    status = OK
    while status == OK:
        stream.next_out, stream.avail_out = ctypes.addressof(out), room
        status = library.inflate(ctypes.byref(stream), SYNC_FLUSH)
        result += out.raw[:room - stream.avail_out]
    library.inflateEnd(ctypes.byref(stream))
    return bytes(result), status not in (STREAM_END, NO_PROGRESS)
