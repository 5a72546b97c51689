"""Bytes of a file: decompressed, in UTF-8, block by block."""

import bz2
import codecs
import re
import zlib
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import zstandard

from curator.containers.model import BrokenStreamError
from curator.containers.texts import encoding_of, recode

BLOCK = 1 << 16
_MAGIC = {
    "gzip": re.compile(rb"\x1f\x8b"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd"),
    "bzip2": re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),
}
_MAGIC_BYTES = 10


class Stream:
    """The blocks of one file; a break in compressed data ends them and is told in `broken`."""

    def __init__(self, path: Path) -> None:
        self.compression = compression_of(path)
        self.broken: str | None = None
        blocks = self._until_broken(read_blocks(path, self.compression))
        first = next(blocks, b"")
        self.encoding = encoding_of(first)
        if self.encoding == "utf-8-sig":
            first = first.removeprefix(codecs.BOM_UTF8)
        whole = chain([first], blocks)
        utf8 = self.encoding.startswith("utf-8")
        self.blocks: Iterator[bytes] = whole if utf8 else recode(whole, self.encoding)

    def _until_broken(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        try:
            # A decoder may need several blocks before it has anything to give.
            yield from filter(None, blocks)
        except BrokenStreamError as error:
            self.broken = str(error)


def compression_of(path: Path) -> str | None:
    """Name a file's compression by its first bytes."""
    with path.open("rb") as file:
        head = file.read(_MAGIC_BYTES)
    return next((name for name, magic in _MAGIC.items() if magic.match(head)), None)


def read_blocks(path: Path, compression: str | None) -> Iterator[bytes]:
    """Read a file's bytes, decompressed; a break in compressed data is a BrokenStreamError."""
    blocks = _raw_blocks(path)
    if compression == "gzip":
        return _decompress(blocks, lambda: zlib.decompressobj(wbits=31))
    if compression == "zstd":
        return _decompress(blocks, lambda: zstandard.ZstdDecompressor().decompressobj())
    if compression == "bzip2":
        return _decompress(blocks, bz2.BZ2Decompressor)
    return blocks


def _raw_blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _decompress(blocks: Iterator[bytes], new: Callable[[], Any]) -> Iterator[bytes]:
    decoder, started = new(), False
    for compressed in blocks:
        block = compressed
        while block:
            started = True
            yield from _feed(decoder, block)
            block = b""
            if decoder.eof:
                # Zeros after a member are padding; anything else starts another member.
                block = decoder.unused_data.lstrip(b"\0")
                decoder, started = new(), False
    if started:
        raise BrokenStreamError("the compressed data ends too early")


def _feed(decoder: Any, block: bytes) -> Iterator[bytes]:
    saved = decoder.copy() if hasattr(decoder, "copy") else None
    try:
        data = decoder.decompress(block)
    except (zlib.error, zstandard.ZstdError, OSError) as error:
        if saved is not None:
            yield _last_bytes(saved, block)
        raise BrokenStreamError(f"the compressed data is damaged: {error}") from error
    yield data


def _last_bytes(decoder: Any, block: bytes) -> bytes:
    data = b""
    for i in range(len(block)):
        try:
            data += decoder.decompress(block[i : i + 1])
        except zlib.error:
            break
    return data
