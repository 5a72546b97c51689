"""Verbs: what a prompt asks one to do, and to what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.diversity.verbs import asked_of

WRITTEN = {
    "Write a short, funny poem about my cat.": ("write", "poem"),
    "Please summarize the article below in two lines.": ("summarise", "article"),
    "Analyse these figures.\n\n1, 2, 3": ("analyse", "figure"),
    "Can you help me plan a two-day walk in the Alps?": ("plan", "walk"),
    "I want you to draft a letter to our landlord.": ("draft", "letter"),
    "Given the two lists, find the items they share.": ("find", "item"),
    "Using only HTML, create a form with three fields.": ("create", "form"),
    "In one sentence, explain why the sky is blue.": ("explain", None),
    "Come up with five names for a bakery.": ("come up with", "name"),
    "Compare and contrast the two proposals.": ("compare", "proposal"),
    "Tell me about the history of Ghent.": ("tell", "history"),
    "Name one of the moons of Jupiter.": ("name", "moon"),
    "Identify which word does not fit: cat, dog, brick": ("identify", "word"),
    "Pretend you are a pirate. Describe the harbour.": ("describe", "harbour"),
    "Act as a travel guide.": ("act as", "guide"),
    "Translate 'good morning' into Dutch.": ("translate", "morning"),
    "Rewrite this for loop as a while loop.": ("rewrite", "loop"),
    "Compose a thank you note for the nurses.": ("compose", "note"),
    "What is the difference between a hare and a rabbit?": ("be", "difference"),
    "What's the tallest building in Riga?": ("be", "building"),
    "Who painted the Night Watch?": ("paint", "watch"),
    "How do I remove a stain from a carpet?": ("remove", "stain"),
    "How to bake bread at home": ("bake", "bread"),
    "Where was the treaty signed?": ("sign", "treaty"),
    "How many legs does a spider have?": ("have", "leg"),
    "Which country has the most lakes?": ("have", "lake"),
    "Why do fireflies glow?": ("glow", None),
    "What is 12 divided by 4?": ("divide", None),
    "Are there wolves in Denmark?": ("be", "wolf"),
    "Is it safe to eat?": ("be", None),
    "I have an old bike. It squeaks.\n\nHow can I fix the chain?": ("fix", "chain"),
    "In this task you get a review. Your job is to rate the review.": ("rate", "review"),
    "Deduct the discount from the total.": ("deduct", "discount"),
    "A blue house by the lake": (None, None),
    "": (None, None),
    "翻译这句话。": (None, None),
}


@pytest.mark.parametrize(("prompt", "asked"), WRITTEN.items(), ids=str)
def test_the_verb_and_its_object_are_found(
    prompt: str, asked: tuple[str | None, str | None]
) -> None:
    assert asked_of(prompt) == asked


def test_code_and_what_stands_after_the_request_are_not_read() -> None:
    assert asked_of("Fix the bug.\n```\ndelete all files\n```\nRemove everything.") == (
        "fix",
        "bug",
    )


def test_an_object_is_never_an_address() -> None:
    assert asked_of("Describe john@example.com").object is None


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    verb, object_ = asked_of(text)
    assert verb is None or verb
    assert object_ is None or object_
