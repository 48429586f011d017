"""Compares the crates whose types are in public signatures with the list in .ci/external-types.txt.

It reads rustdoc's JSON, which only a nightly compiler writes by default; `RUSTC_BOOTSTRAP` lets a stable one do it.
"""

import json
import os
import subprocess

import listed

TARGET = listed.HERE.parent / "target" / "external-types"
OURS = {"std", "core", "alloc", "backstop", "backstop_derive"}

command = ["cargo", "rustdoc", "--lib", "-p", "backstop", "--target-dir", str(TARGET)]
command += ["--", "-Z", "unstable-options", "--output-format", "json"]
subprocess.run(command, check=True, cwd=listed.HERE.parent, env={**os.environ, "RUSTC_BOOTSTRAP": "1"})
docs = json.loads((TARGET / "doc" / "backstop.json").read_text())


def names(node):
    """The ids of all types and traits that a signature names."""
    if isinstance(node, dict):
        if "path" in node and isinstance(node.get("id"), int):
            yield node["id"]
        for value in node.values():
            yield from names(value)
    elif isinstance(node, list):
        for value in node:
            yield from names(value)


found = set()
for item in docs["index"].values():
    if item["crate_id"] != 0 or item["visibility"] not in ("public", "default"):
        continue
    inner = item["inner"]
    # Blanket and automatic implementations are of other crates, and so are their types.
    if inner.get("impl", {}).get("blanket_impl") or inner.get("impl", {}).get("is_synthetic"):
        continue
    if "use" in inner:
        continue
    for name in names(inner):
        path = docs["paths"].get(str(name))
        if path and path["crate_id"] != 0:
            found.add(path["path"][0])

listed.check(sorted(found - OURS), "external-types.txt", "public signatures name types of")
