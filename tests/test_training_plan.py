"""The plan counts what a model is made of, chooses what fits, and gives way when it does not."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoModelForCausalLM, LlamaConfig, Qwen2Config, T5Config

from curator.errors import CuratorError, ModelError
from curator.training.attention import DOCUMENTS, told_boundaries
from curator.training.flops import peak_flops, training_flops
from curator.training.kept import kept_bytes, kept_of
from curator.training.loss import causal
from curator.training.machine import Machine, machine
from curator.training.memory import Needs, learnt_weights, needs_of
from curator.training.model import with_adapters
from curator.training.plan import Plan, halved, plan
from curator.training.settings import Training
from curator.training.shape import ModelShape
from tests.tiny_models import FAMILIES, SETTINGS, config_of, tiny_model

torch.set_num_threads(1)
GIB = 1 << 30
H200 = Machine("cuda", "NVIDIA H200", 139 * GIB, 138 * GIB, 989e12)
CPU = Machine("cpu", "x86_64", 16 * GIB, 8 * GIB, 1e11)
HALF = replace(SETTINGS, precision="auto", batch_tokens=65_536, max_tokens=2048)


def qwen(**changed: Any) -> ModelShape:
    sizes = {
        "vocab_size": 151_936,
        "hidden_size": 896,
        "intermediate_size": 4864,
        "num_hidden_layers": 24,
        "num_attention_heads": 14,
        "num_key_value_heads": 2,
        "tie_word_embeddings": True,
    }
    return ModelShape.of(Qwen2Config(**{**sizes, **changed}))


@pytest.fixture(scope="module")
def half_billion() -> ModelShape:
    return qwen()


@pytest.fixture(scope="module")
def eight_billion() -> ModelShape:
    return ModelShape.of(
        LlamaConfig(
            vocab_size=128_256,
            hidden_size=4096,
            intermediate_size=14_336,
            num_hidden_layers=32,
            num_attention_heads=32,
            num_key_value_heads=8,
        )
    )


def toy(**changed: Any) -> ModelShape:
    """Return a shape that can be counted by hand."""
    made = ModelShape(
        hidden=4,
        layers=2,
        heads=2,
        kv_heads=1,
        head_dim=2,
        feed_forward=8,
        vocabulary=10,
        tied=False,
        parameters=400,
        linear=300,
        adapted=50,
        windows=(None, None),
    )
    return replace(made, **changed)


def test_known_models_have_their_known_sizes(
    half_billion: ModelShape, eight_billion: ModelShape
) -> None:
    assert half_billion.parameters == 494_032_768
    assert half_billion.linear + half_billion.head == pytest.approx(0.494e9, rel=1e-3)
    assert half_billion.tied
    assert eight_billion.parameters == 8_030_261_248
    assert eight_billion.linear + eight_billion.head == pytest.approx(7.505e9, rel=1e-3)
    assert (eight_billion.kv_heads, eight_billion.head_dim) == (8, 128)
    assert eight_billion.windows == (None,) * 32


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_counted_as_it_is(family: str) -> None:
    shape, model = ModelShape.of(config_of(family)), tiny_model(family)
    assert shape.parameters == sum(weight.numel() for weight in model.parameters())
    linear = [m for m in model.modules() if type(m) is torch.nn.Linear]
    head = model.get_output_embeddings()
    if "mo" not in family and "mixtral" not in family:
        assert shape.linear == sum(m.weight.numel() for m in linear if m is not head)
        assert shape.adapted == sum(sum(m.weight.shape) for m in linear if m is not head)
    assert len(shape.windows) == shape.layers == 2


def test_a_token_meets_only_the_experts_that_are_chosen() -> None:
    shape = ModelShape.of(config_of("qwen3_moe"))
    attention = 2 * (32 * 32 + 32 * 16) * 2
    router, expert = 32 * 4, 3 * 32 * 24
    assert shape.linear == attention + 2 * (router + 2 * expert)


def test_windows_are_read_layer_by_layer() -> None:
    assert ModelShape.of(config_of("gemma3")).windows == (5, None)
    assert ModelShape.of(config_of("mistral")).windows == (5, 5)
    assert ModelShape.of(config_of("qwen2", sliding_window=5)).windows == (None, None)


def test_a_model_that_does_not_write_has_no_shape() -> None:
    with pytest.raises(ModelError, match="t5"):
        ModelShape.of(T5Config())


def test_adapters_have_as_many_weights_as_peft_makes() -> None:
    settings = replace(SETTINGS, method="lora")
    model = with_adapters(tiny_model("qwen3"), settings)
    learnt = sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
    assert learnt_weights(ModelShape.of(config_of("qwen3")), settings) == learnt


def test_flops_are_those_counted_by_hand() -> None:
    lengths = [3, 5]
    attention = 6 * 2 * 2 * 2 * (9 + 25)
    assert training_flops(toy(), SETTINGS, lengths) == 6 * 300 * 8 + 6 * 40 * 8 + attention
    assert (
        training_flops(toy(), SETTINGS, lengths, scored=2) == 6 * 300 * 8 + 6 * 40 * 2 + attention
    )
    lora = replace(SETTINGS, method="lora", rank=3)
    dense = 4 * 300 * 8 + 6 * 3 * 50 * 8 + 4 * 40 * 8
    assert training_flops(toy(), lora, lengths) == dense + attention


def test_attention_is_counted_within_documents_and_windows() -> None:
    whole, parts = (training_flops(toy(), SETTINGS, one) for one in ([100], [10] * 10))
    assert whole - parts == 6 * 2 * 2 * 2 * (100**2 - 10 * 10**2)
    near = toy(windows=(4, None))
    seen = 2 * sum(min(place + 0.5, 4) for place in range(100))  # each token half sees itself
    dense = 6 * (300 + 40) * 100
    assert training_flops(near, SETTINGS, [100]) == pytest.approx(
        dense + 6 * 2 * 2 * (seen + 100**2), rel=1e-4
    )
    assert training_flops(near, SETTINGS, [3]) == training_flops(toy(), SETTINGS, [3])


def test_half_of_an_h200_is_as_many_tokens_as_others_count(half_billion: ModelShape) -> None:
    lengths = [126] * 1000
    a_second = 0.5 * 989e12 / (training_flops(half_billion, HALF, lengths) / sum(lengths))
    assert a_second == pytest.approx(165e3, rel=0.02)


def test_the_peak_is_known_by_name() -> None:
    assert peak_flops("NVIDIA H200") == 989e12
    assert peak_flops("NVIDIA H200 NVL") == 835e12
    assert peak_flops("NVIDIA A100-SXM4-80GB") == 312e12
    assert peak_flops("NVIDIA L40S") == 362e12
    assert peak_flops("Something New 9") is None


@pytest.mark.parametrize("method", ["full", "lora", "dora"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("family", ["qwen2", "qwen3", "llama", "gemma3"])
def test_what_layers_keep_is_what_autograd_keeps(family: str, method: Any, dtype: Any) -> None:
    settings = replace(SETTINGS, method=method)
    kept = kept_of(shaped(family, 3), settings, dtype)
    assert kept is not None
    found = []
    for layers in (1, 3):
        model = with_adapters(
            AutoModelForCausalLM.from_config(
                shaped(family, layers), dtype=dtype, attn_implementation=DOCUMENTS
            ),
            settings,
        ).train()
        found.append(kept_bytes(model, partial(run, model)))
    # One document after the other is put together in one copy more than a kernel needs.
    heads = 32 if family in ("qwen3", "gemma3") else 64
    expected = kept.layer + heads * dtype.itemsize + kept.fixed / 40
    assert (found[1] - found[0]) / 2 / 40 == pytest.approx(expected, rel=0.03)
    assert (kept.fixed > 10_000) == (method == "dora")


def shaped(family: str, layers: int) -> Any:
    kinds = {"layer_types": ["full_attention"] * layers} if family == "gemma3" else {}
    return config_of(
        family, hidden_size=64, intermediate_size=192, num_hidden_layers=layers, **kinds
    )


def run(model: Any) -> Any:
    tokens = torch.arange(40)[None]
    ends = torch.tensor([0, 40], dtype=torch.int32)
    asked = {"position_ids": tokens, "use_cache": False, "cu_seq_lens_q": ends}
    with told_boundaries():
        return causal(model).base_model(input_ids=tokens, max_length_q=40, **asked)


@pytest.mark.parametrize(("family", "attention"), [("gemma2", "eager"), ("helium", "sdpa")])
def test_attention_under_a_mask_keeps_more(family: str, attention: str) -> None:
    shape = ModelShape.of(config_of(family))
    kept = needs_of(shape, SETTINGS, CPU, row=40).kept
    found = []
    for layers in (1, 3):
        kinds = {"layer_types": ["full_attention"] * layers} if family == "gemma2" else {}
        config = config_of(family, num_hidden_layers=layers, **kinds)
        model = AutoModelForCausalLM.from_config(config, attn_implementation=attention).train()
        places = torch.tensor([[*range(20), *range(20)]])
        asked = {"input_ids": places, "position_ids": places, "use_cache": False}
        found.append(kept_bytes(model, partial(causal(model).base_model, **asked)))
    assert (found[1] - found[0]) / 2 / 40 == pytest.approx(kept.layer, rel=0.1)


def test_a_model_that_cannot_be_asked_is_taken_for_a_usual_one(half_billion: ModelShape) -> None:
    asked = needs_of(half_billion, HALF, H200).kept
    usual = needs_of(replace(half_billion, config=None), HALF, H200).kept
    assert usual.layer == pytest.approx(asked.layer, rel=0.1)


def parts(shape: ModelShape, settings: Training, **how: Any) -> dict[str, int]:
    return needs_of(shape, settings, H200, **how).parts(8192, checkpointing=False)


def test_memory_is_told_part_by_part(half_billion: ModelShape, eight_billion: ModelShape) -> None:
    full = parts(half_billion, HALF)
    size = half_billion.parameters
    assert (full["weights"], full["gradients"]) == (2 * size, 2 * size)
    assert (full["optimiser"], full["masters"]) == (4 * size, 0)
    exact = parts(half_billion, replace(HALF, masters=True))
    assert (exact["optimiser"], exact["masters"]) == (8 * size, 4 * size)
    assert parts(half_billion, HALF, processes=2)["gradients"] == 4 * size
    lora = replace(HALF, method="lora", rank=16)
    learnt = 16 * eight_billion.adapted
    adapters = parts(eight_billion, lora)
    assert adapters["weights"] == 2 * (eight_billion.parameters + learnt)
    assert (adapters["optimiser"], adapters["masters"]) == (8 * learnt, 4 * learnt)
    four = parts(eight_billion, replace(lora, method="qlora"))["weights"]
    assert four == pytest.approx(0.52 * 7e9 + 2 * 1.05e9, rel=0.03)
    compiled = parts(half_billion, HALF, compiled=True)["activations"]
    assert compiled == pytest.approx(0.7 * full["activations"], rel=0.01)


@given(st.integers(1, 40), st.booleans())
def test_more_tokens_need_more_and_checkpointing_less(tokens: int, checkpointing: bool) -> None:
    needs = needs_of(toy(layers=8), SETTINGS, CPU)
    less = needs.parts(64 * tokens, checkpointing=checkpointing)
    more = needs.parts(64 * tokens + 64, checkpointing=checkpointing)
    assert sum(less.values()) < sum(more.values())
    saved = needs.parts(64 * tokens, checkpointing=True)["activations"]
    assert saved < needs.parts(64 * tokens, checkpointing=False)["activations"]


def test_what_fits_is_chosen_as_large_as_it_fits(half_billion: ModelShape) -> None:
    lengths = [126] * 4000
    large = plan(half_billion, HALF, lengths, H200)
    assert (large.fits, large.checkpointing) == (True, False)
    assert large.micro_tokens == 32_768
    assert large.rows * large.accumulation * large.row_tokens == HALF.batch_tokens
    small = plan(half_billion, HALF, lengths, replace(H200, memory=24 * GIB, free=23 * GIB))
    assert (small.fits, small.checkpointing) == (True, False)
    assert small.micro_tokens < large.micro_tokens
    assert small.rows * small.accumulation == large.rows * large.accumulation
    assert small.steps == large.steps


def test_checkpointing_comes_before_giving_up(half_billion: ModelShape) -> None:
    tight = plan(half_billion, HALF, [126] * 4000, replace(H200, memory=10 * GIB, free=9 * GIB))
    assert (tight.fits, tight.checkpointing) == (True, True)
    none = plan(half_billion, HALF, [126] * 4000, replace(H200, memory=3 * GIB, free=2 * GIB))
    assert (none.fits, none.rows, none.checkpointing) == (False, 1, True)
    never = replace(HALF, checkpointing="off")
    tight = plan(half_billion, never, [126] * 4000, replace(H200, memory=10 * GIB, free=9 * GIB))
    assert (tight.fits, tight.checkpointing) == (False, False)
    always = plan(half_billion, replace(HALF, checkpointing="on"), [126] * 4000, H200)
    assert always.checkpointing


def test_a_plan_says_how_long(half_billion: ModelShape) -> None:
    lengths = [126] * 8_000
    found = plan(half_billion, replace(HALF, epochs=2.0), lengths, H200)
    once = plan(half_billion, HALF, lengths, H200)
    assert found.steps == 2 * once.steps
    assert (
        found.flops
        == 2 * once.flops
        == pytest.approx(2 * training_flops(half_billion, HALF, lengths), rel=1e-6)
    )
    assert found.seconds == pytest.approx(found.flops / (0.4 * 989e12))
    two = plan(half_billion, replace(HALF, epochs=2.0), lengths, H200, processes=2)
    assert two.seconds == pytest.approx(found.seconds / 2, rel=0.01)
    assert plan(half_billion, HALF, lengths, replace(H200, peak=None)).seconds is None
    few = plan(half_billion, replace(HALF, max_steps=3), lengths, H200)
    assert (few.steps, few.flops) == (3, pytest.approx(once.flops * 3 / once.steps, rel=1e-6))


def test_on_a_cpu_rows_are_as_wide_as_documents_need() -> None:
    found = plan(toy(), SETTINGS, [100, 300, 90, 80], CPU)
    assert found.row_tokens == 304
    assert not found.compiled
    tiny = plan(toy(), SETTINGS, [10, 12, 14], CPU)
    assert (tiny.row_tokens, tiny.rows, tiny.accumulation) == (40, 1, 1)


def test_rows_of_one_record_are_not_packed() -> None:
    alone = replace(SETTINGS, packing=False, batch_tokens=400)
    found = plan(toy(), alone, [100, 10, 90, 80], CPU)
    assert found.row_tokens == 104
    assert found.rows * found.accumulation == 4
    assert found.steps == 1


def test_passes_are_no_larger_than_was_said() -> None:
    said = replace(SETTINGS, micro_tokens=600, batch_tokens=2400)
    found = plan(toy(), said, [300] * 64, CPU)
    assert found.micro_tokens <= 600
    assert found.micro_tokens * found.accumulation == pytest.approx(2400, rel=0.02)


def given_way(found: Plan, needs: Needs, bytes_there: int) -> Plan:
    """Run steps on a device that has so many bytes, whatever the plan believed."""
    while True:
        used = needs.parts(found.micro_tokens, checkpointing=found.checkpointing)
        if sum(used.values()) <= bytes_there:
            return found
        found = halved(found)


def test_memory_that_runs_out_makes_passes_smaller_and_steps_the_same(
    half_billion: ModelShape,
) -> None:
    needs = needs_of(half_billion, HALF, H200)
    before = plan(half_billion, HALF, [126] * 4000, H200)
    after = given_way(before, needs, 30 * GIB)
    assert 1 <= after.rows < before.rows
    assert after.rows * after.accumulation == before.rows * before.accumulation
    assert not after.checkpointing
    assert given_way(before, needs, 15 * GIB).checkpointing
    with pytest.raises(CuratorError, match="lower `max_tokens`"):
        given_way(before, needs, 9 * GIB)


def test_an_odd_number_of_rows_is_cut_as_it_can_be(half_billion: ModelShape) -> None:
    found = replace(plan(half_billion, HALF, [126] * 4000, H200), rows=15, accumulation=2)
    assert (halved(found).rows, halved(found).accumulation) == (5, 6)
    assert (halved(halved(found)).rows, halved(halved(found)).accumulation) == (1, 30)


@pytest.mark.parametrize("longest", [2049, 1500, 700, 333])
def test_a_step_is_cut_into_passes_that_use_the_device(
    half_billion: ModelShape, longest: int
) -> None:
    settings = replace(HALF, batch_tokens=131_072)
    found = plan(half_billion, settings, [longest] + [126] * 9000, H200)
    assert found.micro_tokens >= 16_384
    assert found.micro_tokens * found.accumulation == pytest.approx(131_072, rel=0.09)


def test_rows_that_are_all_in_one_step_are_one_step(half_billion: ModelShape) -> None:
    small = replace(H200, memory=14 * GIB, free=13 * GIB)
    found = plan(half_billion, HALF, [2048] * 17, small)
    assert 1 < found.rows < 17
    assert found.rows * found.accumulation >= 17
    assert found.steps == 1


def test_this_machine_is_looked_at() -> None:
    found = machine()
    assert found.device in ("cpu", "cuda")
    assert 0 < found.free <= found.memory
    assert found.peak is None or found.peak > 1e8
