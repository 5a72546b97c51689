"""Every container, plain or compressed, gives the same rows."""

import gzip
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import zstandard

from curator.errors import InputError, ShapeError
from curator.formats import SHAPES, write_row
from curator.ingest import Ingested, Quarantined, Sniff, Source, read_source, sniff

ROWS = [
    {"prompt": "a, b", "completion": 'say "hé"\nthere'},
    {"prompt": "二", "completion": ""},
]


def csv_of(rows: list[dict[str, str]]) -> bytes:
    return pl.DataFrame(rows).write_csv(quote_style="always").encode()


def parquet_of(rows: Any) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(rows).write_parquet(buffer)
    return buffer.getvalue()


def json_lines_of(rows: list[dict[str, str]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


CONTAINERS = {
    "json": json.dumps(ROWS).encode(),
    "json_lines": json_lines_of(ROWS),
    "csv": csv_of(ROWS),
    "parquet": parquet_of(ROWS),
}
COMPRESSIONS = {None: bytes, "gzip": gzip.compress, "zstd": zstandard.ZstdCompressor().compress}


def source_of(folder: Path, data: bytes, name: str = "rows", **said: Any) -> Source:
    path = folder / name
    path.write_bytes(data)
    return Source(path, name, **said)


def read(folder: Path, data: bytes, name: str = "rows", **said: Any) -> list[Any]:
    return list(read_source(source_of(folder, data, name, **said)))


def rows_of(items: list[Ingested | Quarantined]) -> list[Any]:
    """Write every record as the row it was; a quarantined row is its text."""
    return [
        write_row(item.shape, item.record, origin_shape=item.shape, unchanged=True)
        if isinstance(item, Ingested)
        else item.raw
        for item in items
    ]


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("container", CONTAINERS)
def test_the_content_tells_the_container_and_gives_the_rows(
    tmp_path: Path, container: str, compression: str | None
) -> None:
    source = source_of(tmp_path, COMPRESSIONS[compression](CONTAINERS[container]))
    seen = sniff(source)
    assert (seen.container, seen.compression, seen.shape) == (
        container,
        compression,
        "prompt_completion",
    )
    items = list(read_source(source, seen))
    assert rows_of(items) == ROWS
    assert [item.row for item in items] == [1, 2]


def test_a_sniff_says_everything_it_saw(tmp_path: Path) -> None:
    seen = sniff(source_of(tmp_path, b'{"prompt": "a", "completion": "b"}\n'))
    assert seen == Sniff(
        container="json_lines",
        compression=None,
        encoding="utf-8",
        shape="prompt_completion",
        confidence=1.0,
        ranking=[("prompt_completion", 1.0)]
        + [(name, 0.0) for name in SHAPES if name != "prompt_completion"],
        columns=["prompt", "completion"],
    )


@pytest.mark.parametrize(
    ("name", "text", "container", "prompts"),
    [
        ("a.json", '{"prompt": "a"}\n{"prompt": "b"}', "json_lines", ["a", "b"]),
        ("a.jsonl", '[{"prompt": "a"}, {"prompt": "b"}]', "json", ["a", "b"]),
        ("a.jsonl", '[\n {"prompt": "a"},\n {"prompt": "b"}\n]\n', "json", ["a", "b"]),
        ("a.json", '{"version": 1,\n "data": [{"prompt": "a"}]}', "json", ["a"]),
        ("a.json", '{"data": [{"prompt": "a"}, {"prompt": "b"}]}', "json", ["a", "b"]),
        ("a.json", '{"prompt": "a"}', "json", ["a"]),
        ("a.json", '{\n"prompt": "a"\n}\n{\n"prompt": "b"\n}', "json", ["a", "b"]),
        ("a.json", '[{"prompt": "a"}]\n[{"prompt": "b"}]', "json_lines", None),
        ("a.json", '[{"prompt": "a"},]', "json", ["a"]),
        ("a.txt", 'noise\n{"prompt": "a"}', "json_lines", None),
        ("a.csv", "prompt\na\nb", "csv", ["a", "b"]),
        ("a.tsv", "prompt\tid\na\t1", "csv", ["a"]),
        ("a.txt", "prompt;id\na;1", "csv", ["a"]),
    ],
)
def test_a_file_is_read_as_what_it_holds_not_as_what_it_is_called(
    tmp_path: Path, name: str, text: str, container: str, prompts: list[str] | None
) -> None:
    source = source_of(tmp_path, text.encode(), name, format="prompt_completion")
    if prompts is None:
        source = source_of(tmp_path, text.encode(), name, format=None)
        assert _container(source) == container
        return
    assert sniff(source).container == container
    assert [row["prompt"] for row in rows_of(list(read_source(source)))] == prompts


def _container(source: Source) -> str:
    try:
        return sniff(source).container
    except ShapeError:
        return "json_lines"


def test_a_row_may_be_a_bare_list_of_turns(tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "a"}]
    items = read(tmp_path, json.dumps([turns, turns]).encode())
    assert [item.record.messages for item in items] == [turns, turns]
    assert items[0].record.raw == json.dumps(turns)
    assert rows_of(items) == [{"messages": turns}] * 2


def test_a_long_list_is_read_piece_by_piece(tmp_path: Path) -> None:
    rows = [{"prompt": "é" * 50_000, "n": n, "completion": "x"} for n in range(9)]
    assert rows_of(read(tmp_path, json.dumps(rows, ensure_ascii=False).encode())) == rows
    numbers = json.dumps({"prompt": "a", "n": 10**1000})[:-1] + "}" + " " * 70_000
    assert rows_of(read(tmp_path, f"[{numbers}]".encode())) == [{"prompt": "a", "n": 10**1000}]


def test_a_mapping_of_columns_chooses_the_shape(tmp_path: Path) -> None:
    source = source_of(tmp_path, b'{"q": "a", "r": "b"}', columns={"prompt": "q", "response": "r"})
    assert sniff(source).shape == "prompt_completion"
    assert rows_of(list(read_source(source))) == [{"q": "a", "r": "b"}]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({}, 'rows: no shape fits: the fields are "q", "r".'),
        ({"format": "alpacca"}, 'rows: there is no format "alpacca"; the nearest is "alpaca"'),
        ({"format": "alpaca"}, 'rows: no row reads as alpaca: field "instruction" is missing'),
        (
            {"columns": {"prompt": "qq"}},
            'names the column "qq", not in the data; the nearest is "q"',
        ),
        ({"columns": {"system": "r"}}, "rows: no shape fits"),
    ],
)
def test_a_source_that_fits_no_shape_is_refused(
    tmp_path: Path, said: dict[str, Any], message: str
) -> None:
    with pytest.raises(ShapeError, match=message):
        sniff(source_of(tmp_path, b'{"q": "a", "r": "b"}', **said))


