"""A recipe may use the filters of an installed plugin, and of nothing else."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Literal

import polars as pl
import pytest

from curator.errors import RecipeError
from curator.filters import FILTERS, Filter
from curator.recipe import filters_with, parse_recipe
from curator.recipe import plugins as room
from tests.conftest import ROOT

EXAMPLE = ROOT / "docs" / "example_plugin"
HARD = (
    "Notwithstanding considerable methodological heterogeneity, contemporaneous investigations "
    "systematically demonstrate incontrovertible interdependencies characterising international "
    "macroeconomic institutionalisation, necessitating interdisciplinary reconceptualisation "
    "of organisational responsibilities, administrative accountability, environmental "
    "sustainability, intergenerational redistribution, multilateral "
    "standardisation and constitutional legitimacy."
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the example and install it, as its user would, into a folder of its own."""
    target = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--target", str(target)]
    subprocess.run([*pip, *offline, str(EXAMPLE)], check=True, capture_output=True)
    return target


def curator(site: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line with the plugin's folder on the path."""
    path = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        [sys.executable, "-m", "curator", *words],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def write_recipe(folder: Path) -> None:
    rows = [{"prompt": "Explain.", "completion": text} for text in (HARD, "It is easy. " * 12)]
    (folder / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "recipe.yaml").write_text(
        "plugins: [reading_ease]\ninput: [{path: data.jsonl}]\n"
        "filters: [{filter: length}, {filter: reading_ease, on: {hard: drop}}]\n"
    )


def test_the_example_is_built_installed_and_run(installed: Path, tmp_path: Path) -> None:
    write_recipe(tmp_path)
    ran = curator(installed, "run", "recipe.yaml", "--out", "run", "--workers", "2", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    reasons = pl.read_parquet(tmp_path / "run" / "decisions.parquet")["reason"].to_list()
    assert reasons == ["reading_ease.hard", None]
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["versions"]["curator-reading-ease"] == "0.1.0"
    asked = curator(installed, "whatif", "run", "reading_ease.min_ease=-9999", cwd=tmp_path)
    assert asked.returncode == 0, asked.stderr


def test_the_example_passes_its_own_tests(installed: Path, tmp_path: Path) -> None:
    tests = str(EXAMPLE / "tests")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", tests, tests],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": f"{installed}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in ran.stdout, ran.stdout


def test_schema_and_list_know_a_plugin_that_is_asked_for(installed: Path, tmp_path: Path) -> None:
    told = curator(installed, "schema", "recipe", "--plugin", "reading_ease", cwd=tmp_path)
    assert "ReadingEase" in json.loads(told.stdout)["$defs"]
    listed = curator(installed, "filters", "--plugin", "reading_ease", "--json", cwd=tmp_path)
    assert json.loads(listed.stdout)[-1]["rules"] == {"hard": "flag"}


def test_a_plugin_that_is_not_installed_is_named(tmp_path: Path) -> None:
    write_recipe(tmp_path)
    ran = curator(tmp_path, "run", "recipe.yaml", cwd=tmp_path)
    assert ran.returncode == 1
    assert ran.stderr.startswith('error: `plugins:` names "reading_ease", and no installed package')


class Mild(Filter):
    """Measure nothing much."""

    filter: Literal["mild"] = "mild"

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        return records.select(pl.col("response").str.len_chars().alias("letters"))

    def rules(self) -> dict[str, pl.Expr]:
        return {"none": pl.col("letters") < 1}


class Twin(Mild):
    """Take the name of a built-in filter."""

    filter: Literal["length"] = "length"  # type: ignore[assignment]


def offer(monkeypatch: pytest.MonkeyPatch, filters: Sequence[object]) -> None:
    """Let a package called `other` stand among the installed plugins."""
    module = SimpleNamespace(FILTERS=filters)
    point = EntryPoint("other", "other_module", room.GROUP)
    monkeypatch.setattr(room, "entry_points", lambda group: [point])
    monkeypatch.setattr(EntryPoint, "load", lambda self: module)


def test_a_recipe_mixes_both_kinds_of_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, (Mild,))
    recipe = parse_recipe("plugins: [other]\ninput: [{path: x}]\nfilters: [{filter: mild}]")
    assert recipe.filters == [Mild()]
    assert filters_with(["other"]) == (*FILTERS, Mild)


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ((Twin,), 'has a filter "length", and so has curator'),
        ((), "offers no filters"),
        ((dict,), "which is no filter"),
    ],
)
def test_what_a_plugin_cannot_offer_is_explained(
    monkeypatch: pytest.MonkeyPatch, filters: Sequence[object], told: str
) -> None:
    offer(monkeypatch, filters)
    with pytest.raises(RecipeError, match=told):
        filters_with(["other"])


def test_a_plugin_that_breaks_on_import_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, ())
    monkeypatch.setattr(EntryPoint, "load", lambda self: 1 / 0)
    with pytest.raises(RecipeError, match="cannot be imported: ZeroDivisionError"):
        filters_with(["other"])


@pytest.mark.parametrize("said", ["plugins: os", "plugins: [1]", "plugins: {a: 1}"])
def test_only_a_list_of_names_opts_in(said: str) -> None:
    with pytest.raises(RecipeError, match="`plugins:` must be a list of package names"):
        parse_recipe(f"{said}\ninput: [{{path: x}}]")


def test_a_filter_without_its_plugin_is_unknown() -> None:
    with pytest.raises(RecipeError, match='there is no filter "mild"'):
        parse_recipe("input: [{path: x}]\nfilters: [{filter: mild}]")
