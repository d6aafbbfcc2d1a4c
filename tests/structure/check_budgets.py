# SPDX-License-Identifier: Apache-2.0
"""Files and functions stay small enough to be read in one go."""

import re

import source_tree

FOLDERS = ["include", "lib", "examples", "tests"]
FILE_LINES = 400
FILE_LINES_AT_MOST = 600
# Files between the two, with the reason.
LONG_FILES = {}
FUNCTION_LINES = 60
FUNCTION_LINES_IN_TESTS = 100

# What stands before the '{' of something that is no function.
NOT_A_FUNCTION = re.compile(
    r"^\s*(namespace|class|struct|union|enum|extern|if|for|while|switch|do|else|try|catch|TEST_SUITE)\b"
    r"|(^|[^=!<>])=\s*$|\breturn\b"
)
FUNCTION = re.compile(r"\)\s*(const|noexcept|override|final|mutable|&|\s)*(->[^;{}]*)?(:[^:;][^;]*)?$")


def without_template(head):
    return re.sub(r"^\s*template\s*<[^{};]*?>\s*(?=\w)", "", head)


def functions(code):
    """(first line, last line) of each function, lambdas and nested blocks counted with it."""
    head, line, head_line = "", 1, 1
    blocks = []  # for each open brace: the first line of its function, "block", or "initialiser"
    for position, character in enumerate(code):
        if character == "{":
            if re.match(r"[\w>]", code[position - 1 : position]):
                blocks.append("initialiser")  # as in a_{}: the format puts a space before a block
            elif is_function(head) and not any(isinstance(block, int) for block in blocks):
                blocks.append(head_line)
            else:
                blocks.append("block")
        closed = blocks.pop() if character == "}" and blocks else None
        if isinstance(closed, int):
            yield closed, line
        if character in "{};" and closed != "initialiser" and "initialiser" not in blocks:
            head = ""
        elif head.strip():
            head += character
        else:
            head, head_line = character, line
        line += character == "\n"


def is_function(head):
    head = without_template(head).strip()
    return bool(FUNCTION.search(head)) and not NOT_A_FUNCTION.search(head)


def without_preprocessor(code):
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: "\n" * m.group(0).count("\n"), code,
                  flags=re.MULTILINE)


def check_file(path, source):
    lines = source.count("\n")
    # A test file is a list of cases: it grows in length, not in depth.
    may_be_long = path.startswith("tests/") or path in LONG_FILES
    most = FILE_LINES_AT_MOST if may_be_long else FILE_LINES
    if lines > most:
        yield f"{path}:1: {lines} lines; a file has at most {most}"
    most = FUNCTION_LINES_IN_TESTS if path.startswith("tests/") else FUNCTION_LINES
    for first, last in functions(without_preprocessor(source_tree.blank_text(source))):
        if last - first + 1 > most:
            yield f"{path}:{first}: a function of {last - first + 1} lines; at most {most}"


def check(tree):
    for path in tree.files(FOLDERS, source_tree.CODE):
        yield from check_file(path, tree.read(path))
    for path in LONG_FILES:
        if not (tree.root / path).is_file():
            yield f"{path}: is excused as a long file but is not there"


if __name__ == "__main__":
    source_tree.main(check)
