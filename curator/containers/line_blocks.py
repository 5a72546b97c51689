"""Line blocks: pieces of a file that end where a line ends, so that others can read them."""

from collections.abc import Iterator
from typing import NamedTuple

from curator.containers.streams import Stream


class LineBlock(NamedTuple):
    """Some lines of a file: the number of the first, and their bytes.

    `broken` says why the file ends after them, or within the last, where its data is damaged.
    """

    first: int
    data: bytes
    broken: str | None = None


def line_blocks(stream: Stream, size: int = 0) -> Iterator[LineBlock]:
    """Cut a file into blocks of whole lines, of `size` bytes or a little more each.

    What stands after the last line feed is a block of its own.
    """
    first, held, pieces = 1, 0, list[bytes]()
    for block in stream.blocks:
        cut = block.rfind(b"\n") + 1
        if not cut or held + cut < size:
            pieces.append(block)
            held += len(block)
            continue
        pieces.append(block[:cut])
        data = b"".join(pieces)
        yield LineBlock(first, data)
        first += data.count(b"\n")
        pieces, held = [block[cut:]], len(block) - cut
    yield from _last_blocks(first, b"".join(pieces), stream.broken)


def _last_blocks(first: int, data: bytes, broken: str | None) -> Iterator[LineBlock]:
    cut = data.rfind(b"\n") + 1
    if cut:
        yield LineBlock(first, data[:cut])
        first += data.count(b"\n")
    if data[cut:] or broken:
        yield LineBlock(first, data[cut:], broken)
