"""An answer ends with what ends answers, and a template that has no such end is refused."""

import pytest

from curator.errors import ModelError
from curator.training.reasons import ENDLESS as NO_END
from curator.training.reasons import NOTHING, REFUSED, UnfitError
from curator.training.render import Renderer
from tests import chat_templates as templates
from tests.chat_templates import tokenizer_of, unmarked
from tests.rendering import CHAT, LAST_ENDS, TOOLS, call, learnt, of, said, user


def test_what_the_template_refuses_is_told_with_the_record() -> None:
    for template, said_so in ((templates.GEMMA, "System role"), (templates.MISTRAL, "alternate")):
        twice = of({"role": "system", "content": "s"}, *CHAT[:2], said("Again."))
        with pytest.raises(UnfitError, match=f"record r1: .*{said_so}") as caught:
            Renderer(tokenizer_of(template)).render(twice)
        assert caught.value.reason == REFUSED


def test_a_template_that_ends_no_answer_is_refused() -> None:
    with pytest.raises(ModelError, match=r"would never stop.*names it among its special tokens"):
        Renderer(tokenizer_of(templates.ENDLESS))
    with pytest.raises(ModelError, match=r"endgeneration %}` come behind the end-of-turn token"):
        Renderer(tokenizer_of(templates.UNMARKED_END))
    hidden = (
        "{% for m in messages %}{{ m.role }}{% if add_generation_prompt %}?{% endif %}{% endfor %}"
    )
    with pytest.raises(ModelError, match=r"cannot be told from questions.*{% generation %}"):
        Renderer(tokenizer_of(hidden))


def test_an_answer_that_ends_in_its_own_text_only_is_learnt_from_that() -> None:
    found = Renderer(tokenizer_of(LAST_ENDS)).written(of(*CHAT))
    assert [[one.text[a:b] for a, b in one.learnt] for one in found] == [
        ["Yes.\n<|im_end|>"],
        ["Three.\n<|im_end|>"],
    ]


def test_an_answer_without_an_end_is_lost_even_if_it_holds_a_leftover() -> None:
    here = "{% if loop.last %}<|im_end|>{% endif %}{% endgeneration %}<|im_end|>"
    template = templates.CHATML.replace("{{ '<|im_end|>' }}{% endgeneration %}", here)
    assert template != templates.CHATML
    chat = of(user("How many?"), said("Three.<|im_end|>"), *CHAT[2:])
    (whole,) = Renderer(tokenizer_of(template)).written(chat)
    assert whole.lost == (NO_END,)
    assert [whole.text[a:b] for a, b in whole.learnt] == ["Yes.<|im_end|>"]


def test_an_answer_ends_with_what_ends_all_of_them() -> None:
    closing = "{% if not add_generation_prompt %}</s>{% endif %}"
    renderer = Renderer(tokenizer_of(unmarked(templates.CHATML) + closing))
    (whole,) = renderer.written(of(*CHAT))
    assert whole.text.endswith("Yes.<|im_end|>\n</s>")
    assert learnt(renderer, of(*CHAT)) == ["Three.<|im_end|>", "Yes.<|im_end|>"]
    assert renderer.tokenizer.convert_ids_to_tokens(renderer.ends) == ["<|im_end|>"]


def test_calls_may_end_otherwise() -> None:
    calling = unmarked(templates.QWEN25).replace(
        "{{ '<|im_end|>' }}", "{{ '<|eot_id|>' if m.tool_calls else '<|im_end|>' }}"
    )
    renderer = Renderer(tokenizer_of(calling))
    conversation = of(user("Sum?"), call("sum", a=1), {"role": "tool", "content": "1"}, said("1."))
    first, last = learnt(renderer, conversation)
    assert first.endswith("</tool_call><|eot_id|>")
    assert last == "1.<|im_end|>"
    ends = renderer.tokenizer.convert_ids_to_tokens(renderer.ends)
    assert ends == ["<|im_end|>", "<|eot_id|>"]


def test_a_call_without_an_end_is_not_cut_at_a_token_within() -> None:
    inner = unmarked(templates.QWEN25).replace("<tool_call>", "[TOOL_CALLS]")
    endless = inner.replace("{{ '<|im_end|>' }}", "{{ '' if m.tool_calls else '<|im_end|>' }}")
    conversation = of(user("Sum?"), call("sum", a=1), {"role": "tool", "content": "1"}, said("1."))
    (whole,) = Renderer(tokenizer_of(endless)).written(conversation)
    assert whole.lost == (NO_END,)
    assert [whole.text[a:b] for a, b in whole.learnt] == ["1.<|im_end|>"]


def test_arguments_are_text_where_the_template_takes_no_objects() -> None:
    texts_only = templates.CHATML.replace(
        "{{ call.function.arguments | tojson }}", "{{ '' + call.function.arguments }}"
    )
    assert texts_only != templates.CHATML
    renderer = Renderer(tokenizer_of(texts_only))
    found = learnt(renderer, of(user("Sum?"), call("sum", a="ü")))
    assert found == [
        '<tool_call>\n{"name": "sum", "arguments": {"a": "ü"}}\n</tool_call><|im_end|>'
    ]


def test_a_mark_inside_a_call_is_no_end() -> None:
    conversation = of(user("Sum?"), call("sum", a="<|im_end|>"), *CHAT[:2])
    for template in (templates.QWEN3, unmarked(templates.QWEN3)):
        first, _ = learnt(Renderer(tokenizer_of(template)), conversation)
        assert first.endswith("</tool_call><|im_end|>")


def test_an_answer_to_nothing_is_not_learnt() -> None:
    renderer = Renderer(tokenizer_of(templates.MISTRAL))
    with pytest.raises(UnfitError) as caught:
        renderer.render(of(said("Three.")))
    assert caught.value.reason == REFUSED
    with pytest.raises(UnfitError) as caught:
        Renderer(tokenizer_of(templates.CHATML)).render(of(user("How many?")))
    assert caught.value.reason == NOTHING


def test_a_prompt_ends_with_the_last_question() -> None:
    renderer = Renderer(tokenizer_of(templates.CHATML))
    asked = renderer.tokenizer.decode(renderer.prompt(of(*CHAT)))
    assert asked == (
        "<|im_start|>user\nHow many?<|im_end|>\n<|im_start|>assistant\nThree.<|im_end|>\n"
        "<|im_start|>user\nSure?<|im_end|>\n<|im_start|>assistant\n"
    )
    with pytest.raises(UnfitError, match="System role"):
        Renderer(tokenizer_of(templates.GEMMA)).prompt(of({"role": "system", "content": "s"}))


def test_a_tokenizer_without_a_template_is_refused() -> None:
    with pytest.raises(ModelError, match=r"has no chat template.*chat_template.jinja"):
        Renderer(tokenizer_of(None))
    with pytest.raises(ModelError, match=r"refuses the simplest conversation.*no, thanks"):
        Renderer(tokenizer_of("{{ raise_exception('no, thanks') }}"))


def test_a_template_for_tools_of_its_own_is_used_with_tools() -> None:
    marked = "{{ 'TOOLS ' if tools else '' }}" + templates.CHATML
    tokenizer = tokenizer_of({"default": templates.CHATML, "tool_use": marked})  # type: ignore[arg-type]
    renderer = Renderer(tokenizer)
    (without,) = renderer.written(of(*CHAT))
    (with_,) = renderer.written(of(*CHAT, tools=TOOLS))
    assert not without.text.startswith("TOOLS")
    assert with_.text.startswith("TOOLS")
