// Keeps a help desk's tickets and a tracker's issues in step, both ways. An event may come twice
// and an answer may get lost, so whatever was done is remembered after it was done, and every
// request has a key by which the service knows that it had it before.
const MINE = "ticket-sync";
const MONTH = 30 * 86400;

export async function onTicketCreate({ data: { ticket } }, { request, kv }) {
  const known = await kv.get(`ticket:${ticket.id}`);
  if (known) return { issue: known, again: true };
  // Somebody may have named the issue already; otherwise there is none.
  const issue =
    ticket.issue ?? read("createIssue", await request("createIssue", { context: { ticket } })).key;
  await kv
    .transaction()
    .set(`ticket:${ticket.id}`, issue)
    .update(`issue:${issue}`, [{ op: "union", value: [ticket.id] }])
    .commit();
  return { issue };
}

export async function onNoteCreate({ data: { note } }, { request, kv }) {
  // What this extension replied comes back as a note.
  if (note.client === MINE) return { skipped: "mine" };
  const issue = await kv.get(`ticket:${note.ticket}`);
  if (!issue) return { skipped: "no issue" };
  if (await kv.get(`note:${note.id}`)) return { issue, again: true };
  read("addComment", await request("addComment", { context: { issue, note } }));
  await kv.set(`note:${note.id}`, issue, { if: "absent", ttl: MONTH });
  return { issue };
}

export async function onIssueResolved({ data: { issue } }, { request, kv }) {
  const tickets = (await kv.get(`issue:${issue.key}`)) ?? [];
  const tried = await Promise.allSettled(
    tickets.map((ticket) => replyOnce(request, kv, ticket, issue)),
  );
  const failed = tried.find(({ status }) => status === "rejected");
  // The host tries the event again, and those who have their reply get no other.
  if (failed) throw failed.reason;
  return { replied: tried.filter(({ value }) => value).length };
}

async function replyOnce(request, kv, ticket, issue) {
  const key = `reply:${ticket}:${issue.key}:${issue.resolution}`;
  if (await kv.get(key)) return false;
  const text = `Issue ${issue.key} is resolved: ${issue.comment}`;
  read("reply", await request("reply", { context: { ticket, text, key } }));
  const { ok } = await kv.set(key, true, { if: "absent", ttl: MONTH });
  return ok;
}

function read(name, answer) {
  if (!answer.ok) throw new Error(`${name}: status ${answer.status}`);
  return answer.json();
}
