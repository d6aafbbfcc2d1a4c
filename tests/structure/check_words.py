# SPDX-License-Identifier: Apache-2.0
"""The vocabulary is one: words that this project has other words for appear nowhere, neither in text
nor as a part of a name."""

import re

import source_tree

FOLDERS = ["include", "lib", "examples", "bindings", "tests", "docs", "cmake"]
ROOT_FILES = ["CMakeLists.txt", "README.md", "CHANGELOG.md", "dev"]
SUFFIXES = {".h", ".cc", ".js", ".mjs", ".ts", ".json", ".md", ".txt", ".cmake", ".in", ".sh", ".py"}
INSTEAD = {
    "plugin": "extension",
    "script": "extension, bundle or module",
    "job": "invocation",
    "kill": "terminate, cancel or condemn",
    "whitelist": "allow-list",
}
# "scripted" is fine: it says of a fake that it answers as told.
ENDINGS = {"script": "s?"}
WORD = re.compile(
    "|".join(f"(?P<{word}>{word}{ENDINGS.get(word, '(?:s|es|ed|er|ers|ing)?')})" for word in INSTEAD)
)
PART_OF_NAME = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

# A sandbox is a process of its own, or V8's: no isolate is one.
SANDBOX_ISOLATE = re.compile(r"sandbox\w*[ -]?(?:isolate|context|realm)|(?:isolate|context|realm)[ _-]?sandbox",
                             re.IGNORECASE)

# Names that others gave. Blanked before the search.
EVERYWHERE = re.compile(
    r"(?:java|type|ecma|classic )script|version-script|ignore-scripts|SIGKILL|SECCOMP_RET_KILL_PROCESS|SUBLET_RULE\(kill\)|::kill\(|--kills\b",
    re.IGNORECASE,
)
V8_NAME = re.compile(r"v8-script\.h|\w*[Ss]cript\w*|\b[A-Za-z]*Job[A-Za-z]*\b")
USES_V8 = re.compile(r"(?:lib/engine|tests/bench|tests/engine|cmake/checks)/.*\.(?:h|cc)$")
# esbuild's own setting.
ESBUILD_NAME = re.compile(r"\bplugins: \[")
# This check, what others wrote, and recorded input.
PASSED_OVER = re.compile(r"tests/structure/|tests/bench/inputs/|.*/corpus/|.*/package(-lock)?\.json$")


def without_allowed_names(path, line):
    line = EVERYWHERE.sub(" ", line)
    if path == "lib/engine/sdk/build.mjs":
        line = ESBUILD_NAME.sub(" ", line)
    if USES_V8.match(path):
        line = V8_NAME.sub(" ", line)
    return line


def check_line(path, number, line):
    for part in PART_OF_NAME.findall(without_allowed_names(path, line)):
        match = WORD.fullmatch(part.lower())
        if match:
            yield f"{path}:{number}: '{part}': say {INSTEAD[match.lastgroup]}"
    if SANDBOX_ISOLATE.search(line):
        yield f"{path}:{number}: an isolate is no sandbox"


def check(tree):
    paths = list(tree.files(FOLDERS, SUFFIXES))
    paths += [path for path in ROOT_FILES if (tree.root / path).is_file()]
    for path in paths:
        if not PASSED_OVER.match(path):
            for number, line in enumerate(tree.read(path).split("\n"), start=1):
                yield from check_line(path, number, line)


if __name__ == "__main__":
    source_tree.main(check)