def test_a_file_that_is_no_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="CSV, Parquet or Arrow: it starts with"):
        sniff(source_of(tmp_path, b"# Title\n"))
    with pytest.raises(InputError, match="is not a readable Parquet file"):
        sniff(source_of(tmp_path, b"PAR1 and no more"))
    with pytest.raises(InputError, match="gone cannot be read: No such file"):
        sniff(Source(tmp_path / "gone", "gone"))


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"[]", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)]
)
def test_an_empty_file_has_no_rows_and_no_shape(tmp_path: Path, data: bytes) -> None:
    source = source_of(tmp_path, data)
    seen = sniff(source)
    assert (seen.shape, seen.confidence, list(read_source(source, seen))) == (None, 0.0, [])


def test_tables_without_rows_have_none(tmp_path: Path) -> None:
    assert read(tmp_path, b"prompt,completion\n", "a.csv") == []
    assert read(tmp_path, b"", "a.csv") == []
    assert read(tmp_path, parquet_of({"prompt": []})) == []


def test_parquet_values_that_json_cannot_hold_become_text(tmp_path: Path) -> None:
    rows = [
        {
            "prompt": "a",
            "day": date(2024, 1, 2),
            "price": Decimal("1.50"),
            "bytes": [b"\xff", "é".encode()],
            "inner": {"day": date(2024, 1, 2), "n": None},
            "n": 1,
            "x": 0.5,
            "ok": True,
        }
    ]
    assert rows_of(read(tmp_path, parquet_of(rows))) == [
        {
            "prompt": "a",
            "day": "2024-01-02",
            "price": "1.50",
            "bytes": ["/w==", "é"],
            "inner": {"day": "2024-01-02", "n": None},
            "n": 1,
            "x": 0.5,
            "ok": True,
        }
    ]


def test_parquet_rows_keep_the_nulls_that_fill_their_turns(tmp_path: Path) -> None:
    turns = [
        {"role": "user", "content": "a", "tool_calls": None},
        {"role": "assistant", "content": "b", "tool_calls": [{"name": "f", "arguments": "{}"}]},
    ]
    items = read(tmp_path, parquet_of([{"messages": turns}]))
    assert rows_of(items) == [{"messages": turns}]
    assert [set(turn) for turn in items[0].record.messages] == [
        {"role", "content", "layout"},
        {"role", "content", "tool_calls", "layout"},
    ]
