# SPDX-License-Identifier: Apache-2.0
"""egress_check as a program: its lines, its exit codes, and the table of spellings through it.

egress_check_test.py <the program>"""

import json
import pathlib
import subprocess
import sys
import unittest

TABLE = json.loads((pathlib.Path(__file__).parent / "ssrf_table.json").read_text(encoding="utf-8"))
PROGRAM = sys.argv.pop(1)


def run(*arguments):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout.splitlines(), done.stderr


class EgressCheckTest(unittest.TestCase):
    def expect(self, arguments, *lines):
        self.assertEqual(run(*arguments), (0, list(lines), ""))

    def test_lines(self):
        self.expect(["https://a.example/"], "egress_denied")
        self.expect(["--allow", "a.example", "https://a.example/", "https://b.example/", "https://127.1/"],
                    "allowed", "egress_denied", "private_address")
        self.expect(["https://a.example/", "--allow=a.example"], "allowed")
        self.expect(["--allow", "*.a.example", "https://b.a.example/", "https://a.example/"],
                    "allowed", "egress_denied")
        self.expect(["--", "--allow"], "bad_url")
        self.expect([""], "bad_url")
        self.expect(["--allow", "::1", "--allow", "127.0.0.1", "https://[::1]/", "https://127.0.0.1/"],
                    "private_address", "private_address")
        self.expect(["--explain", "https://127.0.0.1/"],
                    'private_address: "127.0.0.1" means 127.0.0.1 (loopback)')

    def test_resolutions(self):
        allow = ["--allow", "a.example", "--allow", "b.example"]
        urls = ["https://A.example/", "https://b.example/"]
        self.expect([*allow, "--resolve", "a.example=127.0.0.1", *urls], "private_address", "allowed")
        self.expect([*allow, "--resolve", "A.EXAMPLE=1.1.1.1", "--resolve=b.example=2606:4700::1", *urls],
                    "allowed", "allowed")
        self.expect([*allow, "--resolve", "b.example=1.1.1.1", "--resolve", "b.example=::1", *urls],
                    "allowed", "private_address")
        self.expect([*allow, "--resolve", "b.example=1.1.1.1,10.0.0.1", *urls], "allowed", "private_address")
        self.expect([*allow, "--resolve", "b.example=[fe80::1%eth0]", *urls], "allowed", "private_address")
        self.expect(["--resolve", "c.example=1.1.1.1", "https://c.example/"], "egress_denied")

    def test_an_entry_that_is_no_host_allows_nothing(self):
        for host in ("*", "*.com", "", "127.1", "https://a.example/b"):
            code, lines, errors = run("--allow", host, "https://a.example/", "https://127.1/")
            self.assertEqual((code, lines), (0, ["egress_denied", "private_address"]))
            self.assertIn("allows nothing", errors)

    def test_misuse(self):
        for arguments in ([], ["--allow", "a.example"], ["--resolve"], ["--allow"], ["--nothing", "https://a/"],
                          ["--resolve", "a.example", "https://a/"], ["--resolve", "=1.1.1.1", "https://a/"],
                          ["--resolve", "a=", "https://a/"], ["--resolve", "a=127.1", "https://a/"],
                          ["--resolve", "a=1.1.1.1,", "https://a/"], ["--allowed", "a", "https://a/"]):
            code, lines, errors = run(*arguments)
            self.assertEqual((code, lines), (2, []), arguments)
            self.assertIn("egress_check", errors)
        code, lines, errors = run("--help")
        self.assertEqual((code, errors), (0, ""))
        self.assertIn("--resolve NAME=ADDRESS", lines[0])

    def test_the_table(self):
        allow = [argument for host in TABLE["allow"] for argument in ("--allow", host)]
        by_resolution = {}
        for row in TABLE["rows"]:
            # A zero byte cannot be in an argument.
            if "url" in row and "\0" not in row["url"]:
                by_resolution.setdefault(row.get("resolve"), []).append(row)
        for resolution, rows in by_resolution.items():
            resolve = ["--resolve", resolution] if resolution else []
            self.expect([*allow, *resolve, "--", *(row["url"] for row in rows)], *(row["expect"] for row in rows))


if __name__ == "__main__":
    unittest.main()
