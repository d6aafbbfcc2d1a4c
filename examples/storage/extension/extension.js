// Knows who has written before, and how often. What it writes takes effect when it has answered.
export async function onTicketCreate({ data }, { kv }) {
  const key = `customer:${data.from}`;
  const known = await kv.get(key);
  const tickets = (known?.tickets ?? 0) + 1;
  await kv.set(key, { tickets, last: data.subject }, { ttl: 365 * 86400 });
  await kv.increment("tickets");
  return { greeting: known ? `Welcome back, ticket ${tickets}` : "Welcome", all: await kv.get("tickets") };
}
