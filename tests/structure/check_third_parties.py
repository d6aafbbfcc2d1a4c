# SPDX-License-Identifier: Apache-2.0
"""Third parties stay where they belong: V8 in lib/engine/v8_*, libuv in lib/runtime/uv_*, libcurl's
reader of URLs in the egress policy and the rest of it in its adapter, RE2 in two files and date in
one, JSON, fmt and OpenSSL in .cc files of lib, and nothing but the standard library in public
headers."""

import re

import source_tree

SOURCES = re.compile(r"lib/.*\.cc$")
# What is included, what code calls it (None: the include says it all), and where it may appear.
THIRD_PARTIES = {
    "V8": (r"(v8|v8-.*|v8config)\.h$|libplatform/|cppgc/|node", r"\bv8::", re.compile(r"lib/engine/v8_")),
    "libuv": (r"uv(/.*)?\.h$|uv/", r"\buv_[a-z]+\s*\(", re.compile(r"lib/(runtime/uv_|adapters/)")),
    "SQLite": (r"sqlite3", r"\bsqlite3_\w+\s*\(", re.compile(r"lib/adapters/sqlite/")),
    "libpq": (r"libpq|postgresql/", r"\bPQ[a-z]\w+\s*\(", re.compile(r"lib/adapters/postgres/")),
    "libcurl's URLs": (r"curl/", r"\bcurl_url\w*\s*\(", re.compile(r"lib/policy/egress/url\w*\.cc$|lib/adapters/curl/")),
    "libcurl": (r"curl/(?!curl\.h)", r"\bcurl_(?!url|free)\w+\s*\(", re.compile(r"lib/adapters/curl/")),
    "c-ares": (r"ares", r"\bares_[a-z]\w+\s*\(", re.compile(r"lib/adapters/dns/")),
    "libidn2": (r"idn2", r"\bidn2_\w+\s*\(", re.compile(r"lib/policy/egress/host_name\.cc$")),
    "RE2": (r"re2/", r"\bRE2::|\bre2::", re.compile(r"lib/policy/(request/parameter|events/text)_pattern\.cc$")),
    "date": (r"date/", r"\bdate::", re.compile(r"lib/policy/events/time_zone\.cc$")),
    "nlohmann/json": (r"nlohmann/", r"\bnlohmann::", SOURCES),
    "fmt": (r"fmt/", r"\bfmt::", SOURCES),
    "OpenSSL": (r"openssl/", r"\b(EVP|SHA256|RAND)_\w+\s*\(", SOURCES),
}


def check_one(path, source, name):
    included_as, used_as, place = THIRD_PARTIES[name]
    if place.match(path):
        return
    for line, included, _ in source_tree.includes(source):
        if re.match(included_as, included):
            yield f"{path}:{line}: {name} may not be included here ({included})"
    code = source_tree.blank_text(source)
    for match in re.finditer(used_as, code):
        yield f"{path}:{source_tree.line_of(code, match.start())}: {name} may not be used here"


def check(tree):
    for path in tree.files(["lib", "include"], source_tree.CODE):
        source = tree.read(path)
        for name in THIRD_PARTIES:
            yield from check_one(path, source, name)
    for path in tree.files(["include"], source_tree.CODE):
        for line, included, angle in source_tree.includes(tree.read(path)):
            if angle and not re.fullmatch(r"[a-z_]+", included):
                yield f"{path}:{line}: a public header includes <{included}>"


if __name__ == "__main__":
    source_tree.main(check)
