"""No value is seen before it is asked for: on no screen, in no file but the private ones."""

import json
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from curator.cli import main
from curator.privacy import values
from curator.report.cards import RESPONSE
from curator.report.diffed import diff_words
from curator.report.shown import excerpt, pieces
from curator.run import Run, write_text
from curator_ui.data import Choice, page_of

# One value for each place of a record, all invented; keys are put together here, so that no
# scanner takes this file for a leak.
PROMPT, LATER = "hanna.brisk@posteo.de", "(312) 664-9027"
RESPONSE_SAID = "ludo.verhagen@telenet.be"
REASONING = "gh" + "p_" + "k3Vd82LmQpXr7TzWn5Yb1CfHs9GjA4uE6oRi"
SYSTEM = "DE62370400440532013777"
ARGUMENTS = "Wq7#tLp92vX!m"
TOOL_RESULT = "84.173.52.119"
REJECTED = "4539 1488 0343 6467"
EXTRA = "536-22-8741"
BROKEN, ROLE, PART = "broken.row@posteo.de", "odd.role@posteo.de", "odd.part@posteo.de"
CUT = "cut.in.the.middle@posteo.de"
VALUES = (
    *(PROMPT, LATER, RESPONSE_SAID, REASONING, SYSTEM, ARGUMENTS, TOOL_RESULT),
    *(REJECTED, EXTRA, BROKEN, ROLE, PART, CUT),
)
PRIVATE = ("records/", "ingest/", "quarantine.jsonl", "repairs.parquet", "export/")

Cli = Callable[..., str]


def rows() -> Iterator[str]:
    """Write the rows: every place holds a value, some rows are no records, two are alike."""
    call = {"name": "log_in", "arguments": json.dumps({"password": ARGUMENTS})}
    turns = [
        {"role": "system", "content": f"Bill IBAN {SYSTEM}."},
        {"role": "user", "content": f"I am {PROMPT}. Log me in."},
        {"role": "assistant", "content": "", "tool_calls": [{"function": call}]},
        {"role": "tool", "content": f"from IP {TOOL_RESULT}"},
        {"role": "assistant", "content": f"Asked {RESPONSE_SAID}.", "reasoning": REASONING},
        {"role": "user", "content": f"Call {LATER} then"},
        {"role": "assistant", "content": "I have called them, and they will write to you soon."},
    ]
    yield json.dumps({"messages": turns, "ssn": EXTRA})
    sides = [{"role": "assistant", "content": f"Card {REJECTED}"}]
    yield json.dumps({"messages": turns[1:2] + turns[-1:], "note": f"SSN {EXTRA}", "x": sides})
    for name in ("Ann", "Ann", "Bob"):
        said = "word " * (RESPONSE // 5 - 2) + CUT
        yield json.dumps(
            {
                "messages": [
                    {
                        "role": "user",
                        "content": f"{name} of {CUT} asks for words, as many as you can say.",
                    },
                    {"role": "assistant", "content": said},
                ]
            }
        )
    yield '{"messages": [{"role": "user", "content": "' + BROKEN
    yield json.dumps({"messages": [{"role": ROLE, "content": "Hi"}]})
    part = [{"type": PART, "text": "Hi"}]
    yield json.dumps({"messages": [{"role": "user", "content": part}]})


RECIPE = """
name: planted
input:
  - {path: rows.jsonl, format: messages}
  - {path: pairs.jsonl}
filters:
  - filter: structure
  - {filter: length, max_words: 90}
  - filter: pii
  - filter: secrets
  - {filter: exact_duplicate}
  - {filter: near_duplicate, min_similarity: 0.8, floor: 0.7}
export:
  - {to: prompt_completion, as: jsonl}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the planted data and two recipes."""
    home = tmp_path_factory.mktemp("planted")
    (home / "rows.jsonl").write_text("\n".join(rows()) + "\n", "utf-8")
    pair = {
        "prompt": "Pay.",
        "chosen": "Paid in cash.",
        "rejected": f"Card {REJECTED} was charged.",
    }
    (home / "pairs.jsonl").write_text(json.dumps(pair) + "\n", "utf-8")
    (home / "plain.yaml").write_text(RECIPE, "utf-8")
    (home / "redacted.yaml").write_text(RECIPE + "repairs: [redact]\n", "utf-8")
    return home


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """Return `cli(*words)`: what the command prints on both streams, whatever its exit code."""

    def call(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["curator", *words])
        capfd.readouterr()
        with pytest.raises(SystemExit):
            main()
        return "".join(capfd.readouterr())

    return call


@pytest.fixture
def run(home: Path, cli: Cli) -> Path:
    """Run the recipe that repairs nothing, once."""
    if not (home / "plain").exists():
        said = cli("run", str(home / "plain.yaml"), "--out", str(home / "plain"), "--workers", "1")
        assert seen_in(said) == []
        assert "5" in said
    return home / "plain"


def seen_in(text: str) -> list[str]:
    flat = "".join(text.split())
    return [value for value in VALUES if value in text or "".join(value.split()) in flat]


def text_of(path: Path) -> str:
    if path.suffix == ".parquet":
        return pl.read_parquet(path).write_ndjson()
    return path.read_bytes().decode("utf-8", "replace")


def test_no_file_but_the_private_ones_holds_a_value(run: Path) -> None:
    for path in run.rglob("*"):
        name = path.relative_to(run).as_posix()
        if path.is_file() and not name.startswith(PRIVATE):
            assert seen_in(text_of(path)) == [], name
    for path in [
        *run.glob("ingest/*.json"),
        *run.glob("export/**/*.md"),
        *run.glob("export/**/left*"),
    ]:
        assert seen_in(text_of(path)) == [], path


def test_private_files_are_their_owners_and_hold_every_value(run: Path) -> None:
    private = [
        *run.glob("records/*"),
        *run.glob("ingest/*.quarantine.jsonl"),
        *run.glob("ingest/*.repairs.parquet"),
        run / "quarantine.jsonl",
        run / "repairs.parquet",
    ]
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}
    assert set(seen_in("\n".join(text_of(path) for path in private))) == set(VALUES)


