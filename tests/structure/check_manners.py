# SPDX-License-Identifier: Apache-2.0
"""The library lives in somebody else's process: it does not print, end it, or change its signals or
locale."""

import re

import source_tree

BAD_MANNERS = {
    r"(?<![\w.>])(?:std::)?(?:f|v|vf)?printf\s*\(": "prints",
    r"(?<![\w.>])(?:std::)?(?:f?puts|putchar|perror)\s*\(": "prints",
    r"\bfmt::print\b": "prints",
    r"\bstd::(?:cout|cerr|clog)\b": "prints",
    r"(?<![\w.>])(?:std::|::)?(?:abort|exit|_exit|_Exit|quick_exit)\s*\(": "ends the process",
    r"\bstd::terminate\b": "ends the process",
    r"(?<![\w.>])(?:std::|::)?(?:signal|sigaction|sigprocmask)\s*\(": "changes signals",
    r"(?<![\w.>])(?:std::|::)?setlocale\s*\(|\bstd::locale::global\b": "changes the locale",
}
# What runs in the helper executable's processes, which are nobody else's, or between clone and exec.
OWN_PROCESS = {
    "lib/sandbox/child_server.cc",
    "lib/sandbox/confinement.cc",
    "lib/sandbox/helper_main.cc",
    "lib/sandbox/helper_process.cc",
    "lib/sandbox/run_check.cc",
    "lib/sandbox/zygote.cc",
}
# A declaration or definition of ours that has such a name: "void terminate();" and "T::exit() {".
OUR_OWN = re.compile(r"(?:^\s*(?:virtual |static )?(?:void|bool|int) |::)$")


def check(tree):
    for path in tree.files(["lib", "include"], source_tree.CODE):
        if path in OWN_PROCESS:
            continue
        for number, line in enumerate(source_tree.blank_text(tree.read(path)).split("\n"), start=1):
            for pattern, what in BAD_MANNERS.items():
                match = re.search(pattern, line)
                if match and not OUR_OWN.search(line[: match.start()]):
                    yield f"{path}:{number}: {what}: {match.group(0)}"


if __name__ == "__main__":
    source_tree.main(check)
