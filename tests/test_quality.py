"""Quality judges each answer with what was asked, in English alone."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml
from typer.testing import CliRunner

import curator
from curator.cli.app import app
from curator.errors import InputError, ModelError
from curator.features import Embedding, Language
from curator.filters.quality import Quality
from curator.models import Places, embedder
from curator.models.quality import QualityModel
from curator.models.quality_figures import auroc, calibration_error, matched_auroc
from curator.models.quality_fit import Graded, fit_quality, fit_scale, groups_of
from curator.models.quality_signs import quality_signs
from curator.profile.graded import graded_files
from curator.profile.learn_quality import learn_quality, read_label
from curator.profile.look import Look
from curator.records import Record
from tests.conftest import chat, frame

VAGUE = "There are many different things. It depends on various aspects, and it is hard to say."
GOOD = (
    "Tides arise because the Moon pulls the near side of the Earth more strongly than the far "
    "side, so the oceans bulge on both. As the Earth turns, each coast passes two bulges a day."
)
TIDES = "How do tides arise?"
FROG = "Describe the life cycle of a frog for a school poster."
GERMAN = "Gezeiten entstehen, weil der Mond das Wasser der Meere stärker anzieht als die Erde."


def scores(*records: Record, model: str = "bundled") -> pl.DataFrame:
    made = frame(*records)
    columns = Language().compute(made), Embedding(view="pair").compute(made)
    return Quality(model=model).score(made.with_columns(columns))


def test_a_vague_answer_scores_below_a_good_one() -> None:
    vague, good = scores(chat(FROG, VAGUE), chat(TIDES, GOOD))["quality"]
    assert vague < Quality().min_quality < 0.5 < good


def test_a_short_right_answer_is_not_poor() -> None:
    assert scores(chat("What is the capital of Australia?", "Canberra."))["quality"][0] > 0.3


def test_the_worst_answer_counts_and_its_turn_is_named() -> None:
    found = scores(chat(TIDES, GOOD, "And winds?", VAGUE, TIDES, GOOD)).row(0, named=True)
    alone = scores(chat("And winds?", VAGUE)).row(0, named=True)
    assert found["quality_turn"] == 3
    assert {**found, "quality_turn": 1} == alone


def test_what_cannot_be_judged_is_null() -> None:
    bad = chat(TIDES, VAGUE)
    bad.label = False
    call = chat(TIDES, "")
    call.messages[1]["tool_calls"] = [{"id": None, "name": "look_up", "arguments": "{}"}]
    found = scores(
        chat(TIDES, GERMAN), chat(GERMAN, GOOD), chat(TIDES, " "), bad, call, Record(messages=[])
    )
    assert found["quality"].null_count() == found.height


def test_fit_and_specific_can_be_read_off() -> None:
    near, far = scores(chat(TIDES, GOOD), chat("Who wrote Emma?", GOOD)).to_dicts()
    assert near["fit"] > far["fit"]
    found = scores(chat("When?", "In 1969."), chat("When?", "long ago."))
    assert found["specific"].to_list() == [0.5, 0.0]


def test_signs_are_finite_for_any_text() -> None:
    texts = ["", " ", "\u200b", "1", "?" * 500, "- a\n- b", "ß\ud7ff🎉"]
    pairs = pl.DataFrame(
        [(a, b) for a in texts for b in texts], ["prompt", "response"], orient="row"
    )
    assert np.isfinite(quality_signs(pairs).to_numpy()).all()


def test_auroc_counts_pairs_in_order() -> None:
    good = np.array([True, False, True, False])
    assert auroc(good, np.array([2.0, 1, 2, 2])) == 0.75
    assert auroc(good, np.zeros(4)) == 0.5
    assert calibration_error(good, good.astype(float)) == 0


def test_length_counts_for_nothing_among_answers_of_like_length() -> None:
    words = np.repeat(np.arange(10.0), 20)
    good = np.tile([True, False], 100)
    good[words > 7] = True
    assert auroc(good, words) > 0.55
    assert matched_auroc(good, words, words) == 0.5


def test_a_fitted_scale_gives_shares() -> None:
    raw = np.repeat([-1.0, 1.0], 100)
    grades = np.r_[np.repeat([1.0, 0.0], [20, 80]), np.repeat([1.0, 0.0], [70, 30])]
    slope, constant = fit_scale(raw, grades)
    found = 1 / (1 + np.exp(-(slope * np.array([-1.0, 1.0]) + constant)))
    assert np.allclose(found, [0.2, 0.7], atol=0.01)


def test_near_identical_prompts_have_one_group() -> None:
    vectors = np.array([[1, 0], [0, 1], [0.99, 0.1411], [0.95, 0.3122]], np.float32)
    assert groups_of(vectors).tolist() == [0, 1, 0, 0]


def _labelled(count: int) -> list[dict[str, object]]:
    """Make rows in which an answer is good if it tells a number."""
    topics = [
        "rivers",
        "bread",
        "chess",
        "violins",
        "glaciers",
        "tax",
        "bees",
        "tea",
        "ships",
        "mud",
    ]
    return [
        {
            "prompt": f"Tell me about {topics[place % 10]} in year {place}.",
            "completion": f"{topics[place % 10].title()} grew by {place} percent, to {place * 7}."
            if place % 2
            else f"{topics[place % 10].title()} grew by something or other, to whatever.",
            "rating": 5 if place % 2 else 2,
        }
        for place in range(count)
    ]


def test_labels_are_learnt_saved_and_used(tmp_path: Path) -> None:
    data = tmp_path / "rated.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in _labelled(120)), "utf-8")
    with Look([str(data)]).sources() as sources:
        graded = graded_files(sources, "rating")
    figures = learn_quality(graded, 4, tmp_path / "model")
    assert (figures.rows, figures.good) == (120, 60)
    assert figures.auroc > 0.95
    first = (tmp_path / "model" / "model.safetensors").read_bytes()
    learn_quality(graded, None, tmp_path / "again")
    assert (tmp_path / "again" / "model.safetensors").read_bytes() == first
    model = str(tmp_path / "model")
    number, none = scores(
        chat("Tell me about wool in year 31.", "Wool grew by 4 percent, to 28."),
        chat("Tell me about wool in year 31.", "Wool grew by something or other, to whatever."),
        model=model,
    )["quality"]
    assert number > 0.5 > none
    assert Quality(model=model).key() == Quality(model=str(tmp_path / "again")).key()
    assert Quality(model=model).key() != Quality().key()


def test_a_label_may_say_from_where_on_it_is_good() -> None:
    assert read_label("rating>=4.5") == ("rating", 4.5)
    assert read_label("helpful") == ("helpful", None)


def test_too_few_labels_are_refused(tmp_path: Path) -> None:
    few = pl.DataFrame({"prompt": ["a"] * 30, "response": ["b"] * 30, "grade": [1.0] * 30})
    with pytest.raises(InputError, match="at least 20 good ones and 20 others"):
        learn_quality(few, 1, tmp_path)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no quality model in"):
        Quality(model=str(tmp_path)).key()


def test_a_model_for_other_signs_is_refused(tmp_path: Path) -> None:
    texts = ["one two", "three four five", "six"] * 8
    pairs = pl.DataFrame({"prompt": texts, "response": texts})
    vectors = embedder().embed(texts)
    grades = np.tile([1.0, 0.0], 12)
    model = fit_quality(Graded(Places.of(pairs, vectors, vectors), grades, np.ones(24)))
    model.save(tmp_path, {})
    assert isinstance(QualityModel.load(tmp_path / "model.safetensors"), QualityModel)
    card = json.loads((tmp_path / "card.json").read_text())
    (tmp_path / "card.json").write_text(json.dumps(card | {"signs": 0}))
    with pytest.raises(ModelError, match="made by another version"):
        Quality(model=str(tmp_path)).key()


def test_the_command_learns_from_a_table_beside_a_run(tmp_path: Path) -> None:
    rows = _labelled(60)
    (tmp_path / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    recipe = {"input": [{"path": "data.jsonl"}], "filters": [{"filter": "empty"}]}
    (tmp_path / "recipe.yaml").write_text(yaml.safe_dump(recipe))
    run = curator.curate(tmp_path / "recipe.yaml", out=tmp_path / "run")
    found = run.records().select("id", pl.col("response").str.contains(r"\d").alias("good"))
    found.collect().write_csv(tmp_path / "labels.csv")
    command = ["models", "train", "quality", str(tmp_path / "labels.csv"), "--label", "good"]
    places = ["--run", str(tmp_path / "run"), "--out", str(tmp_path / "model")]
    done = CliRunner().invoke(app, [*command, *places, "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["good"] == 30
    wrong = CliRunner().invoke(app, [*command[:-1], "better", *places])
    assert "needs the columns id and better" in str(wrong.exception)
