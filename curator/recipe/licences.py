"""Licences: which of them may not go together in one data set, by a table.

The table is of names, and reads no licence. It follows Creative Commons (the licence compatibility
chart and the FAQ on combining material, creativecommons.org/faq; the list of compatible licences,
creativecommons.org/compatiblelicenses) and the Free Software Foundation (the list of licences and
the GPL compatibility matrix, gnu.org/licenses/license-list). It is no legal advice.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import NamedTuple

NO_ADVICE = "These are names looked up in a table, which is no legal advice."

_FREE = frozenset(
    {
        "cc0-1.0",
        "pddl",
        "unlicense",
        "public-domain",
        "0bsd",
        "wtfpl",
        "mit",
        "apache-2.0",
        "isc",
        "zlib",
        "bsl-1.0",
        "afl-3.0",
        "artistic-2.0",
        "bsd",
        "bsd-2-clause",
        "bsd-3-clause",
        "cdla-permissive-1.0",
        "cdla-permissive-2.0",
        "odc-by",
        "etalab-2.0",
        "ms-pl",
        "ncsa",
        "postgresql",
    }
)
_ALIKE = {
    "odbl": "odbl",
    "odbl-1.0": "odbl",
    "cdla-sharing-1.0": "cdla-sharing",
    "gfdl": "gfdl",
    "gpl": "gpl",
    "gpl-2.0": "gpl-2",
    "gpl-2.0-only": "gpl-2",
    "gpl-2.0-or-later": "gpl",
    "gpl-3.0": "gpl-3",
    "gpl-3.0-only": "gpl-3",
    "gpl-3.0-or-later": "gpl-3",
    "agpl-3.0": "agpl-3",
    "agpl-3.0-only": "agpl-3",
    "agpl-3.0-or-later": "agpl-3",
    "lgpl": "lgpl",
    "lgpl-2.1": "lgpl",
    "lgpl-2.1-or-later": "lgpl",
    "lgpl-3.0": "lgpl",
    "mpl-2.0": "mpl",
    "eupl-1.1": "eupl",
    "eupl-1.2": "eupl",
}
"""Licences that pass on to what is made of them, by the family whose members agree."""
_TOGETHER = frozenset(
    frozenset(pair)
    for pair in (
        ("cc-by-sa-4.0", "gpl-3"),  # one-way compatible since 2015; not with version 2 alone
        ("cc-by-sa-4.0", "gpl"),
        ("gpl", "gpl-2"),
        ("gpl", "gpl-3"),
        ("gpl", "agpl-3"),
        ("gpl-3", "agpl-3"),  # section 13 of both
        ("lgpl", "gpl"),
        ("lgpl", "gpl-2"),
        ("lgpl", "gpl-3"),
        ("lgpl", "agpl-3"),
        ("mpl", "gpl"),  # section 3.3 of MPL 2.0
        ("mpl", "gpl-2"),
        ("mpl", "gpl-3"),
        ("mpl", "agpl-3"),
        ("mpl", "lgpl"),
        ("eupl", "gpl"),  # the EUPL's appendix
        ("eupl", "gpl-2"),
        ("eupl", "gpl-3"),
        ("eupl", "agpl-3"),
    )
)
_CC = re.compile(r"cc-by(-nc)?(-nd|-sa)?(?:-(\d\.\d))?(?:-[a-z]{2,4})?")


class Terms(NamedTuple):
    """What a licence asks of a data set that is made of several."""

    name: str
    family: str | None = None
    """Of those that pass on to what is made of them: which of them agree."""
    commercial: bool = True
    derivatives: bool = True
    listed: bool = True
    """Whether the table knows it."""


def terms_of(licence: str) -> Terms:
    """Look a licence up, by its SPDX or hub id in any case."""
    name = re.sub(r"[\s_]+", "-", licence.strip().lower())
    if found := _CC.fullmatch(name):
        nc, rest, version = found.groups()
        alike = f"cc-by{nc or ''}-sa-{version if version and not nc else '4.0'}"
        family = alike if rest == "-sa" else None
        return Terms(name, family, commercial=not nc, derivatives=rest != "-nd")
    if name in _FREE:
        return Terms(name)
    return Terms(name, _ALIKE.get(name), listed=name in _ALIKE)


def licence_conflicts(licences: Iterable[tuple[str, str | None]]) -> list[str]:
    """Say which licences do not go together; `licences` names each source, and what it is under."""
    sources: dict[str | None, list[str]] = {}
    for source, licence in licences:
        named = None if not licence or licence.strip().lower() == "unknown" else licence.strip()
        sources.setdefault(named, []).append(source)
    known = {name: terms_of(name) for name in sources if name is not None}
    return [
        *_unchangeable(known, sources),
        *_disagreeing(known, sources),
        *_mixed(known, sources),
        *_unknown(known, sources),
    ]


def _unchangeable(known: Mapping[str, Terms], sources: Mapping[str | None, list[str]]) -> list[str]:
    return [
        f"{_told(name, sources)} allows no derivatives: a data set that was selected, mended or "
        f"mixed may not be passed on"
        for name, terms in known.items()
        if not terms.derivatives
    ]


def _disagreeing(known: Mapping[str, Terms], sources: Mapping[str | None, list[str]]) -> list[str]:
    return [
        f"{_told(one, sources)} and {_told(other, sources)} do not go together: {why}"
        for one, other in combinations(known, 2)
        if (why := _why(known[one], known[other]))
    ]


def _why(one: Terms, other: Terms) -> str:
    """Say why two licences cannot be kept at once in one work; empty where they can."""
    if one.family and other.family:
        families = {_merged(one.family), _merged(other.family)}
        agree = len(families) == 1 or frozenset((one.family, other.family)) in _TOGETHER
        return "" if agree else "each asks that the whole is under itself"
    for alike, rest in ((one, other), (other, one)):
        if alike.family and alike.commercial and not rest.commercial:
            return f"{alike.name} forbids further restrictions, and {rest.name} makes one"
        if alike.family == "gpl-2" and rest.name == "apache-2.0":
            return "the patent terms of Apache 2.0 are restrictions that version 2 forbids"
    return ""


def _merged(family: str) -> str:
    """Let earlier versions of CC BY-SA, which may go on under later ones, agree."""
    return re.sub(r"^(cc-by-sa)-.*", r"\1", family)


def _mixed(known: Mapping[str, Terms], sources: Mapping[str | None, list[str]]) -> list[str]:
    """Name the sources that make the whole non-commercial, where the rest is not."""
    bound = [name for name, terms in known.items() if not terms.commercial]
    if not bound or not any(terms.commercial for terms in known.values()):
        return []
    told = ", ".join(_told(name, sources) for name in bound)
    return [f"{told}: with it, the whole may be used for non-commercial purposes only"]


def _unknown(known: Mapping[str, Terms], sources: Mapping[str | None, list[str]]) -> list[str]:
    said = []
    if known and None in sources:
        said.append(f"the licence of {_few(sources[None])} is not known, and others are")
    unlisted = [name for name, terms in known.items() if not terms.listed]
    if unlisted and len(sources) > 1:
        told = ", ".join(_told(name, sources) for name in unlisted)
        said.append(
            f"{told}: a licence the table does not know: read whether it goes with the rest"
        )
    return said


def _told(licence: str, sources: Mapping[str | None, list[str]]) -> str:
    return f"{licence} ({_few(sources[licence])})"


def _few(names: list[str], most: int = 3) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
