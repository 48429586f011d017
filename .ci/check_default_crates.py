"""Compares the crates that the default features add to axum and tokio with the list in .ci/default-crates.txt."""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
LIST = HERE / "default-crates.txt"


def tree(*package):
    command = ["cargo", "tree", "--edges", "normal", "--prefix", "none", "--no-dedupe", *package]
    output = subprocess.run(command, check=True, capture_output=True, text=True, cwd=HERE.parent)
    return {line.split()[0] for line in output.stdout.splitlines() if line.strip()}


base = tree("-p", "axum") | tree("-p", "tokio")
added = sorted(tree("-p", "backstop") - base - {"backstop"})

if "--write" in sys.argv:
    LIST.write_text("".join(f"{name}\n" for name in added))
listed = LIST.read_text().split()
if added != listed:
    sys.exit(
        f"the default features add {added}, but {LIST.name} lists {listed}; "
        "if that is on purpose, run `python3 .ci/check_default_crates.py --write`"
    )
print(f"the default features add {len(added)} crates to axum and tokio")
