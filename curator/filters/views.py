"""Views: the one text of a record that a filter judges whole."""

import polars as pl


def whole_view(view: str) -> pl.Expr:
    """Read a view; null where no turn is of this view, and for answers that are labelled as bad.

    An empty turn has no words; where the assistant speaks first, there is no prompt to count.
    """
    is_there = {
        "prompt": roles_in_order().list.first() != "assistant",
        "response": roles_in_order().list.contains("assistant") & pl.col("label").fill_null(True),  # noqa: FBT003
        "reasoning": (pl.col("reasoning") != "") & pl.col("label").fill_null(True),  # noqa: FBT003
        "text": roles_in_order().list.len() > 0,
    }
    return pl.when(is_there[view]).then(view)


def roles_in_order() -> pl.Expr:
    """List the roles of the turns, system turn left out."""
    role = pl.element().struct.field("role")
    return pl.col("messages").list.eval(role.filter(role != "system"))