def test_a_private_file_is_private_from_its_first_byte(tmp_path: Path) -> None:
    from curator.run import atomic_path

    with atomic_path(tmp_path / "x", private=True) as path:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.write_text("secret", "utf-8")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    write_text(tmp_path / "y", "open")
    assert stat.S_IMODE((tmp_path / "y").stat().st_mode) != 0o600


def commands(home: Path, run: Path) -> list[tuple[str, ...]]:
    ids = Run.open(run).decisions().select("id").collect()["id"]
    return [
        *(("explain", str(run), key) for key in ids),
        ("explain", str(run), "rows.jsonl:6"),
        ("explain", str(run), "rows.jsonl:7"),
        ("inspect", str(home / "rows.jsonl"), "--format", "messages"),
        ("whatif", str(run), "length.max_words=10"),
        ("diff", str(run), str(run)),
    ]


def test_no_command_prints_a_value_until_it_is_asked_for(home: Path, run: Path, cli: Cli) -> None:
    asked = commands(home, run)
    for words in asked:
        for form in ((), ("--json",)):
            assert seen_in(cli(*words, *form)) == [], words
    shown = "\n".join(cli(*words, "--show-values") for words in asked)
    assert set(seen_in(shown)) >= {*VALUES} - {EXTRA}


def test_the_dashboard_shows_no_value_until_it_is_asked_for(run: Path) -> None:
    opened = Run.open(run)
    sides = [Choice(kept=True), Choice(kept=False)]

    def texts() -> str:
        return json.dumps([page_of(opened, side, 0) for side in sides], default=str)

    assert seen_in(texts()) == []
    with values(shown=True):
        assert {PROMPT, CUT} <= set(seen_in(texts()))


def test_the_report_shows_values_to_its_owner_when_asked(run: Path, cli: Cli) -> None:
    page = run / "report" / "report.html"
    cli("report", str(run), "--show-values")
    assert {CUT, BROKEN, ROLE} <= set(seen_in(page.read_text("utf-8")))
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert seen_in(cli("report", str(run), "--json")) == []
    assert seen_in(page.read_text("utf-8")) == []


def test_a_file_that_cannot_be_read_is_not_quoted(tmp_path: Path, cli: Cli) -> None:
    bad = tmp_path / "bad.dat"
    bad.write_text(f"this is for someone whose mail is {CUT}", "utf-8")
    said = cli("inspect", str(bad))
    assert "it starts with" in said
    assert CUT[:8] not in said
    assert CUT[:4] in cli("inspect", str(bad), "--show-values")


def test_redaction_comes_before_every_export(home: Path, cli: Cli) -> None:
    out = home / "redacted"
    cli("run", str(home / "redacted.yaml"), "--out", str(out), "--workers", "1")
    cli("export", str(out), "--to", "messages")
    files = [path for path in out.glob("export/**/*") if path.is_file()]
    text = "\n".join(text_of(path) for path in files)
    assert seen_in(text) == []
    assert "[EMAIL_1]" in text
    assert "[NATIONAL_ID_1]" in text
    records = "\n".join(text_of(path) for path in out.glob("records/*"))
    assert seen_in(records) == []
    kept = "\n".join(text_of(path) for path in [out / "repairs.parquet", out / "quarantine.jsonl"])
    assert set(seen_in(kept)) == set(VALUES)
    for path in out.glob("report/*"):
        assert seen_in(text_of(path)) == []


def test_a_value_is_hidden_whole_though_it_is_cropped_or_split_into_words() -> None:
    text = f"{'w ' * 177}{CUT} and more"
    assert "cut" not in "".join(piece.text for piece in excerpt(text))
    assert "posteo" not in "".join(piece.text for piece in pieces(text))
    assert all("posteo" not in change.text for change in diff_words(f"a {CUT}", f"b {CUT} c"))
