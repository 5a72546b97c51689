"""Language: each turn's own, null where it would be a guess, and what is not allowed goes."""

# ruff: noqa: RUF001 (full-width marks are meant)

import gzip
import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import curator
from curator.errors import CuratorError, ModelError
from curator.features import Language as LanguageOfTurns
from curator.filters.language import Language
from curator.models import card_of, file_of, kin, language_model
from curator.records import Record
from tests.conftest import chat, data_file, frame

ENGLISH = "The train to the coast leaves at noon, and we should be there before it gets dark."
GERMAN = "Der Zug an die Küste fährt um zwölf, und wir sollten vor der Dunkelheit da sein."
FRENCH = "Le train pour la côte part à midi, et nous devrions arriver avant la nuit."
CHINESE = "去海边的火车中午出发，我们应该在天黑之前到达。"
UNKNOWN = "Lo mphathi waseshishini uthe abantu abaninzi bafuna ukuthenga izindlu ezintsha."


def scores(*records: Record, **settings: object) -> pl.DataFrame:
    entry = Language.model_validate({"filter": "language"} | settings)
    made = frame(*records)
    return entry.score(made.with_columns(LanguageOfTurns().compute(made)))


def fired(*records: Record, **settings: object) -> list[list[str]]:
    """Name the rules that fire for each record."""
    entry = Language.model_validate({"filter": "language"} | settings)
    found = scores(*records, **settings).select(**entry.rules())
    return [[name for name, fires in row.items() if fires] for row in found.to_dicts()]


def of(text: str) -> str | None:
    """Return the language of one answer."""
    found: str | None = scores(chat("?", text))["language"][0]
    return found


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "en"),
        (GERMAN, "de"),
        (FRENCH, "fr"),
        (CHINESE, "zh"),
        ("Die kat sit op die mat en wag vir sy kos, maar niemand kom nie.", "af"),
        ("Awọn ọmọ ile iwe ti lọ si ile wọn ni alẹ, ati pe won ko ni pada wa.", "yo"),
        ("안녕하세요 반갑습니다", "ko"),
        ("苹果、香蕉、葡萄、草莓", "zh"),
        ("夕食に行くつもりです。", "ja"),
        ("รถไฟไปชายฝั่งออกเวลาเที่ยงวัน", "th"),
        ("Το τρένο για την ακτή φεύγει το μεσημέρι.", "el"),
    ],
)
def test_the_language_of_a_sentence(text: str, language: str) -> None:
    assert of(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Oui.",
        "42",
        "🙂🙂🙂",
        "Michelangelo Buonarroti",
        "Apple, Orange, Carrot, Banana, Strawberry, Potato.",
        "2 x 2 = 4\n" * 10,
        "```python\nfor letter in 'einundzwanzig Buchstaben':\n    print(letter)\n```",
        "def product(x, y):\n    return x * y",
        "https://example.com/der/zug/an/die/kueste/faehrt/um/zwoelf",
        "$\\sum_{i=1}^{n} i = \\frac{n(n+1)}{2}$",
    ],
)
def test_what_would_be_a_guess_is_null(text: str) -> None:
    assert of(text) is None
    assert fired(chat("?", text), allowed=["en"]) == [[]]


def test_prose_around_code_is_judged_by_its_own_words() -> None:
    code = "```python\nprint('hello world, this is the end of the line')\n```"
    assert of(f"{GERMAN}\n{code}\n{code}") == "de"


def test_a_language_that_is_not_allowed_drops_the_record() -> None:
    records = [chat("Hi", ENGLISH), chat("Hi", GERMAN), chat("Hi", CHINESE)]
    assert fired(*records) == [[], [], []]
    assert fired(*records, allowed=["en"]) == [[], ["not_allowed"], ["not_allowed"]]
    assert fired(*records, allowed=["de", "zh"]) == [["not_allowed"], [], []]
    assert Language().action("not_allowed") == "drop"


def test_relatives_count_as_one() -> None:
    danish_neighbour = "Jeg vet ikke hva vi skal gjøre nå, men det blir nok bra til slutt."
    assert fired(chat("Hi", danish_neighbour), allowed=["nb"]) == [[]]
    assert kin("sr") == kin("hr") == kin("bs")


def test_a_language_the_model_does_not_know_is_uncertain() -> None:
    assert fired(chat("Hi", UNKNOWN), allowed=["en"]) == [["uncertain"]]
    assert Language().action("uncertain") == "flag"


def test_every_turn_is_judged_and_the_odd_one_is_named() -> None:
    record = chat("Hi", ENGLISH, "And now?", ENGLISH, "More", FRENCH)
    found = scores(record).row(0, named=True)
    assert (found["language"], found["other"], found["other_turn"]) == ("en", "fr", 5)
    assert fired(record) == [["mixed"]]
    assert fired(record, allowed=["en"]) == [["not_allowed", "mixed"]]
    assert fired(record, allowed=["en", "fr"]) == [["mixed"]]


