"""Compares the crates that the default features add to axum and tokio with the list in .ci/default-crates.txt."""

import subprocess

import listed


def tree(*package):
    command = ["cargo", "tree", "--edges", "normal", "--prefix", "none", "--no-dedupe", *package]
    output = subprocess.run(command, check=True, capture_output=True, text=True, cwd=listed.HERE.parent)
    return {line.split()[0] for line in output.stdout.splitlines() if line.strip()}


base = tree("-p", "axum") | tree("-p", "tokio")
added = sorted(tree("-p", "backstop") - base - {"backstop"})

listed.check(added, "default-crates.txt", "the default features add")
