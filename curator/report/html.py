"""HTML: the facts of a run as one page that needs nothing else."""

import math
import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from curator.report import (
    charts,
    contamination_lines,
    diverse_lines,
    figures,
    risk_lines,
    selected_lines,
)
from curator.report.facts import Facts
from curator.report.traits import TRAITS


def to_html(facts: Facts) -> str:
    """Write the report as one self-contained page; texts of records are escaped, never markup."""
    return environment().get_template("report.html").render(facts=facts, traits=TRAITS)


@cache
def environment() -> Environment:
    """Return what renders the pages: texts are escaped, and an unknown name is an error."""
    environment = Environment(
        loader=PackageLoader("curator.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "charts": charts,
        "contamination": contamination_lines,
        "diverse": diverse_lines,
        "risk": risk_lines,
        "selection": selected_lines,
    }
    environment.filters |= {
        "number": figures.number,
        "counted": figures.counted,
        "percent": figures.percent,
        "seconds": figures.seconds,
        "measured": figures.measured,
        "bound": figures.bound,
        "breakable": _breakable,
        "tail": _tail,
        "exp": math.exp,
        "rows": lambda frame: frame.to_dicts(),
    }
    return environment


def _breakable(name: str) -> Markup:
    """Let a long name break after its dots, slashes and underscores."""
    return Markup(re.sub(r"(?<=[a-z0-9])([._/])(?=\w)", r"\1<wbr>", str(escape(name))))


def _tail(path: str) -> str:
    """Return the file's own name: what stands after the last slash."""
    return path.rpartition("/")[2]
