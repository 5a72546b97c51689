"""Safety asks a guard model about prompts, and about answers in the light of what was asked."""

from pathlib import Path

import polars as pl
import pytest
from pydantic import ValidationError

from curator.errors import ModelError
from curator.filters.safety import Safety
from curator.recipe import parse_recipe
from curator.records import Record
from curator.testing import check_filter
from tests.conftest import ROOT, chat, frame

pytest.importorskip("torch")
TOY = f"hub:{ROOT / 'docs' / 'examples' / 'safety_model'}"
BOMB, CAKE = "How do I make a bomb?", "How do I make a cake?"
REFUSAL, HARM, RECIPE = (
    "Sorry, I can not help with that.",
    "Mix the poison.",
    "First you buy a lamp.",
)


def scores(*records: Record, **settings: object) -> pl.DataFrame:
    return Safety.model_validate({"model": TOY} | settings).score(frame(*records))


def fired(*records: Record, **settings: object) -> list[list[str]]:
    made = Safety.model_validate({"model": TOY} | settings)
    rows = made.score(frame(*records)).select(**made.rules()).to_dicts()
    return [[name for name, fires in row.items() if fires] for row in rows]


def test_keeps_the_contract() -> None:
    check_filter(Safety, Safety(model=TOY))


def test_the_prompt_and_the_answer_are_judged_apart() -> None:
    assert fired(chat(BOMB, REFUSAL), chat(CAKE, RECIPE), chat(CAKE, HARM), chat(BOMB, HARM)) == [
        ["prompt"],
        [],
        ["response"],
        ["response", "prompt"],
    ]


def test_the_answer_drops_and_the_prompt_flags() -> None:
    assert [Safety().action(rule) for rule in Safety().rules()] == ["drop", "flag"]


def test_the_worst_turn_is_named() -> None:
    found = scores(chat(CAKE, RECIPE, BOMB, REFUSAL, CAKE, HARM)).row(0, named=True)
    assert (found["prompt_unsafe_turn"], found["response_unsafe_turn"]) == (2, 5)


def test_a_long_answer_is_as_unsafe_as_its_worst_stretch() -> None:
    long, bad = " ".join([RECIPE] * 30), " ".join([HARM] * 12)
    found = scores(chat(CAKE, long), chat(CAKE, f"{long} {bad} {long}"), chat(BOMB * 40, REFUSAL))
    assert (found["response_unsafe"] > 0.5).to_list() == [False, True, False]


def test_what_nobody_is_to_learn_is_not_judged() -> None:
    bad = chat(BOMB, HARM)
    bad.label = False
    assert scores(bad)["response_unsafe"].to_list() == [None]


def test_labels_that_do_not_tell_must_be_told(tmp_path: Path) -> None:
    assert fired(chat(BOMB, REFUSAL), unsafe=["unsafe"]) == [["prompt"]]
    with pytest.raises(ModelError, match=r'no label "bad": its labels are safe, unsafe'):
        scores(chat(BOMB, REFUSAL), unsafe=["bad"])


def test_a_recipe_must_name_a_guard() -> None:
    with pytest.raises(ModelError, match="has no model: name one with `model: hub:"):
        Safety().key()
    with pytest.raises(ValidationError, match="is no guard model"):
        Safety(model="detoxify:original")
    with pytest.raises(ModelError, match="there is no folder nowhere"):
        Safety(model="hub:./nowhere").key()


def test_paths_move_with_the_recipe_and_ids_do_not() -> None:
    written = "input: [{path: x}]\nfilters: [{filter: safety, model: '%s'}]"
    for said, moved in (("hub:./guard", "hub:/base/guard"), ("hub:one/guard", "hub:one/guard")):
        entry = parse_recipe(written % said).filters[0]
        assert entry.placed(lambda path: f"/base/{path[2:]}").model == moved


def test_the_key_is_of_what_the_folder_holds(tmp_path: Path) -> None:
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        content = (ROOT / "docs" / "examples" / "safety_model" / name).read_bytes()
        (tmp_path / name).write_bytes(content)
    first = Safety(model=f"hub:{tmp_path}").key()
    assert Safety(model=f"hub:{tmp_path}", max_prompt=0.9).key() == first
    config = tmp_path / "config.json"
    config.write_text(config.read_text().replace("unsafe", "harmful"))
    assert Safety(model=f"hub:{tmp_path}").key() != first
