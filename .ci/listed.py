"""Compares what a check found with a list in this folder, which `--write` brings up to date."""

import pathlib
import sys

HERE = pathlib.Path(__file__).parent


def check(found, list_name, what):
    """Ends the program with an error unless `found` is what the list names."""
    path = HERE / list_name
    if "--write" in sys.argv:
        path.write_text("".join(f"{name}\n" for name in found))
    listed = path.read_text().split()
    if found != listed:
        sys.exit(
            f"{what} {found}, but {list_name} lists {listed}; "
            f"if that is on purpose, run `python3 .ci/{pathlib.Path(sys.argv[0]).name} --write`"
        )
    print(f"{what} {', '.join(found)}")
