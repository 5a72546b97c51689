"""Damaged files: what can be read is read, the rest is quarantined, and nothing is lost."""

import gzip
import json
import random
import string
from pathlib import Path
from typing import Any

import pytest
import zstandard

from curator.errors import InputError
from curator.ingest import Ingested, Source, sniff
from tests.test_ingest_containers import read, rows_of, source_of

GOOD = b'{"prompt": "a"}\n'


def told(items: list[Any]) -> list[str]:
    """Say for each item what was read, or why not."""
    return [
        item.record.messages[0]["content"] if isinstance(item, Ingested) else item.error
        for item in items
    ]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b'{"prompt": "b"', "not valid JSON: Expecting ',' delimiter at column 15"),
        (b'{"prompt": "\\escape"}', "not valid JSON: Invalid \\escape at column 13"),
        (b'"text"', 'a row must be an object, found "str"'),
        (b"[1]", 'a row must be an object, found "list"'),
        (b"null", 'a row must be an object, found "null"'),
        (b'{"prompt": 3}', 'field "prompt" must be text, found "int"'),
        (b"\0\0\0", "not valid JSON: Expecting value at column 1"),
        (b'{"prompt": "b", "n": ' + b"9" * 5000 + b"}", "not valid JSON: Exceeds the limit"),
        (b'{"prompt": "b", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "is nested too deeply"),
    ],
)
def test_a_broken_line_is_quarantined_alone(tmp_path: Path, line: bytes, error: str) -> None:
    items = read(tmp_path, GOOD + b"\n" + line + b"\r\n" + GOOD)
    assert [item.row for item in items] == [1, 3, 4]
    assert told(items)[0] == told(items)[2] == "a"
    assert items[1].error.startswith(f"rows:3: {error}")
    assert items[1].raw == line.decode()


def test_a_quarantined_row_names_its_field(tmp_path: Path) -> None:
    item = read(tmp_path, GOOD + b'{"prompt": [{"role": "user"}, {"role": "x"}]}')[1]
    assert (item.field, item.error) == (
        "prompt[1].role",
        'rows:2: field "prompt[1].role" is an unknown role, found "x"',
    )


def test_rows_deep_enough_to_parse_but_not_to_compare_are_quarantined(tmp_path: Path) -> None:
    for depth in (300, 600, 900, 950, 980):
        row = b'{"prompt": "b", "x": ' + b"[" * depth + b"]" * depth + b"}\n"
        items = read(tmp_path, GOOD + row)
        assert len(items) == 2
        assert isinstance(items[1], Ingested) or "nested too deeply" in items[1].error


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("\ufeff".encode() + '{"prompt": "é"}'.encode(), "utf-8-sig"),
        ('\ufeff{"prompt": "é"}'.encode("utf-16-le"), "utf-16"),
        ('{"prompt": "é"}'.encode("utf-16-be"), "utf-16-be"),
        ('{"prompt": "é"}'.encode("utf-16-le"), "utf-16-le"),
        ('\ufeff{"prompt": "é"}'.encode("utf-32-le"), "utf-32"),
        ('{"prompt": "é"}\n'.encode("latin-1"), "windows-1252"),
        ('[{"prompt": "é"}]'.encode("latin-1") + b" " * 9, "windows-1252"),
    ],
)
def test_text_is_read_in_its_encoding(tmp_path: Path, data: bytes, encoding: str) -> None:
    assert sniff(source_of(tmp_path, data)).encoding == encoding
    assert told(read(tmp_path, data)) == ["é"]


@pytest.mark.parametrize("form", ["%s", "[%s]"])
def test_bytes_that_are_not_utf8_are_read_as_windows_text_with_a_note(
    tmp_path: Path, form: str
) -> None:
    data = (form % '{"prompt": "§"}').encode().replace("§".encode(), b"\x93\xe9\x81 \xc3\xa9")
    items = read(tmp_path, data)
    assert told(items) == ["“é\x81 é"]
    assert items[0].notes == ["bytes that are not UTF-8 were read as Windows-1252"]


