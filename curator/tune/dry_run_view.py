"""Dry run view: a dry run for a terminal, and as JSON."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from curator.report.figures import counted, number, part, percent
from curator.report.lines import line, table
from curator.report.shown import elided
from curator.tune.dry_run import DryRun, ShownRecord, Side

if TYPE_CHECKING:
    from curator.training.lint import Notice
    from curator.training.machine import Machine

LEARNT = ("⟦", "⟧")
"""What stands around learnt text, so that it is told apart without colour too."""
_NOTHING = "nothing"
"""How the advice begins where nothing is to be done."""
_MINUTE, _HOUR = 60, 3600


def dry_run_view(found: DryRun) -> RenderableType:
    """Lay out a dry run for a terminal."""
    parts: list[RenderableType] = [
        line(f"{found.run} → {found.model} ({found.method}), nothing trained", "bold"),
        _sides_table(found.sides),
        *_left_out(found),
        *map(_notice, found.notices),
        line(f"\nAs the model sees it; learnt is what stands between {' and '.join(LEARNT)}"),
        *(part for record in found.records for part in _record(record)),
        line(""),
        _plan_table(found),
    ]
    return Group(*parts)


def as_json(found: DryRun) -> dict[str, Any]:
    """Return a dry run as JSON values; learnt stretches of a text are pairs of characters."""
    said = asdict(found) | {"reasons": found.reasons}
    said["plan"]["micro_tokens"] = found.plan.micro_tokens
    said["records"] = [
        {
            "id": record.id,
            "tokens": record.tokens,
            "supervised": record.supervised,
            "text": "".join(piece.text for piece in record.pieces),
            "learnt": _stretches(record),
        }
        for record in found.records
    ]
    return said


def _stretches(record: ShownRecord) -> list[list[int]]:
    found: list[list[int]] = []
    at = 0
    for piece in record.pieces:
        found += [[at, at + len(piece.text)]] if piece.marked else []
        at += len(piece.text)
    return found


def _sides_table(sides: list[Side]) -> RenderableType:
    heads = ("split", "#records", "#examples", "#tokens", "#learnt", "#median", "#p99", "#longest")
    rows = [
        [
            side.name,
            number(side.records),
            number(side.examples),
            number(side.tokens),
            part(side.supervised, side.tokens),
            *(number(side.lengths.get(name)) for name in ("median", "p99", "longest")),
        ]
        for side in sides
    ]
    return table(heads, rows)


def _left_out(found: DryRun) -> list[RenderableType]:
    if not found.left_out:
        return [line(f"None of {counted(found.kept, 'kept record')} is left out.", "dim")]
    share = part(len({one.id for one in found.left_out}), found.kept)
    reasons = ", ".join(f"{reason} {number(count)}" for reason, count in found.reasons.items())
    return [line(f"left out of {counted(found.kept, 'kept record')}: {share}: {reasons}")]


def _notice(notice: "Notice") -> RenderableType:
    sign, style = ("!", "yellow") if notice.level == "warning" else ("·", "dim")
    who = f"{counted(notice.count, 'record')}, such as {notice.ids[0]}"
    said = line(f"{sign} {notice.name}: {notice.text} ({who})", style)
    return said if notice.advice.startswith(_NOTHING) else said.append(f"\n  → {notice.advice}")


def _record(record: ShownRecord) -> list[RenderableType]:
    head = f"\n{record.id}: {counted(record.tokens, 'token')}, {number(record.supervised)} learnt"
    text = Text()
    kept = elided([piece.text for piece in record.pieces])
    for piece, said in zip(record.pieces, kept, strict=True):
        before, after = LEARNT if piece.marked else ("", "")
        text.append(line(f"{before}{said}{after}", "green" if piece.marked else ""))
    return [line(head, "bold"), text]


def _plan_table(found: DryRun) -> RenderableType:
    plan, device = found.plan, found.machine
    layout = f"{number(found.rows)} of {number(plan.row_tokens)} tokens, {percent(found.fill)} full"
    a_step = "1 pass" if plan.accumulation == 1 else f"{number(plan.accumulation)} passes"
    memory = ", ".join(f"{name} {_bytes(size)}" for name, size in plan.memory.items() if size)
    fits = "fits" if plan.fits else "does NOT fit"
    rows = [
        ["packed rows", layout],
        [
            "steps",
            f"{number(plan.steps)} ({found.epochs:.2g} epochs), {a_step} of "
            f"{counted(plan.rows, 'row')} each",
        ],
        ["machine", f"{_devices(device)}, {_bytes(device.free)} free"],
        ["memory", f"{_bytes(plan.total_bytes)}, which {fits}: {memory}"],
        ["checkpointing", "on" if plan.checkpointing else "off"],
        ["work", f"{plan.flops:.2g} FLOPs"],
        ["time", "unknown on this machine" if plan.seconds is None else _time(plan.seconds)],
    ]
    if found.cost is not None:
        rows.append(["cost", f"{found.cost:,.2f} at the price given"])
    return table(("", ""), rows)


def _devices(device: "Machine") -> str:
    return device.name if device.count == 1 else f"{device.count} of {device.name}"


def _bytes(size: int) -> str:
    for unit, power in (("GiB", 30), ("MiB", 20), ("KiB", 10)):
        if size >= 1 << power:
            return f"{size / (1 << power):.1f} {unit}"
    return f"{size} B"


def _time(seconds: float) -> str:
    """Write an estimate, no finer than it is."""
    if seconds < _MINUTE:
        return f"about {max(1, round(seconds))} s"
    if seconds < _HOUR:
        return f"about {round(seconds / _MINUTE)} min"
    return f"about {seconds / _HOUR:.1f} h"
