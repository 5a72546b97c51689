"""The default recipe passes its own audit: no filter removes a group or a language more often."""

from pathlib import Path

import pytest

import curator
from curator.groups import AXES
from curator.profile.look import Look
from curator.profile.start import start_recipe
from curator.report import facts_of
from tests.conftest import ROOT, data_file

PEOPLE = {*AXES, "language", "dialect"}


def warned(recipe: Path, out: Path) -> list[tuple[str, str, str]]:
    """Run a recipe; name the filters, traits and groups that its report warns of."""
    disparity = facts_of(curator.curate(recipe, out=out)).disparity
    assert PEOPLE & set(disparity["trait"]), "nobody was compared"
    found = disparity.filter("warning").select("step", "trait", "group").rows()
    return [row for row in found if row[1] in PEOPLE]


@pytest.mark.slow
def test_what_init_proposes_for_real_data_passes(tmp_path: Path) -> None:
    start_recipe(
        Look([str(data_file("instructions/alpaca_random_9k.json"))]), tmp_path / "recipe.yaml"
    )
    assert warned(tmp_path / "recipe.yaml", tmp_path / "run") == []


@pytest.mark.slow
def test_the_recipe_of_the_demo_passes(tmp_path: Path) -> None:
    assert warned(ROOT / "sample_data" / "recipe.yaml", tmp_path / "run") == []
