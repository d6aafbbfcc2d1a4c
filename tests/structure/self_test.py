# SPDX-License-Identifier: Apache-2.0
"""Each structure check finds a violation that is planted for it, and nothing in a clean tree."""

import os
import pathlib
import shutil
import tempfile
import unittest

import check_budgets
import check_header_notes
import check_layers
import check_manners
import check_root
import check_third_parties
import check_thread_safety
import check_words
import source_tree

NOTES = "// Ownership: a.\n// Thread safety: b.\n// Blocking: c,\n//   more.\n// Errors: d.\n"


class CheckTest(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        self.write("include/sublet/a.h", f'#include <string>\n#include "sublet/b.h"\n{NOTES}class A {{\n}};\n')
        self.write("lib/base/a.h", "#include <mutex>\n")
        self.write("lib/host/a.cc", '#include <fmt/core.h>\n#include "base/a.h"\n#include "sublet/a.h"\n')
        for name in ("examples/a.cc", "tests/a.cc", "CMakeLists.txt", "LICENSE"):
            self.write(name, "\n")

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def findings(self, check):
        return list(check(source_tree.Tree(self.root)))

    def expect(self, check, *fragments):
        """One finding for each fragment and no other; none before anything is planted."""
        findings = self.findings(check)
        self.assertEqual(len(findings), len(fragments), findings)
        for finding, fragment in zip(findings, fragments):
            self.assertIn(fragment, finding)

    def test_a_clean_tree_has_no_findings(self):
        for check in (check_layers, check_third_parties, check_header_notes, check_words,
                      check_root, check_budgets, check_manners):
            self.assertEqual(self.findings(check.check), [], check.__name__)

    def test_layers(self):
        self.write("lib/base/a.h", '#include "runtime/a.h"\n')
        self.write("lib/engine/a.cc", '#include "a.h"\n')
        self.write("lib/stray/a.cc", "\n")
        self.write("include/sublet/b.h", '#include "base/a.h"\n')
        self.expect(check_layers.check, "base may not include runtime", "not written by its layer",
                    "is in no layer", 'public header includes "base/a.h"')

    def test_third_parties(self):
        self.write("lib/engine/v8_a.h", "#include <v8.h>\nv8::Isolate* a;\n")
        self.write("lib/runtime/uv_a.h", "#include <uv.h>\n")
        self.write("lib/policy/egress/url.cc", "#include <curl/curl.h>\nauto a = curl_url();\n")
        self.expect(check_third_parties.check)
        self.write("lib/engine/a.cc", "#include <v8-isolate.h>\n")
        self.write("lib/engine/b.cc", "// v8::Isolate in a comment\nv8::Isolate* b;\n")
        self.write("lib/host/a.h", "#include <nlohmann/json.hpp>\n")
        self.write("lib/host/b.cc", "#include <uv.h>\n")
        self.write("include/sublet/b.h", "#include <sys/types.h>\n")
        self.write("lib/policy/egress/url.cc", "#include <curl/curl.h>\nauto a = curl_easy_init();\n")
        self.write("lib/policy/egress/a.cc", "auto a = curl_url();\n")
        self.expect(check_third_parties.check, "V8 may not be included", "b.cc:2: V8 may not be used",
                    "nlohmann/json may not be included", "libuv may not be included",
                    "libcurl's URLs may not be used", "url.cc:2: libcurl may not be used",
                    "a public header includes <sys/types.h>")

    def test_header_notes(self):
        wrong_order = NOTES.replace("Ownership", "X").replace("Errors", "Ownership")
        self.write("include/sublet/b.h",
                   f"enum class E {{ a }};\nclass F;\n{NOTES}template <class T>\n"
                   f"class [[nodiscard]] G {{}};\n{wrong_order}class SUBLET_EXPORT H {{}};\nclass I {{}};\n")
        self.expect(check_header_notes.check, "class H needs", "class I needs")

    def test_words(self):
        self.write("lib/engine/v8_a.cc", "v8::ScriptOrigin javascript; // JavaScript, SIGKILL\n")
        self.write("docs/a.md", "An isolate is not a sandbox; describe what is skilled.\n")
        self.write("lib/engine/fake.h", "// a scripted fake in a sandboxed process\n")
        self.expect(check_words.check)
        self.write("lib/host/b.h", "void kill_tenant();\nint pluginCount;\n// a sandboxed isolate\n")
        self.write("docs/a.md", "Jobs run in a sandboxed isolate.\n")
        self.expect(check_words.check, "b.h:1: 'kill'", "b.h:2: 'plugin'", "b.h:3: an isolate is no",
                    "a.md:1: 'Jobs'", "a.md:1: an isolate is no")

    def test_root(self):
        self.write("build-x/a", "")
        self.write(".git/a", "")
        self.expect(check_root.check)
        self.write("src/a.cc", "")
        self.write("TODO", "")
        (self.root / "LICENSE").unlink()
        self.expect(check_root.check, "TODO: does not", "src: does not", "LICENSE: is missing")

    def test_budgets(self):
        body = "  a();\n" * 58
        wrapped = "namespace n {\nclass C {\n " + "int x;\n" * 100 + "};\n}\n"
        self.write("lib/base/b.cc", f"{wrapped}void f() {{\n{body}}}\nint a[] = {{\n{body * 2}}};\n")
        self.expect(check_budgets.check)
        self.write("lib/base/b.cc", f"template <class T>\nvoid C::f(\n    int a) const {{\n{body}}}\n")
        self.write("lib/base/c.cc", f"C::C() : a_(b), c_{{}} {{\n{body}\n}}\n")
        self.write("lib/base/d.h", "\n" * 401)
        self.write("tests/e.cc", "\n" * 600)
        self.expect(check_budgets.check, "b.cc:1: a function of 62", "c.cc:1: a function of 61", "d.h:1: 401 lines")

    def test_manners(self):
        self.write("lib/base/b.cc",
                   "void Slot::exit() {\n  // abort()\n  const char* a = \"printf(\";\n"
                   "  snprintf(b, 1, a); c->abort();\n}\n")
        self.expect(check_manners.check)
        self.write("lib/base/b.cc",
                   "std::cerr << 1;\n  printf(a);\n  std::abort();\n  _exit(1);\n  ::signal(1, f);\n"
                   "  setlocale(a, b);\n  if (x) std::terminate();\n")
        self.expect(check_manners.check, "b.cc:1: prints", "b.cc:2: prints", "b.cc:3: ends",
                    "b.cc:4: ends", "b.cc:5: changes signals", "b.cc:6: changes the locale", "b.cc:7: ends")

    @unittest.skipUnless(os.environ.get("CLANG"), "needs clang")
    def test_thread_safety(self):
        real = pathlib.Path(__file__).resolve().parents[2] / "lib/base/mutex.h"
        shutil.copy(real, self.root / "lib/base/mutex.h")
        guarded = ("struct S {{\n  int get() {{\n    {lock}\n    return value;\n  }}\n"
                   "  sublet::base::Mutex mutex;\n  int value SUBLET_GUARDED_BY(mutex) = 0;\n}};\n")
        self.write("lib/base/user.h", '#include "base/mutex.h"\n')

        def findings(lock):
            self.write("lib/base/user.cc", '#include "base/user.h"\n' + guarded.format(lock=lock))
            return list(check_thread_safety.check(source_tree.Tree(self.root), os.environ["CLANG"], []))

        self.assertEqual(findings("sublet::base::MutexLock lock(mutex);"), [])
        self.assertIn("requires holding mutex 'mutex'", "".join(findings("")))


if __name__ == "__main__":
    unittest.main()
