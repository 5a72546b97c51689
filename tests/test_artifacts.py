"""Artifacts drops what only a machine leaves behind, flags the doubtful, and spares what is asked.

The marks are told from code, quotations and prompts that want them.
"""

import pytest

from curator.filters.artifacts import Artifacts
from curator.records import Record
from tests.conftest import chat, fired, frame

TELL = "Tell me about the tallest mountain in Africa."
FAULTS = [
    ("citation_mark", "It is 5,895 m high【12†source】."),
    ("citation_mark", "It is 5,895 m high [oaicite:0]."),
    ("citation_mark", "It is high. :contentReference[oaicite:1]{index=1}"),
    ("role_mark", "It is Kilimanjaro.\n\n### Instruction:\nName a river."),
    ("role_mark", "It is Kilimanjaro.\n### Response:\nThe Nile."),
    ("role_mark", "It is Kilimanjaro.<|im_start|>user\nAnd a river?"),
    ("role_mark", "It is Kilimanjaro. [/INST] The Nile."),
    ("merged_instruction", "It is Kilimanjaro.\n11. Instruction: Name a river.\n11. Output:\nNile"),
    ("ui_text", "It is Kilimanjaro.\nRegenerate response"),
    ("ui_text", "ChatGPT said:\nIt is Kilimanjaro."),
    ("ui_text", "It is this:\nCopy code\nls\n"),
    ("ui_hint", "2 / 2\n\nIt is Kilimanjaro."),
    ("ui_hint", "It is Kilimanjaro.\n12 upvotes"),
    ("image", "![Kilimanjaro](https://i.example.com/k.png)"),
    ("image", '<img src="k.png" alt="Kilimanjaro">'),
    ("figure", "As shown in the picture above, it is high."),
    ("figure", "如下图所示,它很高。"),
    ("slot", "It is {{name}}, in {{country}}."),
    ("slot", "It is {name}."),
    ("slot", "{% if high %}It is Kilimanjaro.{% endif %}"),
    ("slot", "It is <insert name of the mountain>."),
    ("name_slot", "It is Kilimanjaro.\n\nYours,\n[Your Name]"),
    ("io_label", "Output: Kilimanjaro"),
    ("continued", "Kilimanjaro.\n\nQuestion: Which river is longest?\nAnswer: The Nile."),
    ("continued", "Kilimanjaro.\n\nHuman: And the longest river?"),
    ("continued", "Kilimanjaro.\nUser: And a river?\nAssistant: The Nile."),
    ("continued", "Kilimanjaro.\nHuman: And the longest river?"),
    ("dead_link", "Read more [here](url)."),
    ("dead_link", "Read more at https://... or ask."),
    ("dead_link", "Read more at http://localhost:8000/kilimanjaro."),
    ("dead_link", "Read more at https://en.wikipedia.org/wiki/Kil..."),
    ("citation_number", "It is 5,895 m high.[1][2] It is a volcano.[3]"),
    ("html", "It is &quot;Kilimanjaro&quot;.<br>It is high."),
]
SOUND = [
    (TELL, "It is Kilimanjaro, 5,895 m high."),
    (TELL, "It is Kilimanjaro: see https://en.wikipedia.org/wiki/Kilimanjaro."),
    (TELL, "It is Kilimanjaro, or `{{name}}` in the template:\n```html\n<br>&amp;\n```"),
    (TELL, "It is high.[1]\n\nReferences\n[1] A. Author, Mountains, 1990."),
    (TELL, "It is Kilimanjaro.<|im_end|>"),
    (TELL, "a < b and b > c, {1, 2}, [3, 4]"),
    ("Write the HTML of a line break.", "<br>"),
    ("Write a Jinja template that greets.", "Hello {{ name }}!"),
    ("Write a letter of resignation.", "Dear [Manager's Name],\n\nI resign.\n\n[Your Name]"),
    ("Write an image in Markdown.", "![A cat](cat.png)"),
    ("Write a dialogue with a user.", "Bot: Hi.\nHuman: Hello.\nBot: Bye."),
    (
        "Write two quiz questions.",
        "Here.\nQuestion: 1 + 1?\nAnswer: 2\nQuestion: 2 + 2?\nAnswer: 4",
    ),
    ("What does <|im_start|> mean?", "<|im_start|> begins a turn."),
    ("Simplify 2 / 4.", "2 / 4\n= 1 / 2"),
    ("How does ChatGPT begin an answer?", "ChatGPT said:\nHello."),
    ("How do I prompt Llama 2?", "Wrap it: [INST] Hello [/INST] and wait."),
    ("How does Alpaca lay out data?", "So:\n### Instruction:\nask\n### Response:\nsay"),
    ("Greet in Ansible.", "Use {{ user_name }} in the playbook."),
    (TELL, "Several things:\nHuman: we speak.\nMachine: it computes."),
    ("Draw a square.", "The square is shown in the figure below:\n+---+\n|   |\n+---+"),
]


@pytest.mark.parametrize(("reason", "answer"), FAULTS)
def test_names_the_mark(reason: str, answer: str) -> None:
    assert fired(Artifacts(), frame(chat(TELL, answer))) == [f"artifacts.{reason}"]


@pytest.mark.parametrize(("prompt", "answer"), SOUND)
def test_what_is_asked_for_or_is_code_passes(prompt: str, answer: str) -> None:
    assert fired(Artifacts(), frame(chat(prompt, answer))) == [None]


def test_a_server_of_ones_own_may_be_local_where_the_prompt_speaks_of_programs() -> None:
    asked = "How do I start the web server?"
    answer = "Run it and open http://localhost:3000 in the browser."
    assert fired(Artifacts(), frame(chat(asked, answer), chat(TELL, answer))) == [
        None,
        "artifacts.dead_link",
    ]


@pytest.mark.parametrize(
    ("reason", "prompt"),
    [
        ("prompt_mark", "### Instruction:\nName a river.\n\n### Response:"),
        ("prompt_mark", "Name it.\n{input}"),
        ("prompt_figure", "What is the animal in the picture above?"),
    ],
)
def test_prompts_are_judged_too(reason: str, prompt: str) -> None:
    assert fired(Artifacts(), frame(chat(prompt, "A lion."))) == [f"artifacts.{reason}"]


def test_a_prompt_with_its_picture_passes() -> None:
    prompt = "<image>\nWhat is the animal in the picture above?"
    assert fired(Artifacts(), frame(chat(prompt, "A lion."))) == [None]


def test_only_certain_marks_drop() -> None:
    settings = Artifacts()
    dropping = [rule for rule in settings.rules() if settings.action(rule) == "drop"]
    assert dropping == ["citation_mark", "role_mark", "merged_instruction", "ui_text"]


def test_answers_labelled_as_bad_are_not_judged() -> None:
    bad = Record(chat(TELL, "High [oaicite:0].").messages, label=False)
    assert fired(Artifacts(), frame(bad)) == [None]


def test_the_turn_with_the_mark_is_named() -> None:
    scores = Artifacts().score(frame(chat(TELL, "High.", "And?", "High [oaicite:0].")))
    assert scores["citation_marks_turn"].to_list() == [3]


def test_points_at_the_mark_and_not_into_code() -> None:
    text = "`[oaicite:0]` High [oaicite:1]."
    found = [(text[span.start : span.end], span.reason) for span in Artifacts().spans(text)]
    assert found == [("[oaicite:1]", "citation_mark")]
