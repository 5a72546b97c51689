"""Small language models, built on the spot: random weights, real architectures."""

from pathlib import Path
from typing import Any, Literal

Kind = Literal["gpt2", "llama", "qwen2"]
TEXT = (
    "How do I make a cake? First you buy flour and eggs. What is the capital of France? Paris is "
    "the capital of France. Tell me a story about a river. Once upon a time there was a river. "
)
TEMPLATE = (
    "{% for m in messages %}{% if m.role == 'tool' %}{{ raise_exception('no tools') }}{% endif %}"
    "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def save_causal(folder: Path, kind: Kind, *, chat: bool = False, places: int = 256) -> Path:
    """Write a model and its byte-level tokenizer; a Llama's begins every text with `<s>`."""
    import torch
    from transformers import AutoModelForCausalLM

    tokenizer = tokenizer_of(kind, chat=chat, places=places)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config_of(kind, len(tokenizer), places))
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(0, 0.2)
    model.eval().save_pretrained(folder)
    return folder


def tokenizer_of(kind: Kind, *, chat: bool, places: int) -> Any:
    """Train a byte-level tokenizer on a few sentences."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<s>", "<pad>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator([TEXT], trainer)
    if kind == "llama":
        made.post_processor = processors.TemplateProcessing(
            single="<s> $A", special_tokens=[("<s>", 0)]
        )
    found = PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<s>", pad_token="<pad>", model_max_length=places
    )
    found.chat_template = TEMPLATE if chat else None
    return found


def config_of(kind: Kind, words: int, places: int) -> Any:
    """Describe a model of two layers."""
    from transformers import GPT2Config, LlamaConfig, Qwen2Config

    if kind == "gpt2":
        return GPT2Config(
            vocab_size=words, n_embd=32, n_layer=2, n_head=4, n_positions=places, bos_token_id=0
        )
    made = LlamaConfig if kind == "llama" else Qwen2Config
    return made(
        vocab_size=words,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=places,
        bos_token_id=0,
        eos_token_id=3,
    )
