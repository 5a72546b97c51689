"""Sharding: a file of many rows becomes several files, named as the Hugging Face hub names them."""

from itertools import islice
from pathlib import Path

from curator.errors import RecipeError

MOST_FILES = 99_999
"""Files of a split that the five digits of a name can count."""


def cut_rows(rows: Path, home: Path, most: int) -> list[Path]:
    """Cut a JSON Lines file into `<name>-00000-of-00004.jsonl` of at most `most` rows each.

    The rows keep their order, and the files are as even as can be; the file itself is removed.
    """
    home.mkdir(exist_ok=True)
    with rows.open("rb") as lines:
        count = sum(1 for _ in lines)
    files = max(1, -(-count // most))
    if files > MOST_FILES:
        raise RecipeError(
            f"max_shard_rows: {most} makes {files:,} files of {count:,} rows: allow more rows"
        )
    made = []
    with rows.open("rb") as lines:
        for place in range(files):
            size = count // files + (place < count % files)
            part = home / f"{rows.stem}-{place:05d}-of-{files:05d}{rows.suffix}"
            with part.open("wb") as out:
                out.writelines(islice(lines, size))
            made.append(part)
    rows.unlink()
    return made
