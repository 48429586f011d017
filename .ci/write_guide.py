"""Writes the guide for readers without rustdoc: docs/guide/*.md, and llms.txt, which lists them.

With --check it writes nothing, and fails if a file is not what it would write.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).parent.parent
SOURCE = ROOT / "src" / "guide"
TARGET = ROOT / "docs" / "guide"
DOCS = "https://docs.rs/backstop/latest/backstop"


def chapters():
    """The chapters, in the order in which the module lists them."""
    return re.findall(r'include_str!\("(\w+)\.md"\)', (SOURCE / "mod.rs").read_text())


def markdown(text):
    title, _, body = text.partition("\n")
    lines, in_code = [f"# {title.strip().rstrip('.')}"], None
    for line in body.splitlines():
        fence = re.match(r"\s*```(.*)", line)
        if fence:
            if in_code is None:
                in_code = fence[1].split(",")[0] or "rust"
                line = line.replace(f"```{fence[1]}", f"```{in_code}")
            else:
                in_code = None
        elif in_code == "rust" and re.match(r"\s*#( |$)", line):
            continue  # rustdoc compiles such a line without showing it
        elif in_code is None and line.startswith("#"):
            line = f"#{line}"
        lines.append(link(line) if in_code is None else line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def link(line):
    line = re.sub(r"\]\(crate::guide::(\w+)\)", r"](\1.md)", line)
    line = re.sub(r"^(\[.*\]: )crate::([\w:]+)", rf"\1{DOCS}/?search=\2", line)
    return re.sub(r"\]\((?:\w+@)?crate::([\w:#]+)(?:\(\))?\)", rf"]({DOCS}/?search=\1)", line)


def files():
    written, listed = {}, []
    for name in chapters():
        text = markdown((SOURCE / f"{name}.md").read_text())
        written[TARGET / f"{name}.md"] = text
        listed.append(f"- [{text.splitlines()[0].lstrip('# ')}](docs/guide/{name}.md)")
    written[ROOT / "llms.txt"] = "\n".join([
        "# Backstop",
        "",
        "> One layer for axum and Tower services (Rust) that turns every failure into one safe error response, in the",
        "> format that the client accepts, and each server error into one report.",
        "",
        "The chapters of the guide. Every piece of code in them is compiled and run by the tests.",
        "",
        *listed,
        "",
        f"The documentation of every public item is at {DOCS}/.",
        "",
    ])
    return written


def main():
    check = "--check" in sys.argv
    stale = []
    for path, text in files().items():
        if not path.exists() or path.read_text() != text:
            stale.append(str(path.relative_to(ROOT)))
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
    surplus = {path.name for path in TARGET.glob("*.md")} - {f"{name}.md" for name in chapters()}
    if check and (stale or surplus):
        sys.exit(f"run .ci/write_guide.py: {', '.join(stale)} {', '.join(surplus)}")


main()
