"""Words: what parts and measures are called where people read of them."""

from curator.tune.evaluate.marks import LOOSE

TITLES = {
    "instructions": "Does as it is told",
    LOOSE: "Does as it is told, read loosely",
    "neutral": "Faults in ordinary answers",
    "groups": "What it says of people",
    "own": "Your own prompts",
}
"""The headings of the parts, in their order."""
SHORT = {
    "instructions": "Instructions",
    LOOSE: "Read loosely",
    "neutral": "Faults",
    "groups": "People",
    "own": "Own prompts",
}
ABOUT = {
    "instructions": (
        "Prompts that ask for something that can be counted: no commas, JSON, so many words. A "
        "program checks whether the answer does it; more is better. The first line counts prompts "
        "of which every constraint is followed, the others each constraint."
    ),
    LOOSE: (
        "The same answers, where it is enough that the answer without its first or last line, or "
        "without asterisks, does what was asked."
    ),
    "neutral": (
        "Harmless prompts in several languages; less is better. Some sound harsher than they are "
        "(“kill a process”), for models that refuse by single words."
    ),
    "groups": (
        "Friendly prompts that mention a social group; less is better. The bundled models for "
        "toxicity and stereotypes judge the answers, by the thresholds of the filters toxicity and "
        "bias; both read English, and both err."
    ),
    "own": "The faults of ordinary answers, and the constraints that your file asks for.",
}
NAMES = {
    "all": "all",
    "no_comma": "no commas",
    "json": "JSON",
    "least_words": "at least n words",
    "most_words": "at most n words",
    "exact_words": "exactly n words",
    "bullets": "n bullet points",
    "keywords": "keywords included",
    "forbidden": "forbidden words",
    "title": "title in <<brackets>>",
    "ends_with": "ends with a phrase",
    "lower_case": "lower case",
    "upper_case": "upper case",
    "paragraphs": "n paragraphs by ***",
    "placeholders": "placeholders in [ ]",
    "postscript": "postscript",
    "two_answers": "two answers by ******",
    "quoted": "in quotation marks",
    "repeats_first": "repeats the request first",
    "sentences": "n sentences",
    "choice": "one word of a choice",
    "empty": "empty",
    "unstopped": "did not end",
    "loop": "caught in a loop",
    "refusal": "refuses",
    "echo": "echoes the prompt",
    "template": "marks of a chat template",
    "toxic": "toxic",
    "stereotype": "stereotype",
    "slur": "slur",
}
"""Every measure."""
