// Runs the macros that agents write into notes: "/reply <name>", "/report <rows>". It was written
// in a hurry, and has the mistakes such code has.
const MACROS = {
  thanks: { steps: ["Thank you {{name}}, we are on it."] },
  survey: { steps: ["{{name}}, how did we do? {{link}}"] },
  closing: {},
};

function fill(text, values) {
  // Mistake: a placeholder that has no value is replaced by itself, for ever.
  while (text.includes("{{")) {
    text = text.replace(/\{\{(\w+)\}\}/, (whole, key) => values[key] ?? whole);
  }
  return text;
}

function report(rows) {
  // Mistake: the number comes from the note and is not bounded.
  const table = [];
  for (let i = 0; i < rows; i++) table.push({ row: i, label: `row ${i} of ${rows}` });
  return table.length;
}

export function run(event) {
  const { ticket, note } = event.data;
  const [, command, argument] = /^\/(\w+) ?(\S*)/.exec(note.text) ?? [];
  switch (command) {
    case "reply":
      // Mistake: the macro "closing" has no steps.
      return { reply: fill(MACROS[argument].steps[0], { name: ticket.requester.name }) };
    case "report":
      return { rows: report(Number(argument)) };
    default:
      return {};
  }
}
