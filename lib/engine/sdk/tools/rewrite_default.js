// SPDX-License-Identifier: Apache-2.0
// `export default` becomes a declaration of a name that the module does not use. The lengths agree:
// "export default" is as long as "const $dflt = " and "async function", "function" and "class" are
// no shorter than the name.
const nameLength = 5;

function unusedName(source) {
  for (let i = 0; ; i++) {
    const name = `$${i === 0 ? "dflt" : i.toString(36).padStart(nameLength - 1, "_")}`;
    if (!source.includes(name)) return name;
  }
}

export function rewriteDefault(node, edits) {
  const { source } = edits;
  const { declaration } = node;
  const keywordEnd = defaultKeywordEnd(source, node.start);
  const replaceHeader = (text) => {
    if (!edits.fits(node.start, keywordEnd, text)) {
      throw Object.assign(
        new Error("write `export default` on one line, without a comment inside"),
        { position: node.loc.start },
      );
    }
    edits.overwrite(node.start, keywordEnd, text);
  };
  const declares =
    declaration.type === "FunctionDeclaration" || declaration.type === "ClassDeclaration";
  if (declares && declaration.id) {
    edits.overwrite(node.start, keywordEnd, ";");
    return declaration.id.name;
  }
  const name = unusedName(source);
  if (declaration.type === "ClassDeclaration") {
    replaceHeader("class");
    edits.overwrite(declaration.start, declaration.start + "class".length, name);
  } else if (declaration.type === "FunctionDeclaration") {
    replaceHeader(declaration.async ? "async function" : "function");
    nameFunction(declaration, edits, name);
  } else {
    replaceHeader(`const ${name} = `);
  }
  return name;
}

// Turns the words before the parameters, "async function *", into "* name".
function nameFunction(declaration, edits, name) {
  const { source } = edits;
  let at = declaration.start;
  if (declaration.async) {
    edits.overwrite(at, at + "async".length, declaration.generator ? "*" : "");
    at = skipSpace(source, at + "async".length);
  }
  const star = declaration.generator && !declaration.async;
  edits.overwrite(at, at + "function".length, star ? `* ${name}` : name);
  if (declaration.generator) {
    at = skipSpace(source, at + "function".length);
    edits.overwrite(at, at + 1, "");
  }
}

function defaultKeywordEnd(source, start) {
  return skipSpace(source, start + "export".length) + "default".length;
}

// The first position from `at` on that is neither space nor comment.
function skipSpace(source, at) {
  const space = /(?:\s|\/\/.*|\/\*[^]*?\*\/)*/y;
  space.lastIndex = at;
  space.test(source);
  return space.lastIndex;
}
