"""Arrow tables are read batch by batch, whoever wrote them and however they are packed."""

import bz2
import contextlib
import gzip
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import feather, ipc

from curator.containers.rows import ending_of
from curator.errors import InputError
from curator.ingest import Ingested, Source, find_files, read_source, sniff
from tests.test_ingest_containers import read, rows_of, source_of

ROWS = [{"prompt": f"p{n}", "completion": "é" * n} for n in range(5)]


def of_pyarrow(
    rows: list[dict[str, Any]], *, stream: bool, compression: str | None = None
) -> bytes:
    table = pa.Table.from_pylist(rows)
    sink = io.BytesIO()
    options = ipc.IpcWriteOptions(compression=compression)
    new = ipc.new_stream if stream else ipc.new_file
    with new(sink, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=2)
    return sink.getvalue()


def of_polars(rows: list[dict[str, Any]], compression: Any = "uncompressed") -> bytes:
    sink = io.BytesIO()
    pl.DataFrame(rows).write_ipc(sink, compression=compression)
    return sink.getvalue()


def of_feather(rows: list[dict[str, Any]]) -> bytes:
    sink = io.BytesIO()
    feather.write_feather(pa.Table.from_pylist(rows), sink)
    return sink.getvalue()


def of_polars_stream(rows: list[dict[str, Any]]) -> bytes:
    sink = io.BytesIO()
    pl.DataFrame(rows).write_ipc_stream(sink)
    return sink.getvalue()


WRITERS = {
    "stream": of_pyarrow(ROWS, stream=True),
    "stream_zstd": of_pyarrow(ROWS, stream=True, compression="zstd"),
    "file": of_pyarrow(ROWS, stream=False),
    "file_lz4": of_pyarrow(ROWS, stream=False, compression="lz4"),
    "feather": of_feather(ROWS),
    "polars": of_polars(ROWS),
    "polars_zstd": of_polars(ROWS, "zstd"),
    "polars_stream": of_polars_stream(ROWS),
}


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress], ids=["", "gzip", "bzip2"])
@pytest.mark.parametrize("writer", WRITERS)
def test_every_writer_gives_the_same_rows(tmp_path: Path, writer: str, pack: Any) -> None:
    source = source_of(tmp_path, pack(WRITERS[writer]))
    seen = sniff(source)
    assert (seen.container, seen.encoding, seen.shape) == ("arrow", "", "prompt_completion")
    items = list(read_source(source, seen))
    assert rows_of(items) == ROWS
    assert [item.row for item in items] == [1, 2, 3, 4, 5]


def test_types_are_read_as_json_can_hold_them(tmp_path: Path) -> None:
    table = pa.table(
        {
            "prompt": pa.array(["a", "b"], pa.large_string()),
            "completion": pa.array(["x", "x"]).dictionary_encode(),
            "view": pa.array(["v", None], pa.string_view()),
            "nested": pa.array(
                [[{"n": [1]}], []], pa.large_list(pa.struct({"n": pa.list_(pa.int64())}))
            ),
            "day": pa.array([0, None], pa.date32()),
            "bytes": pa.array([b"\xff", b"a"]),
            "null": pa.nulls(2),
            "map": pa.array([[("k", "v")], []], pa.map_(pa.string(), pa.string())),
        }
    )
    sink = io.BytesIO()
    with ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    first, second = (item.record.extra for item in read(tmp_path, sink.getvalue()))
    assert first == {
        "view": "v",
        "nested": [{"n": [1]}],
        "day": "1970-01-01",
        "bytes": "/w==",
        "null": None,
        "map": first["map"],
    }
    assert second["view"] is None
    assert second["nested"] == []


