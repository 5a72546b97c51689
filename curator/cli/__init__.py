"""The command line: each command parses, calls one function and prints."""

import sys

from curator.errors import CuratorError

_SIGINT = 130
"""What typer makes of Ctrl-C."""
DONE, USER_ERROR, USAGE_ERROR, INTERRUPTED = 0, 1, 2, 3


def main() -> None:
    """Run the command line; a user's mistake is one message and exit code 1."""
    from curator.cli.app import app

    try:
        app()
    except CuratorError as error:
        sys.stderr.write(f"error: {_masked(str(error))}\n")
        sys.exit(USER_ERROR)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(DONE)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        sys.stderr.write(f"error: {place}{error.strerror or error}\n")
        sys.exit(USER_ERROR)
    except SystemExit as finished:
        if finished.code != _SIGINT:
            raise
        sys.stderr.write("interrupted: run the same command again to continue\n")
        sys.exit(INTERRUPTED)


def _masked(text: str) -> str:
    """Mask what a message quotes of the data, unless its command was asked to show values."""
    from curator.privacy import masked, values

    with values(shown="--show-values" in sys.argv):
        return masked(text)
