"""The upper layers of the encoder, tuned for one task on what the lower ones say, kept as they are.

The lower layers (the trunk) are quantised first, and the heads learn from what the quantised trunk
says: so they learn to live with its rounding.
"""

import copy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from encoder_fit import Encoder
from numpy.typing import NDArray
from torch import nn

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