def test_a_stream_is_not_held_whole(tmp_path: Path) -> None:
    """Read 80 MB of text, and see that the memory needed grows by far less."""
    table = pa.table({"prompt": ["a" * 10_000] * 100, "completion": ["b"] * 100})
    path = tmp_path / "big.arrow"
    with ipc.new_stream(str(path), table.schema) as writer:
        for _ in range(80):
            writer.write_table(table)
    code = (
        "import resource, sys; from pathlib import Path; from curator.ingest import *\n"
        "from curator.containers.arrow import read_arrow\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "rows = read_arrow(Path(sys.argv[1])); next(rows); before = peak()\n"
        "print(1 + sum(1 for _ in rows), peak() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    rows, grown = map(int, done.stdout.split())
    assert rows == 8_000
    assert grown < 20_000  # kilobytes


def read_or_none(folder: Path, data: bytes) -> list[Any] | None:
    """Read a table; None where it is refused with a clear message."""
    with contextlib.suppress(InputError):
        return read(folder, data)
    return None


@pytest.mark.parametrize("writer", ["stream", "file", "feather", "polars"])
def test_what_is_cut_off_keeps_the_rows_before_or_is_refused(tmp_path: Path, writer: str) -> None:
    whole = WRITERS[writer]
    for keep in (len(whole) // 2, len(whole) * 4 // 5):
        items = read_or_none(tmp_path, whole[:keep])
        if items is None:
            continue
        if rows_of(items) == ROWS:
            continue  # only the footer is cut, which holds no rows
        *rows, last = items
        assert rows_of(rows) == ROWS[: len(rows)]
        assert "the Arrow data ends too early" in last.error
        assert last.row == len(rows) + 1


@given(place=st.integers(8, len(WRITERS["stream"]) - 1), value=st.integers(0, 255))
def test_a_damaged_byte_never_ends_in_a_crash(
    tmp_path_factory: pytest.TempPathFactory, place: int, value: int
) -> None:
    data = bytearray(WRITERS["stream"])
    data[place] = value
    items = read_or_none(tmp_path_factory.mktemp("damage"), bytes(data))
    if items is None:
        return
    kept = [item for item in items if isinstance(item, Ingested)]
    assert len(kept) == len(ROWS) or len(kept) < len(items)


def test_an_empty_table_has_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path, of_polars([])) == []
    schema = pa.schema({"prompt": pa.string()})
    sink = io.BytesIO()
    ipc.new_stream(sink, schema).close()
    assert read(tmp_path, sink.getvalue()) == []


def test_the_first_feather_is_refused_with_what_to_do(tmp_path: Path) -> None:
    sink = io.BytesIO()
    with pytest.warns(DeprecationWarning, match="V1"):
        feather.write_feather(pa.table({"prompt": ["a"]}), sink, version=1)
    with pytest.raises(InputError, match=r"Feather file of version 1, .*: write it anew"):
        sniff(source_of(tmp_path, sink.getvalue()))


# --- bzip2 and TSV ----------------------------------------------------------------------------


def test_bzip2_is_told_by_its_content(tmp_path: Path) -> None:
    lines = b'{"prompt": "a"}\n{"prompt": "b"}\n'
    halves = bz2.compress(lines[:16]) + bz2.compress(lines[16:])
    for data in (bz2.compress(lines), halves):
        source = source_of(tmp_path, data)
        assert (sniff(source).compression, len(list(read_source(source)))) == ("bzip2", 2)
    assert read(tmp_path, bz2.compress(b"")) == []
    assert read(tmp_path, b"BZh9,prompt\nx,y\n", "a.csv")[0].row == 1
    assert ending_of(Path("x.JSONL.bz2")) == ".jsonl"


def test_bzip2_that_breaks_off_or_is_damaged_says_so(tmp_path: Path) -> None:
    whole = bz2.compress(b"".join(b'{"prompt": "%d"}\n' % n for n in range(3_000)))
    cut = read(tmp_path, whole[:-9])
    assert cut[-1].error.endswith("the compressed data ends too early")
    damaged = bytearray(whole)
    damaged[len(whole) - 20] ^= 255
    assert "the compressed data is damaged" in read(tmp_path, bytes(damaged))[-1].error


TSV = [
    ("prompt\tcompletion\na\tb\n", [("a", "b")], []),
    ("prompt\tcompletion\r\na\tb\r\n", [("a", "b")], []),
    ("\ufeffprompt\tcompletion\na\tb", [("a", "b")], []),
    ('prompt\tcompletion\nsay "hi\tb\n"x" y\tc\n', [('say "hi', "b"), ('"x" y', "c")], []),
    ('prompt\tcompletion\n"a\nb"\tc\n', [("a\nb", "c")], []),
    ("prompt\tcompletion\na, b; c\td|e\n", [("a, b; c", "d|e")], []),
    ("prompt\tcompletion\na\nb\tc\td\ne\tf\n", [("e", "f")], [2, 3]),
    ("prompt\tcompletion\n二\t\n", [("二", "")], []),
]


@pytest.mark.parametrize(("text", "rows", "broken"), TSV)
def test_tables_with_tabs(
    tmp_path: Path, text: str, rows: list[tuple[str, str]], broken: list[int]
) -> None:
    for name in ("a.tsv", "a.tsv.gz"):
        data = text.encode() if name == "a.tsv" else gzip.compress(text.encode())
        source = source_of(tmp_path, data, name)
        assert sniff(source).container == "csv"
        items = list(read_source(source))
        kept = [item for item in items if isinstance(item, Ingested)]
        found = [(row["prompt"], row["completion"]) for row in rows_of(kept)]
        assert found == rows
        assert len(items) - len(kept) == len(broken)


def test_a_table_with_tabs_and_one_column_is_one(tmp_path: Path) -> None:
    items = read(tmp_path, b"prompt\na, b\n", "a.tsv")
    assert [row["prompt"] for row in rows_of(items)] == ["a, b"]


# --- Saved data sets --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a data set, and one with splits, as the `datasets` library does."""
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    features = datasets.Features(
        {
            "prompt": datasets.Value("large_string"),
            "completion": datasets.Value("string"),
            "topic": datasets.ClassLabel(names=["red", "blue"]),
            "turns": [{"role": datasets.Value("string")}],
        }
    )
    rows = {
        "prompt": [f"p{n}" for n in range(2_500)],
        "completion": ["c"] * 2_500,
        "topic": [0, 1] * 1_250,
        "turns": [[{"role": "user"}]] * 2_500,
    }
    folder = tmp_path_factory.mktemp("saved")
    data = datasets.Dataset.from_dict(rows, features=features)
    data.save_to_disk(folder / "one", num_shards=2)
    splits = {"train": data, "test": data.select(range(3))}
    datasets.DatasetDict(splits).save_to_disk(folder / "dict")
    return folder


def names(folder: Path, path: str) -> list[str]:
    return [file.relative_to(folder / path).as_posix() for file in find_files(path, folder)]


def test_a_saved_data_set_is_its_tables_and_their_rows(saved: Path) -> None:
    assert names(saved, "one") == ["data-00000-of-00002.arrow", "data-00001-of-00002.arrow"]
    first, second = find_files("one", saved)
    items = list(read_source(Source(second, "second")))
    assert [items[0].row, items[-1].row, len(items)] == [1, 1_250, 1_250]
    record = next(iter(read_source(Source(first, "first")))).record
    assert record.extra == {"topic": 0, "turns": [{"role": "user"}]}


def test_a_saved_data_set_with_splits_is_all_of_them(saved: Path) -> None:
    assert names(saved, "dict") == [
        "test/data-00000-of-00001.arrow",
        "train/data-00000-of-00001.arrow",
    ]
    assert names(saved, "dict/test") == ["data-00000-of-00001.arrow"]


def test_tables_that_a_state_does_not_list_are_no_data(tmp_path: Path) -> None:
    state = tmp_path / "d" / "state.json"
    state.parent.mkdir()
    for name in ("data.arrow", "cache-1.arrow"):
        (tmp_path / "d" / name).write_bytes(WRITERS["stream"])
    state.write_text(json.dumps({"_data_files": [{"filename": "data.arrow"}]}))
    assert names(tmp_path, "d") == ["data.arrow"]
    state.write_text(json.dumps({"_data_files": [{"filename": "gone.arrow"}]}))
    with pytest.raises(InputError, match=r"d/state\.json lists gone\.arrow, and there is no such"):
        find_files("d", tmp_path)
    state.write_text(json.dumps({"_data_files": [], "_indices_data_files": [{"filename": "i"}]}))
    with pytest.raises(InputError, match="only some rows of its tables count"):
        find_files("d", tmp_path)


# --- Folders with a card ----------------------------------------------------------------------

CARDS = {
    "text": ("data_files: train.jsonl", ["train.jsonl"]),
    "list": ("data_files: [train.jsonl, 'more/*.jsonl']", ["more/a.jsonl", "train.jsonl"]),
    "splits": (
        "data_files:\n  - {split: a, path: train.jsonl}\n  - {split: b, path: ['**/a.jsonl']}",
        ["more/a.jsonl", "train.jsonl"],
    ),
    "folder": ("data_dir: more", ["more/a.jsonl", "more/deep/b.jsonl"]),
    "deep": ("data_files: 'more/**'", ["more/a.jsonl", "more/deep/b.jsonl"]),
}


def carded(folder: Path, configs: str) -> Path:
    for name in ("train.jsonl", "other.jsonl", "more/a.jsonl", "more/deep/b.jsonl"):
        path = folder / "set" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"prompt": "a"}\n')
    (folder / "set" / "README.md").write_text(f"---\nlicense: mit\n{configs}\n---\n# A set\n")
    return folder


