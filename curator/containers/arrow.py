"""Arrow tables, as a stream or as a file (Feather): read one record batch after the other."""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import polars as pl

from curator.containers.model import Broken, BrokenStreamError, Found
from curator.containers.parquet import contents_of, rows_of
from curator.containers.streams import compression_of, read_blocks
from curator.errors import InputError

FILE_MAGIC = b"ARROW1"
OLD_FEATHER = b"FEA1"
_GOES_ON = b"\xff\xff\xff\xff"
_KINDS: dict[int, Literal["schema", "dictionary", "batch"]] = {
    1: "schema",
    2: "dictionary",
    3: "batch",
}
_LARGEST_HEAD = 1 << 26
_LARGEST_BODY = 1 << 40
_BATCH = 4096
_DAMAGE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)
_CUT = "the Arrow data ends too early"


def is_arrow(head: bytes) -> bool:
    """Tell an Arrow file or stream by its first bytes: a magic word, or a schema message."""
    if head.startswith(FILE_MAGIC):
        return True
    if not head.startswith(_GOES_ON) or len(head) < 8:  # noqa: PLR2004 (mark and length)
        return False
    size = struct.unpack_from("<i", head, 4)[0]
    if not 0 < size <= _LARGEST_HEAD:
        return False
    try:
        return _Message(head[8 : 8 + size]).kind == "schema"
    except (struct.error, IndexError):
        return False


def read_arrow(path: Path) -> Iterator[Found | Broken]:
    """Read rows batch by batch; a damaged batch ends the table and is told as one broken row."""
    row = 0
    try:
        for batch in _tables(path):
            for found in rows_of(batch, row):
                row = found.row
                yield found
    except _NoTableError as error:
        raise InputError(f"{path} is not a readable Arrow table: {error}") from error
    except BrokenStreamError as error:
        yield Broken(row + 1, str(error), "")


def _tables(path: Path) -> Iterator[pl.DataFrame]:
    """Read a stream, also one that a file wraps; polars' own files have none inside."""
    data = _Bytes(read_blocks(path, compression_of(path)))
    if data.peek(len(FILE_MAGIC)) != FILE_MAGIC:
        return _stream_batches(data)
    if data.peek(12)[8:] == _GOES_ON:
        data.take(8)
        return _stream_batches(data)
    return _file_batches(contents_of(path))


def _file_batches(file: Path | io.BytesIO) -> Iterator[pl.DataFrame]:
    """Read a file by its footer, a piece at a time."""
    try:
        table = pl.scan_ipc(file)
        missing = table.select(pl.len()).collect().item()
    except _DAMAGE as error:
        raise _NoTableError(_first_line(error)) from error
    try:
        for batch in table.collect_batches(chunk_size=_BATCH, maintain_order=True):
            missing -= batch.height
            yield batch
    except _DAMAGE as error:
        raise BrokenStreamError(f"the Arrow data is damaged: {_first_line(error)}") from error
    if missing:
        # The library's own threads may end early without an error.
        raise BrokenStreamError(f"{missing:,} rows of the Arrow data cannot be read")


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]


class _NoTableError(Exception):
    """There is no schema, or none that can be understood: no row can be read."""


class _Bytes:
    """Bytes taken from blocks, as many at a time as asked for."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._held = bytearray()

    def peek(self, size: int) -> bytes:
        """Return the next bytes without taking them: fewer than asked for only at the end."""
        while len(self._held) < size and (block := next(self._blocks, None)) is not None:
            self._held += block
        return bytes(self._held[:size])

    def take(self, size: int) -> bytes:
        """Return the next bytes, all of them, or say that the data is cut off."""
        taken = self.peek(size)
        if len(taken) < size:
            raise BrokenStreamError(_CUT)
        del self._held[:size]
        return taken


class _Message:
    """The head of one message: its kind, and how many bytes its body has (a FlatBuffer table)."""

    def __init__(self, head: bytes) -> None:
        self._head = head
        self._table = struct.unpack_from("<I", head, 0)[0]
        self._fields = self._table - struct.unpack_from("<i", head, self._table)[0]
        kind = self._place(1)
        self.kind = _KINDS.get(head[kind] if kind else 0)
        body = self._place(3)
        self.body_size: int = struct.unpack_from("<q", head, body)[0] if body else 0

    def _place(self, number: int) -> int:
        """Say where a field lies; 0 where the table has it not."""
        entry = 4 + 2 * number
        if self._fields < 0 or entry >= struct.unpack_from("<H", self._head, self._fields)[0]:
            return 0
        offset = struct.unpack_from("<H", self._head, self._fields + entry)[0]
        return self._table + offset if offset else 0


@dataclass
class _Opened:
    """What every batch needs to be read: the schema, and the dictionaries so far."""

    schema: bytes = b""
    dictionaries: list[bytes] = field(default_factory=list)

    def read(self, batch: bytes) -> pl.DataFrame:
        """Read one batch as a table of its own."""
        stream = b"".join((self.schema, *self.dictionaries, batch, _GOES_ON, bytes(4)))
        try:
            return pl.read_ipc_stream(io.BytesIO(stream))
        except _DAMAGE as error:
            raise BrokenStreamError(f"the Arrow data is damaged: {_first_line(error)}") from error


def _stream_batches(data: _Bytes) -> Iterator[pl.DataFrame]:
    """Read the messages of a stream; only the batch at hand is in memory."""
    opened = _open(data)
    while (found := _next_message(data)) is not None:
        message, whole = found
        if message.kind == "dictionary":
            opened.dictionaries.append(whole)
        elif message.kind == "batch":
            yield opened.read(whole)
        else:
            raise BrokenStreamError("the Arrow data is damaged: a message is no batch of rows")


def _open(data: _Bytes) -> _Opened:
    """Read the schema, which comes first."""
    try:
        found = _next_message(data)
        if found is None or found[0].kind != "schema":
            raise _NoTableError("it has no schema")
        opened = _Opened(found[1])
        opened.read(b"")
    except BrokenStreamError as error:
        raise _NoTableError(str(error)) from error
    return opened


def _next_message(data: _Bytes) -> tuple[_Message, bytes] | None:
    """Take the next message, with its bytes; None at the end, marked or not."""
    if not data.peek(1):
        return None
    mark = data.take(8)
    size = struct.unpack_from("<i", mark, 4)[0]
    if mark[:4] != _GOES_ON or not 0 <= size <= _LARGEST_HEAD:
        raise BrokenStreamError("the Arrow data is damaged: no message starts where one should")
    if not size:
        return None
    head = data.take(size)
    try:
        message = _Message(head)
    except (struct.error, IndexError) as error:
        raise BrokenStreamError("the Arrow data is damaged: a message has no head") from error
    if not 0 <= message.body_size <= _LARGEST_BODY:
        raise BrokenStreamError("the Arrow data is damaged: a message has no size")
    return message, mark + head + data.take(message.body_size)
