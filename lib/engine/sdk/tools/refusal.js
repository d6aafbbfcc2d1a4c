// SPDX-License-Identifier: Apache-2.0
// What a module may contain that a function body cannot.
const bundle = "bundle the extension into one file, or use the standard realm";

const refused = {
  __proto__: null,
  ImportDeclaration: `a frozen realm takes no import: ${bundle}`,
  ExportAllDeclaration: `a frozen realm takes no re-export: ${bundle}`,
  ImportExpression: `a frozen realm takes no dynamic import(): ${bundle}`,
  MetaProperty: "a frozen realm has no import.meta",
  AwaitExpression: "a frozen realm takes no top-level await: await inside of a handler",
  ForOfStatement: "a frozen realm takes no top-level `for await`: await inside of a handler",
};

function isRefused(node, inFunction) {
  switch (node.type) {
    case "MetaProperty":
      return node.meta.name === "import";
    case "AwaitExpression":
      return !inFunction;
    case "ForOfStatement":
      return node.await && !inFunction;
    case "ExportNamedDeclaration":
      return Boolean(node.source);
    default:
      return node.type in refused;
  }
}

// Whether the children of a node belong to a function of their own.
function opensFunction(node) {
  return /Function/.test(node.type) || node.type === "StaticBlock";
}

function messageOf(node) {
  return refused[node.type] ?? refused.ExportAllDeclaration;
}

// In a function body "<!--" starts a comment; in a module it is three operators.
function htmlComment(tokens) {
  for (let i = 0; i + 2 < tokens.length; i++) {
    const [less, not, minus] = [tokens[i], tokens[i + 1], tokens[i + 2]];
    if (
      less.value === "<" &&
      not.value === "!" &&
      minus.value === "--" &&
      less.end === not.start &&
      not.end === minus.start
    ) {
      return {
        message: "a frozen realm reads `<!--` as a comment: put a space into it",
        position: less.loc.start,
      };
    }
  }
}

// The first construct, in the order of the source, that cannot be rewritten.
export function refusal(program, tokens) {
  let first;
  const work = [{ node: program, inFunction: false }];
  while (work.length > 0) {
    const { node, inFunction } = work.pop();
    if (isRefused(node, inFunction) && (first === undefined || node.start < first.start))
      first = node;
    const inside = inFunction || opensFunction(node);
    for (const key in node) {
      const child = node[key];
      if (child === null || typeof child !== "object" || key === "loc") continue;
      for (const item of Array.isArray(child) ? child : [child]) {
        if (typeof item?.type === "string") work.push({ node: item, inFunction: inside });
      }
    }
  }
  return first === undefined
    ? htmlComment(tokens)
    : { message: messageOf(first), position: first.loc.start };
}
