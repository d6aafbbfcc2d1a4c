# SPDX-License-Identifier: Apache-2.0
"""The root of the checkout holds what the architecture says, and nothing else."""

import re

import source_tree

FOLDERS = {"include", "lib", "examples", "bindings", "tests", "docs", "cmake", ".ci"}
FILES = {
    "CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "CHANGELOG.md", "dev",
    ".clang-format", ".clang-tidy", ".gitignore",
}
# Git's own, and what it ignores: see .gitignore.
NOT_OURS = re.compile(r"\.git|\.deps|build|build-.*|compile_commands\.json")
REQUIRED = {"include", "lib", "examples", "tests", "CMakeLists.txt", "LICENSE"}


def check(tree):
    names = {path.name: path.is_dir() for path in tree.root.iterdir()}
    for name, is_folder in sorted(names.items()):
        if not NOT_OURS.fullmatch(name) and name not in (FOLDERS if is_folder else FILES):
            yield f"{name}: does not belong at the root"
    for name in sorted(REQUIRED - names.keys()):
        yield f"{name}: is missing at the root"


if __name__ == "__main__":
    source_tree.main(check)
