# SPDX-License-Identifier: Apache-2.0
"""clang's thread-safety analysis over every source of lib that reaches base/mutex.h: what a mutex
guards is only touched while it is held."""

import argparse
import concurrent.futures
import os
import subprocess
import sys

import source_tree


def reaches_mutex(tree, path, seen):
    """Whether a file includes base/mutex.h, itself or through other headers of lib."""
    if path == "lib/base/mutex.h":
        return True
    if path in seen or not (tree.root / path).is_file():
        return False
    seen.add(path)
    return any(
        reaches_mutex(tree, "lib/" + included, seen)
        for _, included, angle in source_tree.includes(tree.read(path))
        if not angle
    )


def analyse(compiler, flags, tree, path):
    command = [compiler, "-std=c++20", "-fsyntax-only", "-Wthread-safety", "-Werror=thread-safety",
               f"-I{tree.root}/include", f"-I{tree.root}/lib", *flags, str(tree.root / path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def check(tree, compiler, flags):
    paths = [p for p in tree.files(["lib"], [".cc"]) if reaches_mutex(tree, p, set())]
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        runs = pool.map(lambda path: analyse(compiler, flags, tree, path), paths)
        for path, run in zip(paths, runs):
            if run.returncode != 0:
                errors = [line for line in run.stderr.splitlines() if "error:" in line]
                yield "\n".join(errors) or f"{path}:1: {run.stderr.strip()}"
    if not paths:
        yield "lib: no source uses base/mutex.h"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--include", action="append", default=[])
    known, sys.argv[1:] = parser.parse_known_args()
    folders = dict.fromkeys(folder for folders in known.include for folder in folders.split(";"))
    extra = [f"-idirafter{folder}" for folder in folders if folder]
    source_tree.main(lambda tree: check(tree, known.compiler, extra))
