"""Taxonomy: what a record can ask for, in coarse and fine classes, and what it is about.

The one declaration of these names. A model's outputs come in this order: a new class goes where it
belongs and asks for new weights.
"""

from typing import NamedTuple


class Coarse(NamedTuple):
    """A coarse class: what it is in a sentence, and its fine classes with a sentence each."""

    meaning: str
    fine: dict[str, str]


TAXONOMY: dict[str, Coarse] = {
    "question_answering": Coarse(
        "A question is to be answered.",
        {
            "open_question": "A fact or a view is asked for, and nothing is given.",
            "closed_question": "The answer lies in a text that is given.",
            "multiple_choice": "One of the offered answers is to be chosen.",
            "explanation": "How, why or what something is, or how two things differ.",
        },
    ),
    "generation": Coarse(
        "A text is to be written that did not exist before.",
        {
            "story": "A story, a scene, a plot or a joke.",
            "poem": "Verse: a poem, a song, a rhyme.",
            "article": "An essay, a report, a review, a post or a description.",
            "message": "A letter, an e-mail, a speech or another message to somebody.",
            "marketing": "A slogan, an advertisement or the text for a product.",
            "dialogue": "A conversation between others, written as text.",
            "sentence": "A sentence or a paragraph, often from given words or data.",
            "question": "Questions or a quiz about something.",
        },
    ),
    "brainstorming": Coarse(
        "Several things are to be thought of.",
        {
            "ideas": "Ideas, names, titles or suggestions.",
            "listing": "Things of one kind, from general knowledge.",
        },
    ),
    "rewriting": Coarse(
        "A given text is to be changed and keeps what it says.",
        {
            "paraphrase": "The same in other words.",
            "correction": "Errors of grammar, spelling or order are to be put right.",
            "style": "Another tone, person, tense or length.",
            "completion": "A given text is to be continued, filled in or expanded.",
            "conversion": "Another form: a table, an order, a notation, letters of another case.",
        },
    ),
    "summarisation": Coarse(
        "What a text says is to be said more shortly.",
        {
            "summary": "A summary of a text.",
            "key_points": "The main points of a text, one by one.",
            "title": "A title, a headline or a subject line for a given text.",
        },
    ),
    "extraction": Coarse(
        "Something that stands in a given text is to be picked out.",
        {
            "entities": "Names, dates or places.",
            "keywords": "The words or topics that matter.",
            "facts": "Particular pieces of information, often as fields.",
            "relation": "How two things in a text are related.",
        },
    ),
    "classification": Coarse(
        "What is given is to be put into a class.",
        {
            "sentiment": "Whether it is positive or negative, or how many stars it would get.",
            "topic": "Its topic, category, intent, genre or kind.",
            "verification": "Whether it is true, correct, valid or the same as another.",
            "grouping": "Several given things are to be sorted into kinds.",
            "odd_one": "Which of several does not fit, or fits best.",
            "labelling": "Any other label, such as the part of speech.",
        },
    ),
    "translation": Coarse(
        "A text is to be put into another language.",
        {
            "translation": "Into another language.",
            "dialect": "Into another script, a dialect or an older form of the language.",
        },
    ),
    "reasoning": Coarse(
        "Something is to be worked out.",
        {
            "arithmetic": "A computation or a conversion of units.",
            "word_problem": "A small story with numbers.",
            "mathematics": "Algebra, geometry, calculus, probability or a proof.",
            "logic": "A puzzle, a sequence, an analogy or an inference.",
        },
    ),
    "code": Coarse(
        "Something is to be done with a program.",
        {
            "writing": "A program or a part of one is to be written.",
            "debugging": "A program is to be put right.",
            "code_explanation": "What a given program does.",
            "code_conversion": "Another language, or the same program in a better form.",
            "query": "A query, a regular expression, a shell command or a formula.",
        },
    ),
    "conversation": Coarse(
        "Somebody wants to talk.",
        {
            "role_play": "The assistant is to be somebody else.",
            "chitchat": "Greetings, feelings, small talk, questions about the assistant.",
        },
    ),
    "planning": Coarse(
        "Somebody wants to know what to do.",
        {
            "advice": "What to do about a matter of one's own.",
            "how_to": "The steps by which something is done, recipes too.",
            "plan": "A schedule, a strategy, a design or an outline.",
            "recommendation": "Something is to be recommended.",
        },
    ),
    "tool_use": Coarse(
        "Tools are offered and are to be used.",
        {
            "function_call": "A call to an offered function is wanted.",
            "agent": "Several steps with tools and what they return.",
        },
    ),
    "safety": Coarse(
        "An answer could do harm, or harm has been done.",
        {
            "harmful_request": "Help with harm, crime, hatred or the privacy of others.",
            "jailbreak": "The assistant is told to leave its rules aside.",
            "crisis": "Self-harm, abuse or an emergency.",
        },
    ),
}

DOMAINS = (
    "education",
    "customer_support",
    "content_creation",
    "data_analysis",
    "science",
    "technology",
    "law",
    "medicine",
    "finance",
    "business",
    "history_and_society",
    "geography_and_travel",
    "arts_and_entertainment",
    "sports",
    "food",
    "mathematics",
    "everyday",
    "none",
)
"""What a prompt can be about."""

FORMS = (
    "label",
    "number",
    "sentence",
    "paragraphs",
    "list",
    "table",
    "code",
    "structured",
    "dialogue",
    "verse",
)
"""What form an answer is expected to have."""

COARSE = tuple(TAXONOMY)
FINE = tuple(f"{coarse}.{fine}" for coarse, one in TAXONOMY.items() for fine in one.fine)
"""The fine classes, each with its coarse class before the dot."""
COARSE_OF = tuple(COARSE.index(name.split(".")[0]) for name in FINE)
"""The place of the coarse class of each fine class."""
MOST_DIFFICULT = 5
"""Difficulty runs from 1 to this."""
