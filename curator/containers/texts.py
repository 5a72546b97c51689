"""Text of a file: its encoding, its lines, and what is done with bytes that are not UTF-8."""

import codecs
from collections.abc import Iterator

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WINDOWS = {
    0xDC00 + byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte)
    for byte in range(0x80, 0x100)
}
"""What `surrogateescape` makes of a byte -> what Windows-1252 (else Latin-1) means by it."""
_HEAD = 64
NOT_UTF8 = "bytes that are not UTF-8 were read as Windows-1252"


def encoding_of(head: bytes) -> str:
    """Name an encoding by its byte order mark, or by where the zero bytes are."""
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    even, odd = head[0:_HEAD:2], head[1:_HEAD:2]
    if len(odd) > 1 and odd.count(0) * 2 > len(odd) and not even.count(0):
        return "utf-16-le"
    if len(odd) > 1 and even.count(0) * 2 > len(even) and not odd.count(0):
        return "utf-16-be"
    return "utf-8"


def recode(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Turn another encoding into UTF-8."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for block in blocks:
        yield decoder.decode(block).encode()
    yield decoder.decode(b"", final=True).encode()


def split_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Split bytes at line feeds, which are cut off; only line feeds end a line."""
    tail: list[bytes] = []
    for block in blocks:
        lines = block.split(b"\n")
        tail.append(lines[0])
        if len(lines) > 1:
            yield b"".join(tail)
            yield from lines[1:-1]
            tail = [lines[-1]]
    if rest := b"".join(tail):
        yield rest


def decode_line(line: bytes) -> tuple[str, tuple[str, ...]]:
    """Decode one line, with a note where it is not UTF-8; nothing is lost either way."""
    try:
        return line.decode(), ()
    except UnicodeDecodeError:
        return line.decode("utf-8", "surrogateescape").translate(_WINDOWS), (NOT_UTF8,)


def decode_blocks(blocks: Iterator[bytes]) -> Iterator[str]:
    """Decode blocks of bytes; bytes that are not UTF-8 stay escaped until `mend` reads them."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    for block in blocks:
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def mend(text: str) -> tuple[str, tuple[str, ...]]:
    """Read escaped bytes as Windows-1252, with a note where there were any."""
    if text.isascii():
        return text, ()
    mended = text.translate(_WINDOWS)
    return mended, (NOT_UTF8,) if mended != text else ()
