# SPDX-License-Identifier: Apache-2.0
"""What the structure checks share: the files of the tree, their includes, their code without text."""

import argparse
import pathlib
import re
import sys

CODE = (".h", ".cc")
CODE_TEXT = re.compile(
    r'R"(?P<raw>[^()\\ ]*)\(.*?\)(?P=raw)"'  # raw string
    r'|"(?:\\.|[^"\\\n])*"'  # string
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'"  # character, but no digit separator
    r"|//[^\n]*|/\*.*?\*/",  # comment
    re.DOTALL,
)
INCLUDE = re.compile(r'^\s*#\s*include\s+(<[^>]+>|"[^"]+")', re.MULTILINE)
IGNORED_FOLDERS = {"node_modules", "__pycache__"}


class Tree:
    """A checkout. Paths are relative to its root, with '/' between parts."""

    def __init__(self, root):
        self.root = pathlib.Path(root)

    def files(self, folders, suffixes=None):
        for folder in folders:
            for path in sorted((self.root / folder).rglob("*")):
                relative = path.relative_to(self.root)
                if not path.is_file() or IGNORED_FOLDERS.intersection(relative.parts):
                    continue
                if suffixes is None or path.suffix in suffixes:
                    yield relative.as_posix()

    def read(self, path):
        return (self.root / path).read_text(encoding="utf-8")


def blank_text(source):
    """The source with comments and string contents blanked; every line keeps its number."""

    def blank(match):
        text = match.group(0)
        kept = '""' if text[0] in '"R' else "''" if text[0] == "'" else ""
        return kept + "\n" * text.count("\n")

    return CODE_TEXT.sub(blank, source)


def includes(source):
    """(line number, included path, True for angle brackets) of each include."""
    for match in INCLUDE.finditer(source):
        spelled = match.group(1)
        yield line_of(source, match.start(1)), spelled[1:-1], spelled[0] == "<"


def line_of(source, position):
    return source.count("\n", 0, position) + 1


def main(check):
    """Runs check(tree), which yields 'path:line: message', and exits 1 where it yields anything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parents[2])
    findings = list(check(Tree(parser.parse_args().root)))
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings")
    sys.exit(1 if findings else 0)
