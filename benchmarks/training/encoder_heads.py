"""The upper layers of the encoder, tuned for one task on what the lower ones say, kept as they are.

The lower layers (the trunk) are quantised first, and the heads learn from what the quantised trunk
says: so they learn to live with its rounding.
"""

import copy
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from encoder_fit import WARM_UP, Encoder, Floats, Pace, draw_batches
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from curator.models.encoder import Trunk
from curator.models.encoder_text import plain

States = list[NDArray[np.float16]]
LOWER = 4
"""How many of the six layers the heads share."""


class Lower(nn.Module):  # type: ignore[misc]
    """The embeddings and the lower layers, for one text at a time."""

    def __init__(self, model: Encoder) -> None:
        super().__init__()
        self.embeddings = model.body.embeddings
        self.layers = model.body.encoder.layer[:LOWER]

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return the states of one row of tokens."""
        states = self.embeddings(input_ids=tokens)
        for layer in self.layers:
            states = _states(layer(states))
        return states


class Head(nn.Module):  # type: ignore[misc]
    """The upper layers, the mean of their last states, and a linear layer for the outputs."""

    def __init__(self, model: Encoder, outputs: int) -> None:
        super().__init__()
        self.layers = copy.deepcopy(model.body.encoder.layer[LOWER:])
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(model.out.in_features, outputs)
        if model.out.out_features == outputs:
            self.out.load_state_dict(model.out.state_dict())

    def forward(self, states: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """Return the outputs of padded rows of states, or of one row without padding."""
        hidden = None if mask is None else (1 - mask[:, None, None, :]) * -1e9
        for layer in self.layers:
            states = _states(layer(states, hidden))
        if mask is None:
            return self.out(states.mean(1))
        mean: torch.Tensor = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return self.out(self.drop(mean))


def read_states(trunk: Trunk, texts: list[str], longest: int) -> States:
    """Return what the trunk says of each text, cut to `longest` tokens."""
    return [trunk.read(plain(text), longest)[0].astype(np.float16) for text in texts]


def fit_head(head: Head, states: States, targets: Floats, weight: Floats, pace: Pace) -> None:
    """Fit to soft labels, one column an output; NaN where nobody asked."""
    torch.manual_seed(pace.seed)
    rng = np.random.default_rng(pace.seed)
    asked = torch.tensor(~np.isnan(targets) * (weight / weight.mean())[:, None]).float()
    wanted = torch.tensor(np.nan_to_num(targets)).float()
    optimizer = torch.optim.AdamW(head.parameters(), lr=pace.rate, weight_decay=0.01)
    lengths = np.array([len(one) for one in states])
    queue = [batch for _ in range(pace.epochs) for batch in draw_batches(lengths, rng)]
    head.train()
    started, seen = time.monotonic(), 0.0
    for step, batch in enumerate(queue):
        for group in optimizer.param_groups:
            group["lr"] = pace.rate * min(1, (step + 1) / WARM_UP) * (1 - step / len(queue))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = head(*pad([states[i] for i in batch]))
        losses = functional.binary_cross_entropy_with_logits(
            logits.float(), wanted[batch], reduction="none"
        )
        loss = (losses * asked[batch]).mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(head.parameters(), 1.0)
        optimizer.step()
        seen += (float(loss.detach()) - seen) / min(step + 1, 50)
    print(f"{len(queue)} steps, loss {seen:.4f}, {time.monotonic() - started:.0f} s", flush=True)
    head.eval()


def score(head: Head, states: States) -> Floats:
    """Return the outputs for texts."""
    order = np.argsort([len(one) for one in states], kind="stable")
    found = np.zeros((len(states), head.out.out_features), np.float32)
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for start in range(0, len(order), 64):
            places = order[start : start + 64]
            found[places] = head(*pad([states[i] for i in places])).float().numpy()
    return found


def pad(states: States) -> tuple[torch.Tensor, torch.Tensor]:
    """Return rows of states filled up to one length, and where they are states."""
    longest = max(len(one) for one in states)
    rows = np.zeros((len(states), longest, states[0].shape[1]), np.float32)
    mask = np.zeros((len(states), longest), np.float32)
    for place, one in enumerate(states):
        rows[place, : len(one)] = one
        mask[place, : len(one)] = 1
    return torch.tensor(rows), torch.tensor(mask)


def _states(found: Any) -> torch.Tensor:
    states: torch.Tensor = found[0] if isinstance(found, tuple) else found
    return states


def export(module: nn.Module, row: torch.Tensor, names: tuple[str, str], path: Path) -> None:
    """Write a module that reads one text as an ONNX file of eight-bit weights."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    whole = path.with_suffix(".whole.onnx")
    tokens = torch.export.Dim("tokens", min=2, max=512)
    torch.onnx.export(
        module.eval(),
        (row,),
        whole,
        dynamo=True,
        dynamic_shapes=({1: tokens},),
        input_names=[names[0]],
        output_names=[names[1]],
        external_data=False,
    )
    quantize_dynamic(
        whole,
        path,
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gather"],
    )
    whole.unlink()
    _forget_making(path)


def _forget_making(path: Path) -> None:
    """Take out of an ONNX file what the exporter notes of the machine and of its call stacks."""
    import onnx

    model = onnx.load(path)
    noted = [model, model.graph, *model.graph.node, *model.functions]
    noted += [*model.graph.value_info, *model.graph.input, *model.graph.output]
    noted += [node for function in model.functions for node in function.node]
    for place in noted:
        place.doc_string = ""
        del place.metadata_props[:]
    onnx.save(model, path)
