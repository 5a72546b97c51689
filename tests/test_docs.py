"""The documentation is true: it is written from the code, and its examples do what they say."""

import subprocess
import sys

from tests.conftest import ROOT


def test_the_page_of_filters_is_fresh_and_its_examples_do_what_they_say() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "write_filters.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
