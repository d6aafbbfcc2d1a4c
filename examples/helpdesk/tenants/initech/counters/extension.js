// Counts tickets by channel and notices when one channel gets loud. State "tenant" keeps `seen` from
// one invocation to the next, for as long as the tenant's isolate lives.
const seen = new Map();
const LOUD = 3;

export function count(event) {
  const { channel } = event.data.ticket;
  const n = (seen.get(channel) ?? 0) + 1;
  seen.set(channel, n);
  return { count: n, tags: n >= LOUD ? [`loud-${channel}`] : [] };
}
