#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the hostile programs that are too large to be kept: generate_large.py FOLDER.

A bundle's file may have 2 MB. Each construct comes as large as fits, so that it is compiled, and some
come far beyond, so that they are refused."""

import pathlib
import sys

FITS = 2_000_000
REFUSED = 20_000_000


# What is too deep for the parser is refused; what is not may be too deep for what comes after it.
DEPTHS = [5_000, 50_000]


def nested(opening, middle, closing, before="", after="", at_most=FITS):
    """One construct inside itself, as often as fits."""
    fits = (FITS - len(before) - len(middle) - len(after)) // (len(opening) + len(closing))
    times = min(fits, at_most)
    return before + opening * times + middle + closing * times + after


def in_a_row(make, before="", after="", size=FITS):
    """make(0), make(1) and so on, as many as fit."""
    parts, length, number = [], len(before) + len(after), 0
    while True:
        part = make(number)
        if length + len(part.encode()) > size:
            return before + "".join(parts) + after
        parts.append(part)
        length += len(part.encode())
        number += 1


NESTED = {
    "parentheses": ("(", "1", ")", "void ", ";"),
    "arrays": ("[", "", "]", "void ", ";"),
    "objects": ("{a:", "1", "}", "void ", ";"),
    "blocks": ("{", ";", "}"),
    "functions": ("function f(){", "", "}"),
    "function_expressions": ("(function(){", "", "})();"),
    "arrows": ("()=>", "1", "", "void (", ");"),
    "arrow_parameters": ("(a=", "1", ")=>a", "void ", ";"),
    "async_arrows": ("async()=>await ", "1", "", "void (", ");"),
    "generators": ("function*g(){yield*", "1", "}", "void (", ");"),
    "classes": ("class A{m(){", "", "}}"),
    "class_heritage": ("class extends ", "Object", "{}", "void (", ");"),
    "static_blocks": ("class A{static{", "", "}}"),
    "templates": ("`${", "1", "}`", "void ", ";"),
    "ternaries": ("1?", "1", ":0", "void (", ");"),
    "negations": ("!", "1", "", "void ", ";"),
    "signs": ("- ", "1", "", "void ", ";"),
    "typeofs": ("typeof ", "1", "", "void ", ";"),
    "awaits": ("await ", "1", "", "void (", ");"),
    "news": ("new ", "Object", "", "void ", ";"),
    "calls": ("f(", "", ")", "const f=x=>x;void ", ";"),
    "calls_of_results": ("", "f", "()", "const f=()=>f;void ", ";"),
    "members": ("", "f", ".a", "const f={};void ", ";"),
    "optional_chains": ("", "f", "?.a", "const f={};void ", ";"),
    "elements": ("", "f", "[0]", "const f=[];void ", ";"),
    "sums": ("", "1", "+1", "void (", ");"),
    "powers": ("1**", "1", "", "void (", ");"),
    "texts_added": ("", "'a'", "+'b'", "void (", ");"),
    "coalescing": ("", "null", "??null", "void (", ");"),
    "commas": ("", "1", ",1", "void (", ");"),
    "assignments": ("a=", "1", "", "let a;", ";"),
    "ifs": ("if(1)", ";", ""),
    "elses": ("if(0);else ", ";", ""),
    "fors": ("for(;0;)", ";", ""),
    "whiles": ("while(0)", ";", ""),
    "tries": ("try{", "", "}finally{}"),
    "catches": ("try{}catch{", "", "}"),
    "switches": ("switch(0){case 0:", "", "}"),
    "patterns": ("{a:", "x", "}={}", "let ", "={};"),
    "array_patterns": ("[", "x", "]=[]", "let ", "=[];"),
    "spreads": ("[...", "[]", "]", "void ", ";"),
    "pattern_groups": ("(?:", "a", ")", "void /", "/.test('a');"),
    "pattern_lookaheads": ("(?=", "a", ")", "void /", "/.test('a');"),
    "pattern_classes": ("[^", "a", "]", "void /", "/.test('a');"),
}

IN_A_ROW = {
    "functions": (lambda n: f"function f{n}(){{}}\n",),
    "functions_called": (lambda n: f"(()=>{n})();\n",),
    "closures": (lambda n: f"()=>a+{n},", "let a;const all=[", "];for(const f of all)f();"),
    "classes": (lambda n: f"class C{n}{{#p=1;m(){{}}}}\n",),
    "variables": (lambda n: f"let v{n}={n};\n",),
    "globals": (lambda n: f"globalThis.g{n}={n};\n",),
    "parameters": (lambda n: f"p{n},", "function f(", "last){return last}f();"),
    "default_parameters": (lambda n: f"p{n}=p{max(0, n - 1)}||{n},", "function f(", "last){return last}f(1);"),
    "arguments": (lambda n: "0,", "((...all)=>all.length)(", "0);"),
    "elements_of_numbers": (lambda n: "1,", "void [", "1];"),
    "elements_of_objects": (lambda n: "{a:1},", "void [", "1];"),
    "elements_of_holes": (lambda n: ",", "void [", "];"),
    "names": (lambda n: f"a{n}:{n},", "void {", "z:0};"),
    "computed_names": (lambda n: f"['a'+{n}]:0,", "void {", "z:0};"),
    "accessors": (lambda n: f"get a{n}(){{return 1}},", "void {", "z:0};"),
    "spreads": (lambda n: "...a,", "const a=[1];void [", "1];"),
    "substitutions": (lambda n: "${a}", "const a=1;void `", "`;"),
    "templates_with_tags": (lambda n: f"t`a{n}`;", "const t=x=>x;", ""),
    "texts": (lambda n: f"'text{n}',", "void [", "1];"),
    "doubles": (lambda n: f"{n}.5e-{n % 300},", "void [", "1];"),
    "bigints": (lambda n: f"{n}n,", "void [", "1];"),
    "patterns": (lambda n: f"/a{n}/u,", "const all=[", "1];"),
    "patterns_used": (lambda n: f"/(?:a{n}|b)+/.test('ab');\n",),
    "alternatives": (lambda n: f"{n}|", "void /", "x/.test('y');"),
    "named_groups": (lambda n: f"(?<n{n}>a)?", "void /", "/.exec('a');"),
    "cases": (lambda n: f"case {n}:break;", "switch(1){", "}"),
    "labels": (lambda n: f"l{n}:", "", ";"),
    "tries": (lambda n: "try{a()}catch{}finally{}\n", "const a=()=>1;"),
    "yields": (lambda n: "yield 1;", "for(const x of (function*(){", "})());"),
    "awaits": (lambda n: "await 1;",),
    "private_names": (lambda n: f"#a{n};", "class A{", "}new A();"),
    "fields": (lambda n: f"a{n}={n};", "class A{", "}new A();"),
    "imports": (lambda n: f'import * as m{n} from "./prelude.js";\n',),
    "exports": (lambda n: f"export const e{n}={n};\n",),
    "semicolons": (lambda n: ";",),
    "lines": (lambda n: "\n",),
    "comments": (lambda n: "/**/",),
    "spaces": (lambda n: "\u2028",),
}

GIANT = {
    "comment": lambda size: "/*" + "c" * (size - 4) + "*/",
    "line_comment": lambda size: "//" + "c" * (size - 2),
    "text": lambda size: "void '" + "t" * (size - 8) + "';",
    "text_of_escapes": lambda size: "void '" + "\\u{1f600}" * ((size - 8) // 9) + "';",
    "template": lambda size: "void `" + "t\n" * ((size - 8) // 2) + "`;",
    "number": lambda size: "void " + "9" * (size - 6) + ";",
    "number_with_exponent": lambda size: "void 1e" + "9" * (size - 8) + ";",
    "bigint": lambda size: "void " + "9" * (size - 7) + "n;",
    "bigint_hexadecimal": lambda size: "void 0x" + "f" * (size - 9) + "n;",
    "name": lambda size: "let " + "n" * (size - 5) + ";",
    "name_of_escapes": lambda size: "let " + "\\u0061" * ((size - 5) // 6) + ";",
    "pattern": lambda size: "void /" + "p" * (size - 8) + "/;",
    "pattern_used": lambda size: "/" + "p?" * ((size - 12) // 2) + "/.test('p');",
    "pattern_class": lambda size: "/[" + "a-z" * ((size - 16) // 3) + "]/iu.test('p');",
    "json_in_text": lambda size: "JSON.parse('" + "[" * (size - 15) + "');",
    "source_map": lambda size: "//# sourceMappingURL=data:application/json;base64," + "A" * (size - 60),
}

BEYOND = ["comment", "text", "number", "bigint", "pattern", "name"]


def programs():
    for name, parts in NESTED.items():
        intent = f"{name.replace('_', ' ')} inside each other"
        yield f"nested_{name}", intent, nested(*parts)
        for depth in DEPTHS:
            yield f"nested_{name}_{depth}", intent, nested(*(parts + ("", ""))[:5], depth)
    for name, (make, *around) in IN_A_ROW.items():
        yield f"many_{name}", f"as many {name.replace('_', ' ')} as fit", in_a_row(make, *around)
    for name, make in GIANT.items():
        yield f"giant_{name}", f"one {name.replace('_', ' ')} as large as fits", make(FITS - 200)
    for name in BEYOND:
        yield f"beyond_{name}", f"one {name} of 20 MB", GIANT[name](REFUSED)
    yield ("beyond_functions", "a million functions",
           "".join(f"function f{n}(){{}}\n" for n in range(1_000_000)))
    thousand = ",".join(f"p{n}" for n in range(1000))
    yield ("thousand_parameters", "a function of a thousand parameters, called for ever",
           f"function f({thousand}){{return p999}}\nfor(;;)f({thousand.replace('p', '')});")


def main():
    folder = pathlib.Path(sys.argv[1]) / "large"
    folder.mkdir(parents=True, exist_ok=True)
    for name, intent, text in programs():
        text = f"// EXPECT ANY: {intent}\n{text}\n"
        (folder / f"{name}.js").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
