"""Self-Instruct: one instruction with several instances, each of which is a record."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from curator.errors import CarryError, RowError
from curator.formats.alpaca import read_question, write_question
from curator.formats.base import (
    Row,
    finish,
    refuse_judged,
    refuse_tools,
    remember_blanks,
    text_at,
    wrong,
)
from curator.formats.plain import answer_turn, plain_exchanges
from curator.records import Record

_FIELDS = frozenset(("instruction", "instances"))
_INSTANCE = ("input", "output")


class SelfInstruct:
    """Each instance becomes a record of its own; the kept ones share one row on the way out."""

    name = "self_instruct"
    fields = _FIELDS
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def recognises(self, row: Row) -> float:
        """Look for an instruction with a list of instances."""
        instances = row.get("instances")
        if "instruction" not in row or type(instances) is not list:
            return 0.0
        return 1.0 if all(type(instance) is dict for instance in instances) else 0.5

    def read(self, row: Row) -> list[Record]:
        """Read the instruction with each instance; without any, it is a prompt without answer."""
        if "instruction" not in row:
            raise RowError("instruction", "is missing")
        instruction = text_at(row, "instruction")
        instances = row.get("instances")
        if type(instances) is not list:
            raise wrong("instances", "a list", instances)
        extra = {name: value for name, value in row.items() if name not in _FIELDS}
        layout = remember_blanks(row, ("instruction",), ())
        if not instances:
            turns = [read_question({"instruction": instruction})]
            return [Record(turns, extra=extra, layout=layout | {"instance": None})]
        return [
            _read_instance(Record([], extra=extra, layout=layout), instruction, instance, place)
            for place, instance in enumerate(instances)
        ]

    def body(self, record: Record) -> Row:
        """Write the instruction, and its one instance."""
        refuse_tools(record)
        system, asked, answered = plain_exchanges(record)
        if system is not None:
            raise CarryError("it has a system turn, which this shape cannot carry")
        if len(asked) > 1:
            raise CarryError("it has more than one prompt and one answer")
        instruction, context = write_question(asked[0])
        remembered = record.layout.get("instance", {})
        if remembered is None and answered[0] is None and not context:
            return {"instruction": instruction, "instances": []}
        instance: Row = {"input": context}
        if answered[0] is not None:
            instance["output"] = answered[0]
        remembered = remembered or {}
        own = {
            name: record.extra[name] for name in remembered.get("own", ()) if name in record.extra
        }
        return {"instruction": instruction, "instances": [finish(instance, remembered, own)]}

    def write(self, record: Record) -> Row:
        """Write a row of one instance; a wanted answer's label comes along."""
        refuse_judged(record)
        out = self.body(record)
        if record.label is not None:
            out["label"] = record.label
        return finish(out, record.layout, _extra_of_row(record))

    def join(self, records: Sequence[Record]) -> Row:
        """Write the instances of one row as one row, where they still share its instruction."""
        bodies = []
        for record in records:
            refuse_judged(record)
            bodies.append(self.body(record))
        if len({body["instruction"] for body in bodies}) > 1:
            raise CarryError("its instances no longer have one instruction")
        instances = [instance for body in bodies for instance in body["instances"]]
        out = bodies[0] | {"instances": instances}
        return finish(out, records[0].layout, _extra_of_row(records[0]))


def _read_instance(row: Record, instruction: str, instance: Any, place: int) -> Record:
    path = f"instances[{place}]"
    if type(instance) is not dict:
        raise wrong(path, "an object", instance)
    texts = {name: _text(instance, name, path) for name in _INSTANCE}
    turns = [read_question({"instruction": instruction, "input": texts["input"]})]
    if instance.get("output") is not None:
        turns.append(answer_turn(texts["output"]))
    layout = remember_blanks(instance, ("input",), ("output",))
    own = {name: value for name, value in instance.items() if name not in _INSTANCE}
    if own:
        layout["own"] = list(own)
    if list(instance) != [*_INSTANCE, *own]:
        layout["keys"] = list(instance)
    whole = row.layout | ({"instance": layout} if layout else {})
    hidden = {name: row.extra[name] for name in own if name in row.extra}
    if hidden:
        whole["hidden"] = hidden
    return Record(turns, extra=row.extra | own, layout=whole)


def _extra_of_row(record: Record) -> Row:
    """Return the fields of the row, without those of the instance."""
    own = (record.layout.get("instance") or {}).get("own", ())
    rest = {name: value for name, value in record.extra.items() if name not in own}
    hidden: Row = record.layout.get("hidden", {})
    return rest | hidden


def _text(instance: Row, name: str, path: str) -> str:
    try:
        return text_at(instance, name)
    except RowError as error:
        raise RowError(f"{path}.{name}", error.reason) from None


SELF_INSTRUCT = SelfInstruct()
