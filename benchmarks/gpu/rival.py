"""Rival: TRL's SFTTrainer, as its documentation shows it and as its documentation tunes it."""

import tempfile
from collections.abc import Callable, Sequence
from typing import Any

import torch
from clock import Clock
from workload import DEVICE, model_of

from curator.training.conversation import Example
from curator.training.settings import Training
from curator.training.tiny import tiny_tokenizer

ROW = 4096
ARMS: dict[str, dict[str, Any]] = {
    "trl": {},
    "trl_tuned": {"gradient_checkpointing": False, "optim": "adamw_torch_fused"},
    "trl_tuned_compiled": {
        "gradient_checkpointing": False,
        "optim": "adamw_torch_fused",
        "torch_compile": True,
    },
}
"""What is said beside packing; `trl` holds float32 weights under autocast and recomputes."""


class Counting:
    """A collator that counts the documents that pass through it."""

    def __init__(self, collator: Callable[..., Any]) -> None:
        self._collator = collator
        self.lengths: list[list[int]] = []

    def __call__(self, rows: list[dict[str, Any]]) -> Any:
        """Collate, and note the lengths of the documents in these rows."""
        found: list[int] = []
        for row in rows:
            found += row.get("seq_lengths") or [len(row["input_ids"])]
        self.lengths.append(found)
        return self._collator(rows)


def trained_by_trl(
    arm: str, shape: str, settings: Training, examples: Sequence[Example], clock: Clock
) -> tuple[list[list[int]], list[float]]:
    """Train with TRL; return the lengths of the documents of each step, and the losses."""
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    toy = shape == "toy"
    width = 512 if toy else ROW
    rows = 1 if shape == "8b" or toy else 4
    passes = max(1, settings.batch_tokens // (width * rows))
    said = dict(ARMS[arm])
    if DEVICE == "cpu":
        said = {**said, "use_cpu": True, "bf16": False, "optim": "adamw_torch"}
    precise = arm == "trl" or DEVICE == "cpu"
    model = model_of(
        shape,
        settings,
        dtype=torch.float32 if precise else torch.bfloat16,
        attn_implementation="sdpa",
    )
    with tempfile.TemporaryDirectory() as folder:
        arguments = SFTConfig(
            output_dir=folder,
            packing=True,
            max_length=width,
            per_device_train_batch_size=rows,
            gradient_accumulation_steps=passes,
            max_steps=10_000,
            learning_rate=settings.learning_rate,
            lr_scheduler_type="constant",
            logging_steps=10 if arm != "trl" and not toy else 1,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
            **said,
        )
        trainer = SFTTrainer(
            model=model,
            args=arguments,
            train_dataset=Dataset.from_dict(
                {
                    "input_ids": [example.tokens.tolist() for example in examples],
                    "completion_mask": [
                        example.supervised.astype(int).tolist() for example in examples
                    ],
                }
            ),
            processing_class=tiny_tokenizer(["a few words"], 300),
            callbacks=[clock],
        )
        trainer.data_collator = counted = Counting(trainer.data_collator)
        trainer.train()
    losses = [line["loss"] for line in trainer.state.log_history if "loss" in line]
    steps = [
        [length for one in counted.lengths[at : at + passes] for length in one]
        for at in range(0, len(clock.ends) * passes, passes)
    ]
    return steps, losses
