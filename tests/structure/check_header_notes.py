# SPDX-License-Identifier: Apache-2.0
"""Above every class in a public header stand four notes, in this order."""

import re

import source_tree

NOTES = ["Ownership:", "Thread safety:", "Blocking:", "Errors:"]
CLASS = re.compile(r"^ *class\s+(?:\[\[\w+\]\]\s*)?(?:SUBLET_EXPORT\s+)?(\w+)[^;(]*\{", re.MULTILINE)


def comment_above(lines, index):
    """The comment lines directly above a line, template headers between them passed over."""
    comment = []
    for line in reversed(lines[:index]):
        text = line.strip()
        if text.startswith("//"):
            comment.insert(0, text.removeprefix("//").strip())
        elif not text.startswith("template"):
            break
    return comment


def check(tree):
    for path in tree.files(["include"], [".h"]):
        source = tree.read(path)
        lines = source.split("\n")
        for match in CLASS.finditer(source):
            line = source_tree.line_of(source, match.start())
            comment = comment_above(lines, line - 1)
            found = [note for text in comment for note in NOTES if text.startswith(note)]
            if found != NOTES:
                yield f"{path}:{line}: class {match.group(1)} needs the notes {', '.join(NOTES)}"


if __name__ == "__main__":
    source_tree.main(check)
