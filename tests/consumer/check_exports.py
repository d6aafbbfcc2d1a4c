# SPDX-License-Identifier: Apache-2.0
"""The shared library exports sublet:: and sublet_* and nothing else. usage: check_exports.py LIBRARY"""

import re
import subprocess
import sys

OURS = re.compile(
    r"(?:(?:vtable|typeinfo|typeinfo name) for |non-virtual thunk to )?sublet::v1::|sublet_\w+$"
)


def strangers(symbols):
    return [symbol for symbol in symbols if not OURS.match(symbol)]


def exported(library):
    listing = subprocess.run(["nm", "--dynamic", "--defined-only", "--demangle", library],
                             capture_output=True, text=True, check=True)
    return [line.split(" ", 2)[2] for line in listing.stdout.splitlines()]


def main():
    # What the rule has to catch, before it is believed.
    planted = ["sublet::engine::f()", "std::vector<sublet::v1::Event>::~vector()", "sublet_ok", "uv_run"]
    assert strangers(planted) == [planted[0], planted[1], planted[3]]
    symbols = exported(sys.argv[1])
    for symbol in strangers(symbols):
        print(f"exported: {symbol}")
    print(f"{len(symbols)} symbols are exported")
    sys.exit(1 if strangers(symbols) or not symbols else 0)


if __name__ == "__main__":
    main()
