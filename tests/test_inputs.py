"""Inputs from the outside in: a run reads what lies elsewhere or is piped in, once."""

import bz2
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from curator.errors import CuratorError, RecipeError
from curator.pipeline import Event, curate
from curator.pipeline.forget import forget
from curator.recipe import parse_recipe
from tests.servers import Answer, Asked, serving

ROWS = [{"prompt": f"Say {n}.", "completion": f"Number {n}."} for n in range(3)]
BODY = "".join(json.dumps(row) + "\n" for row in ROWS).encode()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CURATOR_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def recipe(folder: Path, text: str) -> Path:
    path = folder / "recipe.yaml"
    path.write_text(f"name: x\n{text}\nfilters: [{{filter: empty}}]\nexport: [{{to: messages}}]\n")
    return path


def command(
    *arguments: str, at: Path, data: bytes | None = None, code: int = 0
) -> subprocess.CompletedProcess[bytes]:
    """Run the command with something, or nothing, on standard input."""
    whole = [sys.executable, "-m", "curator", *arguments]
    done = subprocess.run(whole, cwd=at, input=data or b"", capture_output=True, check=False)
    assert done.returncode == code, done.stderr
    assert b"Traceback" not in done.stderr
    return done


# --- The web ----------------------------------------------------------------------------------


def tagged(asked: Asked) -> Answer:
    if asked.headers.get("If-None-Match") == '"1"':
        return Answer(304)
    return Answer(body=BODY, headers={"ETag": '"1"'})


def test_a_run_reads_a_web_file_once_and_tells_no_secret(tmp_path: Path) -> None:
    events: list[Event] = []
    with serving(tagged) as server:
        secret = f"http://me:PASS@127.0.0.1:{server.port}/d.jsonl?sig=SIGNED"
        path = recipe(tmp_path, f"input: [{{path: '{secret}', allow_private: true}}]")
        run = curate(path, out=tmp_path / "run", listener=events.append)
        again = curate(path, out=tmp_path / "run", listener=events.append)
    shown = f"{server.url}/d.jsonl"
    report = run.manifest.inputs[0]
    assert (report.path, report.name, report.records, report.bytes) == (shown, shown, 3, len(BODY))
    assert again.manifest.inputs == run.manifest.inputs
    assert run.records().select("source").collect()["source"].unique().to_list() == [shown]
    assert [event.what for event in events if event.kind == "read"] == [shown]
    assert any(event.kind == "fetched" for event in events)
    assert again.recipe.input[0].path == shown
    for file in (tmp_path / "run").rglob("*"):
        if file.is_file():
            assert b"PASS" not in file.read_bytes()
            assert b"SIGNED" not in file.read_bytes()


def test_a_run_goes_on_without_the_network(tmp_path: Path) -> None:
    with serving(tagged) as server:
        said = f"input: [{{path: '{server.url}/d.jsonl', allow_private: true}}]"
        curate(recipe(tmp_path, said), out=tmp_path / "run")
    events: list[Event] = []
    run = curate(tmp_path / "recipe.yaml", out=tmp_path / "run", listener=events.append)
    assert run.manifest.counts["records"] == 3
    notes = [event.what for event in events if event.kind == "note"]
    assert notes[0].startswith("127.0.0.1 does not answer: Connection refused: the copy fetched on")


def test_private_hosts_are_allowed_by_the_recipe_or_the_flag(tmp_path: Path) -> None:
    with serving(tagged) as server:
        url = f"{server.url}/d.jsonl"
        with pytest.raises(CuratorError, match="allow_private: true"):
            curate(recipe(tmp_path, f"input: [{{path: '{url}'}}]"), out=tmp_path / "run")
        refused = command("inspect", url, at=tmp_path, code=1)
        assert b"--allow-private" in refused.stderr
        told = command("inspect", url, "--allow-private", "--json", at=tmp_path)
        assert json.loads(told.stdout)["records"] == 3
        command("init", f"{url}?sig=S", "--allow-private", "--out", "in/r.yaml", at=tmp_path)
        text = (tmp_path / "in/r.yaml").read_text()
        assert f"  - path: {url}?sig=S\n    allow_private: true\n" in text
        assert (tmp_path / "in/r.yaml").stat().st_mode & 0o077 == 0


# --- Stores -----------------------------------------------------------------------------------


def test_a_run_reads_a_folder_of_a_store(tmp_path: Path) -> None:
    files = pytest.importorskip("fsspec").filesystem("memory")
    files.pipe({"/runs/a/train.jsonl": BODY, "/runs/a/test.jsonl": BODY.replace(b"Say", b"Ask")})
    path = recipe(
        tmp_path, "input: [{path: 'memory://runs/a'}, {path: 'memory://runs/a', name: n}]"
    )
    run = curate(path, out=tmp_path / "run")
    files.rm("/runs", recursive=True)
    assert [entry.name for entry in run.manifest.inputs] == [
        "memory://runs/a/test.jsonl",
        "memory://runs/a/train.jsonl",
        "n/test.jsonl",
        "n/train.jsonl",
    ]
    assert run.manifest.counts["rows"] == 12


