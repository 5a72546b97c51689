"""A recipe is read, explained where it is wrong, and written out whole."""

from pathlib import Path

import pytest

from curator.errors import RecipeError
from curator.filters.length import Length
from curator.recipe import dump_recipe, load_recipe, parse_recipe

INPUT = "input: [{path: a.jsonl}]\n"


def test_reads_the_vocabulary() -> None:
    recipe = parse_recipe(
        INPUT + "filters:\n"
        "  - {filter: length, min_words: 2, on: {too_long: flag}}\n"
        "  - {filter: length, name: prompt_length, view: prompt}\n"
        "  - filter: near_duplicate\n"
        "export:\n"
        "  - {to: messages, as: parquet, splits: {train: 95, validation: 5}}\n"
    )
    assert [entry.label for entry in recipe.filters] == [
        "length",
        "prompt_length",
        "near_duplicate",
    ]
    assert recipe.filters[0] == Length(min_words=2, on={"too_long": "flag"})
    assert recipe.export[0].container == "parquet"


def test_off_is_a_word_and_not_a_boolean() -> None:
    recipe = parse_recipe(INPUT + "filters: [{filter: length, on: {too_long: off}}]")
    assert recipe.filters[0].action("too_long") == "off"


def test_what_is_written_out_reads_back_the_same() -> None:
    recipe = parse_recipe(INPUT + "filters: [{filter: length, on: {too_long: off}}]\nseed: 3\n")
    assert parse_recipe(dump_recipe(recipe)) == recipe


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("input: []", "r.yaml: input: list should have at least 1 item"),
        ("filters: []", "r.yaml: input is missing"),
        (INPUT + "filtres: []", 'r.yaml: filtres is not a setting: did you mean "filters"?'),
        (INPUT + "filters: [{filter: lenght}]", 'did you mean "length"?'),
        (
            INPUT + "filters: [{filter: length, min_word: 3}]",
            'r.yaml: filters[0].min_word is not a setting: did you mean "min_words"?',
        ),
        (
            INPUT + "filters: [{filter: length, min_words: -3}]",
            "r.yaml: filters[0].min_words: input should be greater than or equal to 0, found -3",
        ),
        (INPUT + "filters: [{min_words: 3}]", "filters[0]: every entry needs"),
        (
            INPUT + "filters: [{filter: length}, {filter: length}]",
            "two filters are called 'length': give one of them another `name:`",
        ),
        (
            INPUT + "filters: [{filter: near_duplicate, min_similarity: 0.5}]",
            "min_similarity 0.5 is below floor 0.7",
        ),
        (INPUT + "filters: [{filter: length, on: {shrt: drop}}]", "has no rule 'shrt'"),
        (INPUT + "export: [{to: messages, splits: {train: 0}}]", "must be greater than 0"),
        ("input: [{path: a, columns: {prmpt: q}}]", "did you mean 'prompt'?"),
        ("a: [", "r.yaml:1"),
        ("- 1", "a recipe is a mapping"),
    ],
)
def test_a_mistake_gets_one_clear_message(text: str, message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(text, "r.yaml")
    assert message in str(caught.value)


def test_a_missing_recipe_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="curator init"):
        load_recipe(tmp_path / "none.yaml")
