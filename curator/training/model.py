"""Model: a language model and its tokenizer, read from a folder, with adapters where wanted."""

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from curator.errors import ModelError
from curator.training.apart import keeps_documents_apart
from curator.training.attention import DOCUMENTS, attention_for
from curator.training.settings import Training

_ADAPTER = "adapter_config.json"


def load_tokenizer(folder: Path) -> Any:
    """Read the tokenizer of a model."""
    _must_be_there(folder)
    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder} holds no tokenizer that can be read: {error}") from error


def load_model(folder: Path, settings: Training) -> Any:
    """Read a model for training, with adapters where the method says so."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    four_bits = in_four_bits() if settings.method == "qlora" else None
    model = _read(folder, settings.precision, device, four_bits)
    if settings.compile == "on" and model.config._attn_implementation == DOCUMENTS:
        # It counts documents while it runs, which no compiled layer can.
        model.set_attn_implementation("sdpa")
    if settings.packing and not keeps_documents_apart(model):
        raise ModelError(
            f"the model in {folder} ({model.config.model_type}) lets records that share a row see "
            "each other: say `packing: false`"
        )
    return with_adapters(model, settings)


def read_model(folder: Path, *, precision: str = "auto") -> Any:
    """Read a model for reading: a whole one, or adapters with the model they were learnt on."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if not (folder / _ADAPTER).is_file():
        return _read(folder, precision, device).to(device).eval()
    from peft import PeftModel

    base = Path(json.loads((folder / _ADAPTER).read_text())["base_model_name_or_path"] or "")
    if not base.is_dir():
        raise ModelError(
            f"the adapters in {folder} were learnt on {base}, which is not there: "
            "put it back, or give a merged model"
        )
    whole = _read(base, precision, device)
    with _old_names_allowed():
        model = PeftModel.from_pretrained(whole, folder, autocast_adapter_dtype=False)
    return model.to(device).eval()


def with_adapters(model: Any, settings: Training) -> Any:
    """Return the model with low-rank adapters on every linear layer, or as it is for `full`."""
    if settings.method == "full":
        return model
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules="all-linear",
        use_rslora=settings.method == "rslora",
        use_dora=settings.method == "dora",
        task_type="CAUSAL_LM",
    )
    with _old_names_allowed():
        return get_peft_model(model, config, autocast_adapter_dtype=False)


@contextmanager
def _old_names_allowed() -> Iterator[None]:
    """Let peft ask transformers by a name that transformers has since replaced."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        yield


def dtype_of(precision: str, device: str) -> Any:
    """Return what weights are held in."""
    if precision == "auto":
        return torch.bfloat16 if device == "cuda" else torch.float32
    return {"bfloat16": torch.bfloat16, "float32": torch.float32}[precision]


def in_four_bits() -> Any:
    """Say that weights are read as four bits, in the NF4 of QLoRA (Dettmers et al. 2023)."""
    from transformers import BitsAndBytesConfig
    from transformers.utils import is_bitsandbytes_available

    if not is_bitsandbytes_available() or not torch.cuda.is_available():
        raise ModelError(
            "`method: qlora` needs a CUDA GPU and the package bitsandbytes: run "
            "`pip install bitsandbytes`, or choose `method: lora`"
        )
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def _read(folder: Path, precision: str, device: str, quantized: Any | None = None) -> Any:
    config = read_config(folder)
    if not list(folder.glob("*.safetensors")):
        raise ModelError(f"{folder} holds no weights as safetensors: other kinds are not opened")
    try:
        return AutoModelForCausalLM.from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            dtype=dtype_of(precision, device),
            attn_implementation=attention_for(device, precision, config),
            quantization_config=quantized,
        )
    except (OSError, ValueError) as error:
        raise ModelError(f"the model in {folder} cannot be read: {error}") from error


def read_config(folder: Path) -> Any:
    """Read what kind of model lies in a folder, and refuse what cannot be tuned."""
    _must_be_there(folder)
    if not (folder / "config.json").is_file():
        raise ModelError(f"{folder} holds no config.json: name the folder of a transformers model")
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        raise ModelError(f"the model in {folder} is of no known type: {error}") from error
    if type(config) not in AutoModelForCausalLM._model_mapping:
        raise ModelError(
            f"the model in {folder} ({config.model_type}) is no causal language model: "
            "name one that writes text from left to right"
        )
    return config


def _must_be_there(folder: Path) -> None:
    if not folder.is_dir():
        raise ModelError(f"{folder} is no folder: name one that holds a model")
