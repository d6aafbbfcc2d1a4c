// SPDX-License-Identifier: Apache-2.0
// Rewrites an ES module as a function body, for a frozen realm: evaluating the function is
// evaluating the module anew. Runs in an isolate of the engine's own, never in a tenant's.
//
// Every edit keeps the length and the line ends of what it replaces, so that each position in the
// module is the same position in the function, past the prefix on the first line.
import { parse } from "acorn";
import { Edits } from "./edits.js";
import { refusal } from "./refusal.js";
import { rewriteDefault } from "./rewrite_default.js";

const prefix = "(function(){'use strict';"; // kClosurePrefix of engine/closure.h

class Refused extends Error {
  constructor(message, position) {
    super(message);
    this.position = position;
  }
}

function exportedName(node) {
  return node.type === "Literal" ? node.value : node.name;
}

function boundNames(pattern, names = []) {
  switch (pattern?.type) {
    case "Identifier":
      names.push(pattern.name);
      break;
    case "ObjectPattern":
      for (const p of pattern.properties) boundNames(p.value ?? p, names);
      break;
    case "ArrayPattern":
      for (const p of pattern.elements) boundNames(p, names);
      break;
    case "AssignmentPattern":
      boundNames(pattern.left, names);
      break;
    case "RestElement":
      boundNames(pattern.argument, names);
      break;
  }
  return names;
}

// Names that the declaration of an `export` makes.
function declaredNames(declaration) {
  return declaration.type === "VariableDeclaration"
    ? declaration.declarations.flatMap(({ id }) => boundNames(id))
    : [declaration.id.name];
}

function rewriteExports(program, edits, locals) {
  for (const node of program.body) {
    if (node.type === "ExportDefaultDeclaration") {
      locals.set("default", rewriteDefault(node, edits));
    } else if (node.type === "ExportNamedDeclaration" && node.declaration) {
      edits.overwrite(node.start, node.start + "export".length, ";");
      for (const name of declaredNames(node.declaration)) locals.set(name, name);
    } else if (node.type === "ExportNamedDeclaration") {
      edits.overwrite(node.start, node.end, ";");
      for (const { local, exported } of node.specifiers) {
        locals.set(exportedName(exported), local.name);
      }
    }
  }
}

function rewrite(source, exportNames) {
  const tokens = [];
  const program = parse(source, {
    ecmaVersion: "latest",
    sourceType: "module",
    locations: true,
    allowHashBang: true,
    onToken: (token) => {
      if (token.value === "<" || token.value === "!" || token.value === "--") tokens.push(token);
    },
  });
  const found = refusal(program, tokens);
  if (found !== undefined) throw new Refused(found.message, found.position);
  const edits = new Edits(source);
  if (source.startsWith("#!")) edits.overwrite(0, 2, "//");
  const locals = new Map();
  rewriteExports(program, edits, locals);
  const results = exportNames.map((name) => locals.get(name) ?? "void 0");
  return `${prefix}${edits.text()}\n;return [${results.join(",")}]})`;
}

function failure(error) {
  // acorn: `loc`, and the position again in the message.
  const position = error.position ?? error.loc ?? { line: 1, column: 0 };
  const message =
    error instanceof RangeError
      ? "the module is nested too deeply"
      : String(error.message).replace(/ \(\d+:\d+\)$/, "");
  return { error: message, line: position.line, column: position.column + 1 };
}

sdkResult = function transform(source, exportNames) {
  try {
    return { code: rewrite(source, [...exportNames]), prefix: prefix.length };
  } catch (error) {
    return failure(error);
  }
};
