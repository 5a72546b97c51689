"""Chat templates in the shapes of well-known models, and a tokenizer that has their tokens."""

import re
from functools import cache
from typing import Any

SPECIAL = (
    "<|begin|>",
    "<|header|>",
    "<|/header|>",
    "<|eot_id|>",
    "<s>",
    "</s>",
    "[INST]",
    "[/INST]",
    "[TOOLCALLS]",
    "<bos>",
    "<start_of_turn>",
    "<end_of_turn>",
)

CALLS = (
    "{% for call in m.tool_calls or [] %}<tool_call>\n"
    '{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}'
    "\n</tool_call>{% endfor %}"
)

CHATML = (
    "{% if tools %}<|im_start|>system\n{% for tool in tools %}{{ tool | tojson }}\n{% endfor %}"
    "<|im_end|>\n{% endif %}"
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}{% if m.role == 'assistant' %}"
    "{% generation %}{{ m.content }}" + CALLS + "{{ '<|im_end|>' }}{% endgeneration %}"
    "{% else %}{{ m.content + '<|im_end|>' }}{% endif %}{{ '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

# Headers around each role, one token at the end of each turn, content trimmed, a tool's result
# under a role of its own.
LLAMA3 = (
    "{{ bos_token or '<|begin|>' }}{% for m in messages %}"
    "{{ '<|header|>' + ('ipython' if m.role == 'tool' else m.role) + '<|/header|>\n\n' }}"
    "{% if m.role == 'assistant' %}{% generation %}{{ m.content | trim }}" + CALLS + ""
    "{{ '<|eot_id|>' }}{% endgeneration %}{% else %}{{ (m.content | trim) + '<|eot_id|>' }}"
    "{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|header|>assistant<|/header|>\n\n' }}{% endif %}"
)

# A default system turn; results of tools are user turns, neighbours joined into one.
QWEN25 = (
    "{% if messages[0].role != 'system' %}<|im_start|>system\nYou are helpful.<|im_end|>\n"
    "{% endif %}{% for m in messages %}{% if m.role == 'tool' %}"
    "{% if loop.first or messages[loop.index0 - 1].role != 'tool' %}<|im_start|>user{% endif %}"
    "{{ '\n<tool_response>\n' + m.content + '\n</tool_response>' }}"
    "{% if loop.last or messages[loop.index0 + 1].role != 'tool' %}<|im_end|>\n{% endif %}"
    "{% else %}{{ '<|im_start|>' + m.role + '\n' }}{% if m.role == 'assistant' %}"
    "{% generation %}{{ m.content }}" + CALLS + "{{ '<|im_end|>' }}{% endgeneration %}"
    "{% else %}{{ m.content + '<|im_end|>' }}{% endif %}{{ '\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

# Thinking is written after the last question only, where it is written even if it is empty.
QWEN3 = (
    "{% set ns = namespace(last=-1) %}{% for m in messages %}{% if m.role == 'user' %}"
    "{% set ns.last = loop.index0 %}{% endif %}{% endfor %}"
    "{% for m in messages %}{% if m.role == 'assistant' %}"
    "{% set thought = m.reasoning_content or '' %}{{ '<|im_start|>assistant\n' }}{% generation %}"
    "{% if loop.index0 > ns.last and (loop.last or thought) %}"
    "{{ '<think>\n' + thought.strip('\n') + '\n</think>\n\n' }}{% endif %}"
    "{{ m.content.lstrip('\n') }}" + CALLS + "{{ '<|im_end|>' }}{% endgeneration %}{{ '\n' }}"
    "{% else %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}"
    "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}"
    "{% endif %}"
)

# As above, and the question ends with an opened tag.
QWEN3_THINKING = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}"
    "{% if m.role == 'assistant' and loop.last %}"
    "{{ '<think>\n' + (m.reasoning_content or '') + '\n</think>\n\n' }}{% endif %}"
    "{{ m.content + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n<think>\n' }}{% endif %}"
)

# Thinking stands in the content, and whatever precedes its end is cut off, everywhere.
FORGETFUL = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}"
    "{{ m.content.split('</think>')[-1].strip() + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n<think>\n' }}{% endif %}"
)

# User and assistant must alternate; the system turn is put into the last question; only answers
# have an end.
MISTRAL = (
    "{% if messages[0].role == 'system' %}{% set system = messages[0].content %}"
    "{% set turns = messages[1:] %}{% else %}{% set turns = messages %}{% endif %}"
    "{{ bos_token or '<s>' }}{% for m in turns %}"
    "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('after the optional system message, roles must alternate') }}{% endif %}"
    "{% if m.role == 'user' %}[INST] {% if system is defined and loop.index0 >= turns | length - 2"
    " %}{{ system + '\n\n' }}{% endif %}{{ m.content }}[/INST]{% else %}"
    "{{ ' ' + m.content + '</s>' }}{% endif %}{% endfor %}"
)

# The answering role has another name, and there is no system turn.
GEMMA = (
    "{{ bos_token or '<bos>' }}{% if messages[0].role == 'system' %}"
    "{{ raise_exception('System role not supported') }}{% endif %}{% for m in messages %}"
    "{{ '<start_of_turn>' + ('model' if m.role == 'assistant' else m.role) + '\n' }}"
    "{% if m.role == 'assistant' %}{% generation %}{{ (m.content | trim) + '<end_of_turn>' }}"
    "{% endgeneration %}{% else %}{{ (m.content | trim) + '<end_of_turn>' }}{% endif %}{{ '\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"
)

# Nothing ends an answer.
ENDLESS = (
    "{% for m in messages %}{{ m.role + ': ' + m.content + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}"
)

# The end is written, and not marked.
UNMARKED_END = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}{% if m.role == 'assistant' %}"
    "{% generation %}{{ m.content }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}"
    "{{ '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

WITH_MARKS = {
    "chatml": CHATML,
    "llama3": LLAMA3,
    "qwen25": QWEN25,
    "qwen3": QWEN3,
    "gemma": GEMMA,
}


def unmarked(template: str) -> str:
    """Return the template without its `{% generation %}` tags."""
    return re.sub(r"{% (end)?generation %}", "", template)


def tokenizer_of(template: str | None, **tokens: str) -> Any:
    """Make a byte-level tokenizer with every token that the templates above write."""
    from copy import deepcopy

    found = deepcopy(_tokenizer())
    found.chat_template = template
    for name, token in tokens.items():
        setattr(found, name, token)
    return found


@cache
def _tokenizer() -> Any:
    from tokenizers import AddedToken

    from curator.training.tiny import tiny_tokenizer

    texts = ["How many trees stand in the wood?\n\nThere are three trees in it. " * 3]
    found = tiny_tokenizer(texts, 400)
    found.add_tokens([AddedToken(t, special=True) for t in SPECIAL], special_tokens=True)
    return found
