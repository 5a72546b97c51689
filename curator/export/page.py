"""Page: the Markdown that goes with exported data, from a template."""

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def page(template: str, **facts: Any) -> str:
    """Fill a template of `curator/export/templates`; a fact that it needs and lacks is an error."""
    return fill("curator.export", template, facts)


def fill(room: str, template: str, facts: Mapping[str, Any]) -> str:
    """Fill a template of a room's folder `templates`."""
    environment = Environment(
        loader=PackageLoader(room),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,  # Markdown, not HTML; `cell` makes texts of others safe
    )
    environment.filters |= {"cell": cell, "number": "{:,}".format}
    return environment.get_template(template).render(facts)


def cell(text: str) -> str:
    """Make a text safe for a cell of a table: no markup, no new line, no new cell."""
    flat = " ".join(str(text).split()).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\|`*_\[\]])", r"\\\1", flat)
