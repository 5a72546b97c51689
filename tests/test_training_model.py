"""Models are read as they lie in a folder, or it is said why not."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from curator.errors import CuratorError, ModelError
from curator.training.attention import DOCUMENTS
from curator.training.loss import with_chunked_loss
from curator.training.masters import MasterAdamW, optimizer_for
from curator.training.model import load_model, load_tokenizer, read_model, with_adapters
from curator.training.settings import Training
from curator.training.tiny import tiny_tokenizer
from tests.tiny_models import SETTINGS, tiny_model

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("model")
    tokenizer = tiny_tokenizer(["a few words"], words=300)
    tokenizer.save_pretrained(found)
    tiny_model("qwen2", vocab_size=len(tokenizer)).save_pretrained(found)
    return found


def settings(**changed: Any) -> Training:
    return replace(SETTINGS, **changed)


def answer(model: Any) -> Any:
    with torch.no_grad():
        return model(input_ids=torch.arange(5, 15)[None], use_cache=False).logits


def test_a_model_is_read_in_the_precision_that_is_asked_for(folder: Path) -> None:
    assert load_model(folder, settings(precision="auto")).dtype == torch.float32
    model = load_model(folder, settings(precision="bfloat16"))
    assert model.dtype == torch.bfloat16
    assert model.config._attn_implementation == DOCUMENTS


@pytest.mark.parametrize("method", ["lora", "rslora", "dora"])
def test_adapters_change_nothing_at_first_and_alone_are_learnt(folder: Path, method: Any) -> None:
    plain = load_model(folder, settings())
    model = load_model(folder, settings(method=method))
    assert torch.allclose(answer(model), answer(plain), atol=1e-5)
    learnt = {name for name, weight in model.named_parameters() if weight.requires_grad}
    assert learnt
    assert all("lora_" in name for name in learnt)
    assert not any("lm_head" in name for name in learnt)
    kinds = {name.split(".")[-4] for name in learnt if "lora_A" in name}
    assert kinds == {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}


def test_rslora_and_lora_scale_differently(folder: Path) -> None:
    scales = []
    for method in ("lora", "rslora"):
        model = load_model(folder, settings(method=method, rank=16, alpha=32))
        layer = model.get_base_model().model.layers[0].self_attn.q_proj
        scales.append(layer.scaling["default"])
    assert scales == [2.0, 8.0]


def test_adapters_are_held_as_the_model_is(folder: Path) -> None:
    model = load_model(folder, settings(method="lora", precision="bfloat16"))
    assert {weight.dtype for weight in model.parameters()} == {torch.bfloat16}


def test_four_bits_need_bitsandbytes(folder: Path) -> None:
    with pytest.raises(ModelError, match="bitsandbytes"):
        load_model(folder, settings(method="qlora"))


def test_adapters_are_read_with_the_model_they_were_learnt_on(folder: Path, tmp_path: Path) -> None:
    model = load_model(folder, settings(method="lora"))
    torch.manual_seed(0)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, 0, 0.3)
    model.save_pretrained(tmp_path)
    again = read_model(tmp_path)
    assert torch.equal(answer(again), answer(model.eval()))
    assert not torch.allclose(answer(again), answer(read_model(folder)), atol=1e-2)
    assert not again.training
    said = json.loads((tmp_path / "adapter_config.json").read_text())
    said["base_model_name_or_path"] = "gone/away"
    (tmp_path / "adapter_config.json").write_text(json.dumps(said))
    with pytest.raises(ModelError, match="gone/away, which is not there"):
        read_model(tmp_path)


def test_a_tokenizer_is_read_with_its_template(folder: Path) -> None:
    assert "im_start" in load_tokenizer(folder).chat_template


def copied(folder: Path, to: Path, **config: Any) -> Path:
    for file in folder.iterdir():
        (to / file.name).write_bytes(file.read_bytes())
    said = json.loads((to / "config.json").read_text())
    (to / "config.json").write_text(json.dumps({**said, **config}))
    return to


def test_what_cannot_be_read_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is no folder"):
        load_model(tmp_path / "nowhere", settings())
    with pytest.raises(ModelError, match="is no folder"):
        load_tokenizer(tmp_path / "nowhere")
    with pytest.raises(ModelError, match=r"holds no config\.json"):
        load_model(tmp_path, settings())
    with pytest.raises(ModelError, match="holds no tokenizer"):
        load_tokenizer(tmp_path)
    found = copied(folder, tmp_path)
    (found / "model.safetensors").rename(found / "pytorch_model.bin")
    with pytest.raises(ModelError, match="holds no weights as safetensors"):
        load_model(found, settings())


def test_a_model_that_does_not_write_is_refused(tmp_path: Path) -> None:
    from transformers import T5Config

    T5Config().save_pretrained(tmp_path)
    with pytest.raises(ModelError, match="no causal language model"):
        load_model(tmp_path, settings())


def test_a_model_that_lets_records_of_a_row_see_each_other_is_not_packed(tmp_path: Path) -> None:
    tiny_model("lfm2").save_pretrained(tmp_path)
    with pytest.raises(ModelError, match="say `packing: false`"):
        load_model(tmp_path, settings())
    assert load_model(tmp_path, settings(packing=False)).config.model_type == "lfm2"


def test_code_of_strangers_is_never_run(folder: Path, tmp_path: Path) -> None:
    said = {"AutoConfig": "evil.Config", "AutoModelForCausalLM": "evil.Model"}
    found = copied(folder, tmp_path, model_type="unheard_of", auto_map=said)
    (found / "evil.py").write_text("raise SystemExit('code was run')")
    with pytest.raises(CuratorError, match="of no known type"):
        load_model(found, settings())


def learn(weights: list[Any], optimizer: Any, steps: int) -> None:
    torch.manual_seed(5)
    for _ in range(steps):
        for weight in weights:
            weight.grad = torch.randn(weight.shape).bfloat16().to(weight.dtype)
        optimizer.step()


def two_weights(dtype: Any) -> list[Any]:
    torch.manual_seed(4)
    shapes = ((6, 5), (7,))
    return [torch.nn.Parameter(torch.randn(shape).bfloat16().to(dtype)) for shape in shapes]


def test_masters_move_as_adamw_moves_float32_weights() -> None:
    ours, theirs = two_weights(torch.bfloat16), two_weights(torch.float32)
    settings = {"lr": 1e-3, "weight_decay": 0.1, "betas": (0.9, 0.95), "eps": 1e-7}
    masters = MasterAdamW(ours, **settings)
    learn(ours, masters, 20)
    learn(theirs, torch.optim.AdamW(theirs, **settings), 20)
    for weight, right in zip(ours, theirs, strict=True):
        assert torch.allclose(masters.state[weight]["master"], right, atol=1e-6)
        assert torch.equal(weight, masters.state[weight]["master"].bfloat16())


def test_small_steps_add_up_only_with_masters() -> None:
    def moved(kind: Any) -> float:
        weight = torch.nn.Parameter(torch.ones(4, dtype=torch.bfloat16))
        optimizer = kind([weight], lr=1e-4)
        for _ in range(100):
            weight.grad = torch.ones_like(weight)
            optimizer.step()
        return float((1 - weight.detach().float()).abs().max())

    assert moved(torch.optim.AdamW) == 0.0
    assert moved(MasterAdamW) == pytest.approx(0.01, rel=0.2)


def test_masters_go_on_to_the_same_bits_from_a_saved_state(tmp_path: Path) -> None:
    weights = two_weights(torch.bfloat16)
    optimizer = MasterAdamW(weights, lr=1e-3)
    learn(weights, optimizer, 3)
    torch.save([optimizer.state_dict(), weights], tmp_path / "state.pt")
    learn(weights, optimizer, 4)
    state, again = torch.load(tmp_path / "state.pt", weights_only=False)
    resumed = MasterAdamW(again, lr=9.0)
    resumed.load_state_dict(state)
    learn(again, resumed, 4)
    for weight, right in zip(again, weights, strict=True):
        assert torch.equal(weight, right)
        assert torch.equal(resumed.state[weight]["master"], optimizer.state[right]["master"])


def test_who_gets_masters() -> None:
    half = tiny_model("llama", dtype=torch.bfloat16)
    whole = optimizer_for(half, settings(precision="bfloat16", weight_decay=0.1))
    assert type(whole) is torch.optim.AdamW
    assert [group["weight_decay"] for group in whole.param_groups] == [0.1, 0.0]
    assert isinstance(optimizer_for(half, settings(masters=True)), MasterAdamW)
    assert type(optimizer_for(tiny_model("llama"), settings(masters=True))) is torch.optim.AdamW
    adapted = with_adapters(half, settings(method="lora"))
    assert isinstance(optimizer_for(adapted, settings(method="lora")), MasterAdamW)


def test_embeddings_are_never_resized(folder: Path) -> None:
    model = with_chunked_loss(load_model(folder, settings()))
    assert model.get_input_embeddings().weight.shape[0] == len(load_tokenizer(folder))
