"""The dashboard shows a run as it is, as text, page by page."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import curator
from curator.run import Run
from curator_ui.data import PAGE, Choice, count_of, page_of, reasons_of


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("dashboard")
    rows = [{"instruction": f"Name the number {i}.", "output": "x" * (i % 3)} for i in range(60)]
    rows.append({"instruction": "<b>bold</b>", "output": "**not markup**"})
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "recipe.yaml").write_text("input: [{path: a.jsonl}]\nfilters: [{filter: empty}]\n")
    return curator.curate(folder / "recipe.yaml", out=folder / "run")


def test_counts_and_pages(run: Run) -> None:
    assert reasons_of(run).rows() == [("empty.response", 20)]
    assert count_of(run, Choice(kept=True)) == 41
    assert [len(page_of(run, Choice(kept=True), page)) for page in range(3)] == [PAGE, 16, 0]
    dropped = page_of(run, Choice(kept=False, reason="empty.response"), 0)
    assert {row["response"] for row in dropped} == {""}


def test_the_page_shows_the_run(run: Run) -> None:
    """In a process of its own: Streamlit changes warnings and signal handlers."""
    code = (
        "import sys; from streamlit.testing.v1 import AppTest; import curator_ui;"
        "from pathlib import Path; sys.argv = ['app', sys.argv[1]];"
        "app = str(Path(curator_ui.__file__).with_name('app.py'));"
        "page = AppTest.from_file(app, default_timeout=120).run();"
        "assert not page.exception, page.exception;"
        "page.radio[0].set_value('kept').run(); page.number_input[0].set_value(2).run();"
        "print([metric.value for metric in page.metric]); print([t.value for t in page.text][-2:])"
    )
    command = [sys.executable, "-W", "ignore", "-c", code, str(run.path)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
    assert "['61', '41', '20', '0']" in shown.stdout
    assert "['<b>bold</b>', '**not markup**']" in shown.stdout


def test_the_page_tells_what_would_be_learnt(tmp_path: Path) -> None:
    pytest.importorskip("peft")
    rows = [{"instruction": f"Name number {i}.", "output": f"{i} it is."} for i in range(30)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    recipe = "input: [{path: a.jsonl}]\nfilters: [{filter: empty}]\ntune: {model: tiny}\n"
    (tmp_path / "recipe.yaml").write_text(recipe)
    run = curator.curate(tmp_path / "recipe.yaml", out=tmp_path / "run")
    code = (
        "import sys; from streamlit.testing.v1 import AppTest; import curator_ui;"
        "from pathlib import Path; sys.argv = ['app', sys.argv[1]];"
        "app = str(Path(curator_ui.__file__).with_name('app.py'));"
        "page = AppTest.from_file(app, default_timeout=120).run(); page.button[0].click().run();"
        "assert not page.exception and not page.error, page.error;"
        "print([m.value for m in page.metric][4:5]); print([t.value for t in page.text][0])"
    )
    command = [sys.executable, "-W", "ignore", "-c", code, str(run.path)]
    own = os.environ | {"CURATOR_CACHE": str(tmp_path / "cache")}
    shown = subprocess.run(command, capture_output=True, text=True, check=False, env=own)
    assert shown.returncode == 0, shown.stderr
    records, text = shown.stdout.split("\n", 1)
    assert int(records.strip("[']")) > 20
    assert "⟦" in text
    assert "it is.<|im_end|>⟧" in text


def test_a_wrong_directory_is_one_message(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "curator", "dashboard", str(tmp_path)]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert asked.returncode == 1
    assert "is not a finished run" in asked.stderr
