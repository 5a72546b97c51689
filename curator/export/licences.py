"""Licences: the names by which the Hugging Face hub knows them."""

from collections.abc import Collection
from typing import Any

_KNOWN = frozenset(
    {
        "afl-3.0",
        "agpl-3.0",
        "apache-2.0",
        "artistic-2.0",
        "bsd",
        "bsd-2-clause",
        "bsd-3-clause",
        "bsl-1.0",
        "cc",
        "cc-by-2.0",
        "cc-by-2.5",
        "cc-by-3.0",
        "cc-by-4.0",
        "cc-by-nc-2.0",
        "cc-by-nc-3.0",
        "cc-by-nc-4.0",
        "cc-by-nc-nd-3.0",
        "cc-by-nc-nd-4.0",
        "cc-by-nc-sa-2.0",
        "cc-by-nc-sa-3.0",
        "cc-by-nc-sa-4.0",
        "cc-by-nd-4.0",
        "cc-by-sa-3.0",
        "cc-by-sa-4.0",
        "cc0-1.0",
        "cdla-permissive-1.0",
        "cdla-permissive-2.0",
        "cdla-sharing-1.0",
        "etalab-2.0",
        "eupl-1.1",
        "gfdl",
        "gpl",
        "gpl-2.0",
        "gpl-3.0",
        "lgpl",
        "lgpl-2.1",
        "lgpl-3.0",
        "llama2",
        "llama3",
        "llama3.1",
        "mit",
        "mpl-2.0",
        "odbl",
        "odc-by",
        "openrail",
        "pddl",
        "unlicense",
    }
)


def hub_licence(licences: Collection[str | None]) -> dict[str, Any]:
    """Return the card's fields for the licences of all sources; one unknown makes all unknown."""
    named = sorted({licence.lower() for licence in licences if licence})
    if not named or None in licences:
        return {"license": "unknown"}
    if not _KNOWN.issuperset(named):
        return {"license": "other", "license_name": ", ".join(named)}
    return {"license": named[0] if len(named) == 1 else named}
