"""The documentation is true: it is written from the code, and its examples do what they say."""

import subprocess
import sys
from pathlib import Path

import pytest

from curator.recipe import load_recipe
from tests.conftest import ROOT


def test_the_page_of_filters_is_fresh_and_its_examples_do_what_they_say() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "write_filters.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


RECIPES = sorted((ROOT / "docs" / "recipes").glob("*.yaml"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_ready_recipe_is_valid_and_is_on_the_page(path: Path) -> None:
    assert load_recipe(path).name == path.stem
    assert f"({path.name})" in (path.parent / "README.md").read_text("utf-8")
