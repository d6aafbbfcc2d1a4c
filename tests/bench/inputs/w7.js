'use strict';
// W7: what a ticket's requester did before, five gets and two sets an invocation. `kv.get` answers a
// JSON value or undefined, `kv.set` keeps one; both are promises.
async function handler(event) {
  const ticket = event.ticket;
  const who = ticket.requester.id;
  const [config, seen, customer] = await Promise.all([
    kv.get('config'),
    kv.get('count:' + ticket.channel),
    kv.get('customer:' + who),
  ]);
  const last = await kv.get('last:' + who);
  const quota = (await kv.get('quota:' + event.tenant)) ?? config.defaultQuota;
  const count = (seen ?? 0) + 1;
  await Promise.all([
    kv.set('count:' + ticket.channel, count % 1000000),
    kv.set('last:' + who, { ticket: ticket.id, channel: ticket.channel, at: event.at }),
  ]);
  return {
    ok: true,
    ticket: ticket.id,
    tier: customer === undefined ? 'new' : customer.tier,
    repeat: last !== undefined && last.channel === ticket.channel,
    count: count % 7,
    over: count > quota,
    team: config.routes[ticket.tags[0]] ?? config.routes.default,
  };
}
