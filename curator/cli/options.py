"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Literal

import typer

ShowValues = Annotated[
    bool, typer.Option("--show-values", help="Show personal values and secrets unmasked.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")]
RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="A run directory.")]
Data = Annotated[
    list[str],
    typer.Argument(
        metavar="DATA…", help="Files, globs, folders, addresses, or - for standard input."
    ),
]
Private = Annotated[
    bool, typer.Option("--allow-private", help="Let web addresses lead to private hosts.")
]
RunOut = Annotated[
    Path | None, typer.Option("--out", help="The run directory; runs/<recipe name> when absent.")
]
Inputs = Annotated[
    list[str] | None,
    typer.Option("--input", help="Data to read instead of the recipe's; repeatable."),
]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Worker processes; one a core when absent.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Reuse what still holds; the default.")]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Measure everything again; verdicts are kept.")
]
Pairs = Annotated[
    Literal["whole", "labelled"],
    typer.Option(help="labelled: a preference pair becomes a good and a bad answer."),
]
ShardRows = Annotated[
    int | None, typer.Option(min=1, help="Most rows of one file; one file when absent.")
]
Container = Annotated[
    Literal["jsonl", "parquet", "hf"], typer.Option("--as", help="The kind of file.")
]
Splits = Annotated[str | None, typer.Option(help="Shares, such as train=95,validation=5.")]
WithConfig = Annotated[
    bool, typer.Option("--with-config", help="Write the trainer's config as well.")
]
TrainedModel = Annotated[
    str | None, typer.Option("--model", help="The model to train, instead of the recipe's.")
]
Tokens = Annotated[
    bool, typer.Option("--tokens", help="Write tokens and labels as `curator tune` learns them.")
]
Locked = Annotated[
    Path | None,
    typer.Option(metavar="RUN", help="Refuse inputs, recipes and decisions other than this run's."),
]
