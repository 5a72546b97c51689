"""Rules: by their names in the lexicon, where a term speaks of people."""

from collections.abc import Callable

from curator.groups import adjectives, nouns
from curator.groups.words import Words

Rule = Callable[[Words, int, int], bool]
"""Says of the words from `first` up to, not with, `stop` whether they name a group there."""

RULES: dict[str, Rule] = {
    "any": nouns.anywhere,
    "babies": nouns.babies,
    "belief": adjectives.people_or_one,
    "bodies": adjectives.bodies,
    "child": nouns.child,
    "class": adjectives.people_or_the,
    "colour": adjectives.colour,
    "colours": nouns.colours,
    "common": nouns.common,
    "demonym": adjectives.demonym,
    "looks": adjectives.looks,
    "man": nouns.man,
    "means": adjectives.means,
    "nominal": adjectives.one,
    "noun": nouns.noun,
    "people": adjectives.people,
    "seniors": nouns.seniors,
    "sex": nouns.sex,
    "small": nouns.small,
    "smoke": nouns.smoke,
    "with": nouns.condition,
    "young": adjectives.young,
    "youth": nouns.youth,
}
