"""Small words: what stands around verbs and nouns in a request, and how nouns lose their plural."""

import re

from curator.diversity._verb_words import LEMMAS, listed

PRONOUNS = listed(
    """
i you he she it we they me him us them myself yourself itself themselves someone somebody anyone
anybody everyone everybody nobody something anything everything nothing one ones mine yours ours
theirs there here
"""
)
DETERMINERS = listed(
    """
a an the this that these those my your his her its our their some any all each every no another
other both either several many few more most much enough such
"""
)
QUANTITIES = listed(
    """
one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty fifty hundred
dozen some any all each both several many few most none half lot lots couple either neither which
"""
)
"""Words that stand before `of` for a part of what follows it."""
PREPOSITIONS = listed(
    """
of in on at by for with about from to into onto over under between among amongst through throughout
during before after against without within as than per via regarding around across toward towards
near behind below above beyond beside besides up down out off until till since upon versus vs along
inside outside like including concerning
"""
)
BREAKS = listed(
    """
and or but nor so yet plus who whom whose where when why how whether if because while although
though unless divided multiplied minus is are was were be been being am do does did have has had can
could will would shall should may might must not instead then only also
"""
)
"""Words that end a noun phrase, beside prepositions."""
BE = frozenset({"is", "are", "was", "were", "be", "been", "being", "am"})
DO = frozenset({"do", "does", "did"})
HAVE = frozenset({"have", "has", "had"})
MODALS = frozenset({"can", "could", "will", "would", "shall", "should", "may", "might", "must"})
WH = frozenset({"what", "which", "whose", "who", "whom", "where", "when", "why", "how"})
LINKS = listed(
    """
please kindly now then so and but or well ok okay also next first firstly second finally lastly hi
hello hey dear just simply again always only pls plz yes no oh great thanks
"""
)
"""Words before a request that are no part of it."""
_ADJECTIVES = listed(
    """
short long simple unique new old good bad best better great big small large high low easy hard
difficult happy sad healthy funny catchy clear bright warm cold hot fresh fun nice young modern
common rare main major minor early late quick top first last next creative interesting descriptive
persuasive effective expensive longest shortest largest smallest biggest highest lowest greatest
fastest latest oldest newest consistent engaging compelling touching exciting inspiring amusing
entertaining surprising wrong right fast slow strong weak rich poor safe deep wide same different
similar possible correct proper formal informal positive negative true false open free full empty
real public private local global social recent current random single double whole entire original
professional practical logical realistic dramatic romantic specific concise complete accurate
detailed sweet vivid witty following given
"""
)
_ADJECTIVE_ENDS = ("ful", "ous", "able", "ible", "less", "ific", "ical", "istic")
_NO_ADJECTIVES = listed(
    """
table cable vegetable variable syllable fable bible musical chemical medical timetable
"""
)
NOUNS_IN_ING = listed(
    """
accounting advertising banking beginning being blessing boxing branding briefing building camping
castling clothing coding computing cooking counselling counseling crossing cycling dancing dining
drawing dressing ending engineering evening farming feeling filing filling finding fishing funding
gaming gardening greeting grouping hacking handwriting hearing heading hiking hosting housing
jogging king learning lightning listing lighting living mapping marching marketing meaning meeting
mining modeling modelling morning networking offering opening outing packaging painting parenting
parking phishing planning posting pricing printing processing programming publishing rating reading
recording recycling ring saying scheduling schooling screening sentencing serving setting shopping
sibling singing sitting skating skiing sorting spelling spring staffing storing string styling
surfing swimming testing thing timing tracing tracking trading training travelling understanding
underwriting upbringing vaping voting walking warning wedding wellbeing wing wording working
workings writing yearning
"""
)
"""Words in -ing that are nouns, or stand before one as part of its name."""
_NOUNS_IN_LY = frozenset({"family", "assembly", "anomaly", "italy", "bully", "butterfly", "ally"})
_PLURALS = {
    "people": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "mice": "mouse",
    "feet": "foot",
    "teeth": "tooth",
    "geese": "goose",
    "criteria": "criterion",
    "phenomena": "phenomenon",
    "analyses": "analysis",
    "hypotheses": "hypothesis",
    "theses": "thesis",
    "bases": "base",
    "crises": "crisis",
    "diagnoses": "diagnosis",
    "indices": "index",
    "vertices": "vertex",
    "matrices": "matrix",
    "lives": "life",
    "wives": "wife",
    "knives": "knife",
    "leaves": "leaf",
    "wolves": "wolf",
    "halves": "half",
    "shelves": "shelf",
    "loaves": "loaf",
    "movies": "movie",
    "cookies": "cookie",
    "calories": "calorie",
    "zombies": "zombie",
    "ties": "tie",
    "lies": "lie",
    "pies": "pie",
    "shoes": "shoe",
    "buses": "bus",
    "gases": "gas",
    "quizzes": "quiz",
}
_NO_PLURAL = re.compile(
    r"(?:ss|us|is|ics|news|series|species|lens|canvas|texas|gas|atlas|bias|christmas|always|yes)$"
)
_STEMS = (
    ("ies", "y"),
    ("sses", "ss"),
    ("shes", "sh"),
    ("ches", "ch"),
    ("xes", "x"),
    ("zzes", "zz"),
)


def singular(noun: str) -> str:
    """Return a noun without its plural."""
    if noun in _PLURALS:
        return _PLURALS[noun]
    if len(noun) <= 3 or not noun.endswith("s") or _NO_PLURAL.search(noun):  # noqa: PLR2004 (gas)
        return noun
    for ending, stem in _STEMS:
        if noun.endswith(ending):
            return noun.removesuffix(ending) + stem
    if noun.endswith("oes"):
        return noun.removesuffix("es")
    return noun.removesuffix("s")


def is_adjective(word: str) -> bool:
    """Say whether a word stands before nouns by its ending, or is known to."""
    return word in _ADJECTIVES or (word.endswith(_ADJECTIVE_ENDS) and word not in _NO_ADJECTIVES)


def is_adverb(word: str) -> bool:
    """Say whether a word is an adverb by its ending."""
    return word.endswith("ly") and word not in LEMMAS and word not in _NOUNS_IN_LY


def is_number(word: str) -> bool:
    """Say whether a word begins with a digit."""
    return word[0].isdigit()


def is_word(word: str) -> bool:
    """Say whether it is a word or number, and no sign."""
    return word[0].isalnum()
