"""A trained model is written so that it is read again as it was."""

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("peft")

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from curator.errors import ModelError
from curator.training import merge
from curator.training.conversation import Conversation, Example
from curator.training.merge import logits_of, save_trained
from curator.training.model import load_model, load_tokenizer
from curator.training.render import Renderer
from curator.training.tiny import make_tiny
from tests.training_settings import training

TURNS = [
    {"role": "user", "content": "Name a river."},
    {"role": "assistant", "content": "The Danube."},
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny(tmp_path_factory.mktemp("tiny") / "base", ["Name a river. The Danube."])


@pytest.fixture(scope="module")
def examples(base: Path) -> list[Example]:
    return [Renderer(load_tokenizer(base)).render(Conversation("one", TURNS))]


def moved(base: Path, method: str) -> Any:
    """Return a model whose trained weights are no longer what they began as."""
    model = load_model(base, training(method=method))
    torch.manual_seed(1)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.requires_grad:
                weight.add_(0.05 * torch.randn_like(weight))
    return model


@pytest.mark.parametrize("method", ["full", "lora", "rslora", "dora"])
def test_what_is_written_is_what_was_trained(
    base: Path, examples: list[Example], method: str, tmp_path: Path
) -> None:
    model = moved(base, method)
    trained = logits_of(model.eval(), examples)
    before = logits_of(load_model(base, training()).eval(), examples)
    found = save_trained(model, load_tokenizer(base), tmp_path, examples, [2])
    read = logits_of(AutoModelForCausalLM.from_pretrained(tmp_path / "model").eval(), examples)
    assert torch.allclose(trained[0], read[0], atol=1e-4)
    assert not torch.allclose(trained[0], before[0], atol=1e-2)
    assert found.reloaded == 0.0
    assert found.agreement == 1.0
    assert (tmp_path / "adapter" / "adapter_model.safetensors").exists() == (method != "full")


def test_the_folder_has_all_that_is_needed_to_ask(
    base: Path, examples: list[Example], tmp_path: Path
) -> None:
    tokenizer = load_tokenizer(base)
    save_trained(moved(base, "lora"), tokenizer, tmp_path, examples, [7])
    told = json.loads((tmp_path / "model" / "generation_config.json").read_text())
    assert told["eos_token_id"] == [7, tokenizer.eos_token_id]
    for folder in ("model", "adapter"):
        read = AutoTokenizer.from_pretrained(tmp_path / folder)
        assert read.chat_template == tokenizer.chat_template
    assert not [path for path in tmp_path.rglob("*") if path.suffix in {".bin", ".pt", ".pkl"}]


def test_embeddings_that_training_parted_stay_two(
    base: Path, examples: list[Example], tmp_path: Path
) -> None:
    model = load_model(base, training())
    assert model.config.tie_word_embeddings
    torch.manual_seed(2)
    model.lm_head.weight = torch.nn.Parameter(torch.randn_like(model.lm_head.weight))
    trained = logits_of(model.eval(), examples)
    save_trained(model, load_tokenizer(base), tmp_path, examples, [2])
    read = AutoModelForCausalLM.from_pretrained(tmp_path / "model").eval()
    assert not read.config.tie_word_embeddings
    assert torch.equal(logits_of(read, examples)[0], trained[0])


def test_numbers_that_are_none_are_never_alike(tmp_path: Path) -> None:
    fine, broken = torch.randn(4, 9), torch.full((4, 9), float("nan"))
    for merged, read in (([fine, fine], [fine, broken]), ([fine, broken], [fine, broken])):
        with pytest.raises(ModelError):
            merge._checked([fine, fine], merged, read, tmp_path, torch.float32)
    with pytest.raises(ModelError, match="learning_rate"):
        merge._checked([broken], [broken], [broken], tmp_path, torch.float32)


def test_files_that_are_another_model_are_refused(
    base: Path, examples: list[Example], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, other = moved(base, "full"), load_model(base, training())
    monkeypatch.setattr(model, "save_pretrained", other.save_pretrained)
    with pytest.raises(ModelError, match="another model than the one that was trained"):
        save_trained(model, load_tokenizer(base), tmp_path, examples, [2])