def test_lone_surrogates_are_replaced_and_kept_in_the_raw_row(tmp_path: Path) -> None:
    line = '{"prompt": "a\\ud800b", "pair": "\\ud83d\\ude00"}'
    items = read(tmp_path, line.encode())
    assert told(items) == ["a\ufffdb"]
    assert items[0].record.raw == line
    assert items[0].notes == [
        "lone surrogates, which no UTF-8 text can hold, were replaced by U+FFFD"
    ]
    assert rows_of(items) == [{"prompt": "a\ud800b", "pair": "😀"}]
    assert read(tmp_path, b'{"prompt": "\\ud83d\\ude00"}')[0].notes == []


def test_a_repeated_key_uses_the_last_value_and_keeps_the_line(tmp_path: Path) -> None:
    line = '{"prompt": "first", "prompt": "last"}'
    items = read(tmp_path, line.encode())
    assert told(items) == ["last"]
    assert items[0].record.raw == line
    assert items[0].notes == ["a key stands twice in this row: the last value was used"]


def test_control_characters_inside_a_string_are_read_with_a_note(tmp_path: Path) -> None:
    items = read(tmp_path, b'{"prompt": "a\tb\0"}')
    assert told(items) == ["a\tb\0"]
    assert items[0].notes == ["control characters stand unescaped in its JSON"]


def test_numbers_that_json_does_not_know_come_back(tmp_path: Path) -> None:
    items = read(tmp_path, b'{"prompt": "a", "n": [NaN, Infinity, 1e999]}')
    assert repr(rows_of(items)) == "[{'prompt': 'a', 'n': [nan, inf, inf]}]"


@pytest.mark.parametrize(
    ("data", "reasons"),
    [
        ('[{"prompt": "a"},\n {"prompt": ]', "Expecting value at line 2, column 13"),
        ('[{"prompt": "a"}\n {"prompt": "b"}]', "Expecting ',' delimiter at line 2, column 2"),
        ('[{"prompt": "a"}', "the list is never closed at line 1, column 17"),
        ('[{"prompt": "a"}, {"prompt": "b', "Unterminated string starting at line 1, column 30"),
        ('[{"prompt": "a"}, ' + "[" * 100_000, "is nested too deeply"),
    ],
)
def test_a_broken_list_keeps_what_stands_before_the_break(
    tmp_path: Path, data: str, reasons: str
) -> None:
    items = read(tmp_path, data.encode())
    assert told(items)[0] == "a"
    assert len(items) == 2
    assert items[1].error.startswith("rows:2: ")
    assert reasons in items[1].error
    assert data.endswith(items[1].raw)