def test_files_of_one_name_in_several_folders_keep_different_names(tmp_path: Path) -> None:
    for split in ("train", "test"):
        (tmp_path / "d" / split).mkdir(parents=True)
        (tmp_path / "d" / split / "0.jsonl").write_bytes(BODY)
    path = recipe(tmp_path, "input: [{path: d, name: mine}]")
    names = [entry.name for entry in curate(path, out=tmp_path / "run").manifest.inputs]
    assert names == ["mine/test/0.jsonl", "mine/train/0.jsonl"]


# --- Standard input ---------------------------------------------------------------------------


def pipe(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_standard_input_is_read_and_kept_for_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out, events = recipe(tmp_path, "input: [{path: '-'}]"), tmp_path / "run", list[Event]()
    pipe(monkeypatch, BODY)
    first = curate(path, out=out)
    assert [(entry.name, entry.records) for entry in first.manifest.inputs] == [("stdin", 3)]
    assert (out / "stdin.data").stat().st_mode & 0o077 == 0
    assert first.recipe.input[0].path == "-"
    pipe(monkeypatch, b"")
    assert curate(path, out=out, listener=events.append).manifest.inputs == first.manifest.inputs
    notes = [event.what for event in events if event.kind == "note"]
    assert notes[0].startswith("nothing comes in by standard input: what came before is used")
    assert not [event for event in events if event.kind == "read"]
    pipe(monkeypatch, BODY.splitlines()[0])
    assert curate(path, out=out).manifest.counts["records"] == 1


def test_what_is_forgotten_is_not_in_the_copy_of_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe(monkeypatch, BODY)
    run = curate(recipe(tmp_path, "input: [{path: '-'}]"), out=tmp_path / "run")
    forget(run.path, ["stdin:1"])
    assert not (tmp_path / "run/stdin.data").exists()


def test_a_run_held_to_another_reads_standard_input_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = recipe(tmp_path, "input: [{path: '-'}]")
    pipe(monkeypatch, BODY)
    curate(path, out=tmp_path / "a")
    pipe(monkeypatch, BODY)
    assert curate(path, out=tmp_path / "b", locked=tmp_path / "a").manifest.counts["records"] == 3
    pipe(monkeypatch, BODY + BODY)
    with pytest.raises(CuratorError, match="stdin has changed"):
        curate(path, out=tmp_path / "b", locked=tmp_path / "a")


def test_standard_input_given_for_a_run_that_names_other_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe(monkeypatch, bz2.compress(BODY))
    path = recipe(tmp_path, "input: [{path: none.jsonl}]")
    report = curate(path, inputs=["-"], out=tmp_path / "run").manifest.inputs[0]
    assert (report.records, report.container) == (3, "json_lines.bzip2")


def test_nothing_on_standard_input_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = recipe(tmp_path, "input: [{path: '-'}]")
    pipe(monkeypatch, b"")
    with pytest.raises(CuratorError, match=r"as in `cat data\.jsonl \| curator"):
        curate(path, out=tmp_path / "run")
    pipe(monkeypatch, BODY)
    assert curate(path, out=tmp_path / "run").manifest.counts["records"] == 3
    path = recipe(tmp_path, "input: [{path: '-'}, {path: '-'}]")
    with pytest.raises(CuratorError, match="standard input, `-`, can be read only once"):
        curate(path, out=tmp_path / "run")


def test_a_pipe_is_looked_at_and_leaves_nothing_behind(tmp_path: Path) -> None:
    told = command("inspect", "-", "--json", at=tmp_path, data=bz2.compress(BODY))
    assert json.loads(told.stdout)["records"] == 3
    command("init", "-", at=tmp_path, data=BODY)
    assert "path: '-'" in (tmp_path / "recipe.yaml").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["recipe.yaml"]


# --- What is wrong, and where -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "input:\n  - path: a\n    format: alpacca\n",
            'input[0].format: there is no format "alpacca": did you mean "alpaca"? (line 3)',
        ),
        (
            "input:\n  - path: a\n    formt: alpaca\n",
            'r.yaml: input[0].formt is not a setting: did you mean "format"? (line 3)',
        ),
        (
            "input:\n  - path: a\n  - path: b\n    columns: {prmpt: q}\n",
            "did you mean 'prompt'? (line 3)",
        ),
        (
            "input: [{path: a}]\nrepairs: [unicod]\n",
            'r.yaml: repairs[0]: there is no repair "unicod": did you mean "unicode"? (line 2)',
        ),
    ],
)
def test_a_mistake_in_an_input_says_what_is_nearest_and_where(text: str, message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(text, "r.yaml")
    assert message in str(caught.value)


def test_a_column_that_is_not_there_names_the_nearest_and_the_line(tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text('{"question": "a", "answer": "b"}\n')
    said = "input:\n  - path: d.jsonl\n    columns: {prompt: qestion, response: answer}"
    path = recipe(tmp_path, said)
    with pytest.raises(CuratorError) as caught:
        curate(path, out=tmp_path / "run")
    assert str(caught.value) == (
        'd.jsonl: `columns: prompt:` names the column "qestion", not in the data; the nearest is '
        f'"question" ({path}, line 3)'
    )


def test_a_format_on_the_command_line_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_bytes(BODY)
    done = command("inspect", "d.jsonl", "--format", "sharegtp", at=tmp_path, code=1)
    assert b'there is no format "sharegtp": did you mean "sharegpt"?' in done.stderr
