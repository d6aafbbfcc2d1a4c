export async function enrich(event, { host }) {
  const at = await host.clock.now();
  const { plan } = await host.customers.plan(4711);
  return { at, plan };
}