def many(count: int) -> list[dict[str, str]]:
    draw = random.Random(1)
    letters = string.ascii_letters
    return [{"prompt": "".join(draw.choices(letters, k=200))} for _ in range(count)]


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.ZstdCompressor().compress])
@pytest.mark.parametrize("form", ["json_lines", "json", "csv"])
def test_a_truncated_stream_keeps_the_rows_before_the_break(
    tmp_path: Path, compress: Any, form: str
) -> None:
    rows = many(3000)
    text = {
        "json_lines": "".join(json.dumps(row) + "\n" for row in rows),
        "json": json.dumps(rows),
        "csv": "prompt\n" + "".join(row["prompt"] + "\n" for row in rows),
    }[form]
    whole = compress(text.encode())
    items = read(tmp_path, whole[: len(whole) * 2 // 3], "rows.csv" if form == "csv" else "rows")
    kept = rows_of(items)[:-1]
    assert len(kept) > 1000
    assert kept[:-1] == rows[: len(kept) - 1]
    assert items[-1].error.endswith("the compressed data ends too early")


def test_damage_inside_a_stream_keeps_what_stands_before_it(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(b"".join(GOOD for _ in range(9))))
    whole[-6] ^= 1
    items = read(tmp_path, bytes(whole))
    assert told(items)[:9] == ["a"] * 9
    assert "the compressed data is damaged" in items[9].error
    frames = zstandard.ZstdCompressor().compress(GOOD) + b"no frame"
    assert "the compressed data is damaged" in read(tmp_path, frames)[1].error


def test_several_members_and_padding_are_one_stream(tmp_path: Path) -> None:
    assert told(read(tmp_path, gzip.compress(GOOD) * 2 + b"\0" * 99)) == ["a", "a"]
    frame = zstandard.ZstdCompressor().compress(GOOD)
    assert told(read(tmp_path, frame * 2)) == ["a", "a"]


def test_ragged_and_unclosed_csv_rows_are_quarantined(tmp_path: Path) -> None:
    data = b'prompt,completion\r\na,b\r\n\r\nc\r\nd,e,f\r\ng,"h\r\ni"\r\nj,"k\r\n'
    items = read(tmp_path, data, "a.csv")
    assert [item.row for item in items] == [1, 2, 3, 4, 5]
    assert rows_of(items) == [
        {"prompt": "a", "completion": "b"},
        "c\r",
        "d,e,f\r",
        {"prompt": "g", "completion": "h\r\ni"},
        'j,"k\r',
    ]
    assert [item.error for item in items if not isinstance(item, Ingested)] == [
        "a.csv:2: it has 1 fields where the header has 2",
        "a.csv:3: it has 3 fields where the header has 2",
        "a.csv:5: a quote is opened and never closed",
    ]


def test_a_carriage_return_alone_breaks_only_its_csv_row(tmp_path: Path) -> None:
    items = read(tmp_path, b"prompt,completion\na\rx,b\nc,d\n", "a.csv")
    assert "not valid CSV" in items[0].error
    assert told(items)[1:] == ["c"]


def test_csv_columns_without_a_name_of_their_own_get_one(tmp_path: Path) -> None:
    items = read(tmp_path, b"prompt,output,output,,column_2\na,b,c,d,e", "a.csv")
    assert rows_of(items) == [
        {"prompt": "a", "output": "b", "output_2": "c", "column_4": "d", "column_2": "e"}
    ]
    assert items[0].notes == [
        'column 3, called "output", was read as "output_2"',
        'column 4, called "", was read as "column_4"',
    ]


def test_a_head_without_rows_leaves_the_shape_to_each_row(tmp_path: Path) -> None:
    data = b"{broken\n" * 1200 + GOOD + b'{"noise": 1}\n'
    items = read(tmp_path, data, "a.jsonl")
    assert len(items) == 1202
    assert items[1200].shape == "prompt_only"
    assert "no shape fits" in items[1201].error


def test_quotes_in_a_table_with_tabs_are_quotes_only_where_they_are_well_formed(
    tmp_path: Path,
) -> None:
    loose = b'prompt\tcompletion\n"Yes," he said\tb\n"No\tc\n'
    assert told(read(tmp_path, loose)) == ['"Yes," he said', '"No']
    quoted = b'prompt\tcompletion\n"a\tb"\tc\n'
    assert told(read(tmp_path, quoted)) == ["a\tb"]


def test_a_mark_is_cut_off_also_where_the_first_block_gives_nothing(tmp_path: Path) -> None:
    text = "".join(json.dumps(row) + "\n" for row in many(2000)).encode("utf-8-sig")
    items = read(tmp_path, zstandard.ZstdCompressor(level=1).compress(text))
    assert rows_of(items) == many(2000)


def test_bytes_of_no_container_are_one_message(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    path.write_bytes(random.Random(5).randbytes(300))
    with pytest.raises(InputError, match=r"rows\.parquet is neither JSON.*see that"):
        sniff(Source(path, path.name))
