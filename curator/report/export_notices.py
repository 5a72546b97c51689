"""Export notices: what a reader of a report should know before passing the data on."""

from curator.recipe.licences import NO_ADVICE
from curator.report.figures import counted
from curator.report.licences import bare, conflicts_of
from curator.report.notices import Notice
from curator.run import Run


def export_notices(run: Run) -> list[Notice]:
    """Tell of licences that do not go together, of weights and caps, and of what was forgotten."""
    return [*_licences(run), *_shares(run), *_forgotten(run)]


def _licences(run: Run) -> list[Notice]:
    found = conflicts_of(run)
    told = [Notice("licence", f"Licences: {conflict}.") for conflict in found]
    return [*told[:-1], Notice("licence", f"{told[-1].text} {NO_ADVICE}")] if told else []


def _shares(run: Run) -> list[Notice]:
    if run.recipe.select is not None and run.recipe.select.weighs_inputs():
        return []
    said = []
    for entry in run.recipe.input:
        shares = [f"weight {entry.weight:g}"] if entry.weight != 1 else []
        shares += [f"at most {entry.cap:,}"] if entry.cap is not None else []
        said += [f"{entry.name or bare(entry.path)} ({', '.join(shares)})"] if shares else []
    if not said:
        return []
    return [Notice("shares", f"Exports do not write every input as it is: {', '.join(said)}.")]


def _forgotten(run: Run) -> list[Notice]:
    count = sum(entry.forgotten for entry in run.manifest.inputs)
    if not count:
        return []
    return [
        Notice(
            "forgotten",
            f"{counted(count, 'record')} that the input still has "
            f"{'was' if count == 1 else 'were'} forgotten, and {'is' if count == 1 else 'are'} in "
            f"no count here.",
        )
    ]