@pytest.mark.parametrize("card", CARDS)
def test_a_card_says_which_files_are_the_data(tmp_path: Path, card: str) -> None:
    said, expected = CARDS[card]
    lines = "\n  ".join(said.splitlines())
    assert names(carded(tmp_path, f"configs:\n- config_name: x\n  {lines}"), "set") == expected


def test_of_several_configurations_the_default_counts(tmp_path: Path) -> None:
    two = (
        "- {config_name: a, data_files: train.jsonl}\n- {config_name: %s, data_files: other.jsonl}"
    )
    assert names(carded(tmp_path, "configs:\n" + two % "default"), "set") == ["other.jsonl"]
    marked = two % "'b', default: true"
    assert names(carded(tmp_path, "configs:\n" + marked), "set") == ["other.jsonl"]
    message = 'the card of set names the configurations "a", "b" and none .*such as set/train.jsonl'
    with pytest.raises(InputError, match=message):
        find_files("set", carded(tmp_path, "configs:\n" + two % "b"))


def test_a_card_that_names_what_is_not_there_is_told(tmp_path: Path) -> None:
    configs = "configs:\n- {config_name: a, data_files: gone/*.parquet}"
    with pytest.raises(InputError, match=r"says that its data is gone/\*\.parquet, and no file"):
        find_files("set", carded(tmp_path, configs))


@pytest.mark.parametrize("front", ["", "configs: none", "configs: []", "a: [", "- a"])
def test_a_card_that_says_nothing_changes_nothing(tmp_path: Path, front: str) -> None:
    assert len(names(carded(tmp_path, front), "set")) == 4
