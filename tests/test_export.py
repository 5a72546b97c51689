"""Export writes what was kept, whole, and says what it left out."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from curator.decide import DECISION_SCHEMA
from curator.errors import CarryError, RecipeError, RunError
from curator.export import ExportResult, export_run
from curator.recipe import Export, Recipe
from curator.records import Record
from curator.run import Manifest, Run, Shard, Snapshot
from curator.run.run import REPAIR_SCHEMA
from tests.conftest import chat, frame

PAIRS = {"left": pl.UInt32, "right": pl.UInt32, "similarity": pl.Float64, "verified": pl.Boolean}
MIXED: dict[str, Any] = {"train": 80, "validation": 20}


class LiteralRun(Run):
    """A run whose records and decisions are as the test says; `all` are its records."""

    def __init__(self, path: Path, records: pl.DataFrame, recipe: Mapping[str, Any]) -> None:
        said = {"name": "tiny", "input": [{"path": "data/in.jsonl"}], **recipe}
        counts = {"records": records.height, "kept": records.height, "quarantined": 0}
        manifest = Manifest(versions={}, seed=0, device="cpu", inputs=[], counts=counts, filters=[])
        super().__init__(path, Recipe.model_validate(said), manifest)
        self.all = records
        self.dropped: dict[int, str] = {}
        self.repaired: list[str] = []
        self.found: dict[str, list[tuple[int, int, float]]] = {}

    @property
    def snapshot(self) -> Snapshot:
        half = self.all.height // 2
        for name, shard in (("0.parquet", self.all[:half]), ("1.parquet", self.all[half:])):
            self.layout.records.mkdir(parents=True, exist_ok=True)
            shard.write_parquet(self.layout.shard(name))
        shards = tuple(Shard(file=f"{i}.parquet", hash="", records=0) for i in range(2))
        return Snapshot(self.layout, self.recipe, shards)

    def decisions(self) -> pl.LazyFrame:
        rows = [
            {"id": id_, "kept": row not in self.dropped, "reason": self.dropped.get(row)}
            for row, id_ in enumerate(self.all["id"])
        ]
        return pl.DataFrame(rows, schema=DECISION_SCHEMA).lazy()

    def pairs(self, label: str) -> pl.LazyFrame:
        rows = [(*pair, True) for pair in self.found[label]]
        return pl.DataFrame(rows, schema=PAIRS, orient="row").lazy()

    def repairs(self) -> pl.LazyFrame:
        rows = [{"id": id_, "repair": "unicode"} for id_ in self.repaired]
        return pl.DataFrame(rows, schema=REPAIR_SCHEMA).lazy()


def run_of(path: Path, *records: Record, **recipe: Any) -> LiteralRun:
    return LiteralRun(path, frame(*records), recipe)


def export(run: Run, to: str, **settings: Any) -> ExportResult:
    return export_run(run, Export.model_validate({"to": to, **settings}))


def rows_in(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def names_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def pair(asked: str, chosen: str, rejected: str) -> Record:
    return Record(
        messages=chat(asked, chosen).messages,
        rejected=[{"role": "assistant", "content": rejected}],
    )


def test_writes_the_kept_records_and_nothing_else(tmp_path: Path) -> None:
    run = run_of(tmp_path, chat("a", "1"), chat("b", "2"), chat("c", "3"))
    run.dropped = {1: "length.too_short"}
    result = export(run, "messages")
    assert result.folder == tmp_path / "export" / "messages"
    assert names_in(result.folder) == ["README.md", "data.jsonl", "export.json"]
    assert rows_in(result.folder / "data.jsonl") == [
        {"messages": [{"role": "user", "content": q}, {"role": "assistant", "content": a}]}
        for q, a in [("a", "1"), ("c", "3")]
    ]
    assert (result.counts, result.left_out, result.leaks) == ({"data": 2}, {}, 0)


def test_writes_each_split_to_its_own_file(tmp_path: Path) -> None:
    run = run_of(tmp_path, *(chat(f"text {i}", str(i)) for i in range(20)))
    result = export(run, "messages", splits=MIXED)
    assert result.files == {"train": "train.jsonl", "validation": "validation.jsonl"}
    assert sum(result.counts.values()) == 20
    for side, name in result.files.items():
        assert len(rows_in(result.folder / name)) == result.counts[side] > 0


def test_a_held_out_near_duplicate_is_left_out(tmp_path: Path) -> None:
    records = [chat(f"text {i}", str(i)) for i in range(20)]
    run = run_of(tmp_path, *records, filters=[{"filter": "near_duplicate"}])
    run.found = {"near_duplicate": []}
    whole = export(run, "messages", splits=MIXED)
    held_out = rows_in(whole.folder / "validation.jsonl")
    texts = [row["messages"][0]["content"] for row in held_out]
    leaking = int(texts[0].removeprefix("text "))
    training = next(i for i in range(20) if f"text {i}" not in texts)
    run.found = {"near_duplicate": [(*sorted((training, leaking)), 0.75)]}  # type: ignore[list-item]
    result = export(run, "messages", splits=MIXED)
    assert (result.leaks, result.left_out) == (1, {})
    assert rows_in(result.folder / "validation.jsonl") == held_out[1:]
    assert rows_in(result.folder / "left_out.jsonl") == [
        {"id": run.all["id"][leaking], "source": "t", "row": leaking + 1, "reason": "split.leak"}
    ]


def test_near_duplicates_are_found_for_the_splits_alone(tmp_path: Path) -> None:
    pytest.importorskip("curator.dedup")
    words = " ".join(f"word{i}" for i in range(60))
    run = run_of(tmp_path, *(chat(f"{words} number {i}", f"{words} and {i}") for i in range(20)))
    result = export(run, "messages", splits=MIXED)
    assert result.leaks > 0
    assert (result.counts["validation"], result.counts["train"]) == (0, 20 - result.leaks)
    assert not (result.folder / "validation.jsonl").exists()


def test_what_the_target_cannot_carry_is_listed(tmp_path: Path) -> None:
    run = run_of(tmp_path, chat("a", "1"), pair("b", "2", "3"))
    result = export(run, "messages")
    (left_out,) = rows_in(result.folder / "left_out.jsonl")
    assert left_out == {
        "id": run.all["id"][1],
        "source": "t",
        "row": 2,
        "reason": next(iter(result.left_out)),
    }
    assert (result.counts, list(result.left_out.values())) == ({"data": 1}, [1])


def test_strict_fails_with_the_first_records_named(tmp_path: Path) -> None:
    run = run_of(tmp_path, chat("a", "1"), *(pair(str(i), "2", "3") for i in range(9)))
    with pytest.raises(CarryError, match=r"t:2: .*\n.*t:3: .*\n.*t:4: ") as error:
        export(run, "messages", strict=True)
    assert "t:5" not in str(error.value)
    assert not (tmp_path / "export" / "messages").exists()


def test_an_earlier_export_is_replaced_whole(tmp_path: Path) -> None:
    run = run_of(tmp_path, *(chat(f"text {i}", str(i)) for i in range(20)), pair("a", "b", "c"))
    export(run, "messages", splits=MIXED)
    result = export(run, "messages", **{"as": "parquet"})
    assert names_in(result.folder) == ["README.md", "data.parquet", "export.json", "left_out.jsonl"]
    assert [path.name for path in (tmp_path / "export").iterdir()] == ["messages"]


def test_a_failed_export_leaves_the_earlier_one(tmp_path: Path) -> None:
    run = run_of(tmp_path, chat("a", "1"), pair("a", "b", "c"))
    result = export(run, "messages")
    before = {name: (result.folder / name).read_bytes() for name in names_in(result.folder)}
    with pytest.raises(CarryError):
        export(run, "messages", strict=True)
    assert {n: (result.folder / n).read_bytes() for n in names_in(result.folder)} == before


def test_a_folder_that_no_export_wrote_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").touch()
    run = run_of(tmp_path / "run", chat("a", "1"))
    settings = Export(to="messages")
    with pytest.raises(RunError, match="mine holds something that no export wrote"):
        export_run(run, settings, tmp_path / "mine")
    assert names_in(tmp_path) == ["mine/thesis.tex"]
    (tmp_path / "empty").mkdir()
    assert export_run(run, settings, tmp_path / "empty").counts == {"data": 1}


@pytest.mark.parametrize("name", ["a/b", "..", "", "left_out", "README", "all"])
def test_a_split_needs_a_name_that_files_can_have(tmp_path: Path, name: str) -> None:
    with pytest.raises(RecipeError, match="cannot name a split"):
        export(run_of(tmp_path, chat("a", "1")), "messages", splits={name: 1})


@pytest.mark.parametrize("name", ["../elsewhere", ".hidden", "a/b"])
def test_an_export_stays_below_its_run(tmp_path: Path, name: str) -> None:
    with pytest.raises(RecipeError, match="cannot name the folder"):
        export(run_of(tmp_path, chat("a", "1")), "messages", name=name)


def test_a_run_that_keeps_nothing_exports_a_card_alone(tmp_path: Path) -> None:
    run = run_of(tmp_path, chat("a", "1"))
    run.dropped = {0: "length.too_short"}
    for container in ("jsonl", "parquet", "hf"):
        result = export(run, "trl", **{"as": container})
        assert names_in(result.folder) == ["README.md", "export.json"]
        assert "nothing to load" in (result.folder / "README.md").read_text()


def test_the_facts_of_an_export_are_beside_it(tmp_path: Path) -> None:
    result = export(run_of(tmp_path, chat("a", "1")), "messages")
    assert json.loads((result.folder / "export.json").read_text()) == {
        "target": "messages",
        "container": "jsonl",
        "layout": "messages",
        "counts": {"data": 1},
        "records": 1,
        "conflicts": [],
        "files": {"data": "data.jsonl"},
        "left_out": {},
        "leaks": 0,
        "joined": 0,
        "as_json": [],
        "caution": "",
        "command": "",
        "fingerprint": result.fingerprint,
    }
    assert str(result) == "1 in data; 0 left out"