def test_a_text_in_two_languages_is_seen_by_its_sentences() -> None:
    text = f"{GERMAN} {FRENCH}"
    found = scores(chat("?", text)).row(0, named=True)
    assert {found["language"], found["other"]} == {"de", "fr"}


def test_views_judge_their_own_turns() -> None:
    record = chat(GERMAN, ENGLISH)
    assert scores(record)["language"].to_list() == ["en"]
    assert scores(record, view="prompt")["language"].to_list() == ["de"]
    assert scores(record, view="text")["other"].null_count() == 0


def test_reasoning_and_tool_results_are_not_judged() -> None:
    record = chat("Hi", ENGLISH, GERMAN, roles=["user", "assistant", "tool"])
    assert scores(record, view="text")["other"].to_list() == [None]


def test_the_run_says_which_model_decided(tmp_path: Path) -> None:
    rows = [{"prompt": "Hi", "completion": text} for text in (ENGLISH, GERMAN, "Ja.")]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    recipe = tmp_path / "r.yaml"
    recipe.write_text("input: [{path: a.jsonl}]\nfilters: [{filter: language, allowed: [en]}]\n")
    run = curator.curate(recipe, out=tmp_path / "run")
    assert run.manifest.models == LanguageOfTurns().files()
    assert run.decisions().collect()["reason"].to_list() == [None, "language.not_allowed", None]
    assert "decided with lid.176.ftz" in (run.layout.report / "report.md").read_text()
    assert "lid.176.ftz" in (run.layout.report / "report.html").read_text()
    again = run.what_if({"language": {"allowed": ["de"]}})
    assert again["reason"].to_list() == ["language.not_allowed", None, None]


def test_a_model_of_ones_own_is_named_by_path_from_the_recipe(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    shutil.copy(file_of(card_of("lid.176.ftz")), tmp_path / "models" / "mine.ftz")
    rows = [{"prompt": "Hi", "completion": text} for text in (ENGLISH, GERMAN)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    recipe = tmp_path / "r.yaml"
    recipe.write_text(
        "input: [{path: a.jsonl}]\n"
        "filters: [{filter: language, model: models/mine.ftz, allowed: [en]}]\n"
    )
    run = curator.curate(recipe, out=tmp_path / "runs" / "one")
    assert run.decisions().collect()["reason"].to_list() == [None, "language.not_allowed"]
    assert list(run.manifest.models) == ["mine.ftz"]
    assert "model: ../../models/mine.ftz" in run.layout.recipe.read_text()
    assert curator.Run.open(run.path).scores().collect().height == 2
    (tmp_path / "models" / "mine.ftz").write_bytes(b"no model")
    with pytest.raises(CuratorError, match="cannot be read as a fastText model"):
        curator.curate(recipe, out=tmp_path / "runs" / "two")
    (tmp_path / "models" / "mine.ftz").unlink()
    with pytest.raises(ModelError, match=r"there is no model file .*mine\.ftz"):
        curator.curate(recipe, out=tmp_path / "runs" / "two")


def test_an_unknown_model_is_a_mistake_in_the_recipe(tmp_path: Path) -> None:
    recipe = tmp_path / "r.yaml"
    for name in ("lid176", "toxicity_static"):
        recipe.write_text(
            f"input: [{{path: a.jsonl}}]\nfilters: [{{filter: language, model: {name}}}]\n"
        )
        with pytest.raises(CuratorError, match=f'there is no model "{name}" for language'):
            curator.load_recipe(recipe)


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    for guess in language_model().identify([text]):
        assert 0 <= guess.confidence <= 1


@pytest.mark.data
def test_sentences_in_75_languages() -> None:
    """The nine whose words the model never saw are `so` (it has the label) and eight it lacks."""
    with gzip.open(data_file("language/sentences_75_languages.jsonl.gz"), "rt") as lines:
        rows = [json.loads(line) for line in lines]
    unknown = {"lg", "mi", "sn", "so", "st", "tn", "ts", "xh", "zu"}
    guesses = language_model().identify([row["text"] for row in rows])
    judged = [
        (guess.confidence >= Language().min_confidence, kin(guess.language) == kin(row["lang"]))
        for row, guess in zip(rows, guesses, strict=True)
        if row["lang"] not in unknown
    ]
    sure = [right for is_sure, right in judged if is_sure]
    assert sum(right for _, right in judged) / len(judged) >= 0.95
    assert sum(sure) / len(sure) >= 0.98
    assert len(sure) / len(judged) >= 0.85
    strange = [
        guess.confidence < Language().min_confidence
        for row, guess in zip(rows, guesses, strict=True)
        if row["lang"] in unknown
    ]
    assert sum(strange) / len(strange) >= 0.7
