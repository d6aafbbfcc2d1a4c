// SPDX-License-Identifier: Apache-2.0
// Makes the two large inputs: the 1 MB event and the 100 KB bundle. Deterministic, plain ECMAScript:
// the benchmarks run it in their own V8. Its output must stay the same, byte by byte.
let seed = 42; const rnd = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
const pick = a => a[Math.floor(rnd() * a.length)];
const bodies = [
  "Hello team, I was charged twice for order A-10293 last Tuesday and I would like my money back for the second payment. The confirmation mail says 129.00 EUR but my bank statement shows two bookings of the same amount. Could you look into this? I have attached the statement. We need this resolved before the month closes, thank you very much. Best regards, Jane",
  "Since the last release our export job has stopped at 40 percent every night. The log says timeout after 300 seconds. Nothing else was changed on our side. Could someone from engineering have a look please? We can give access to the staging account if that helps you to find the cause.",
  "We want to add twelve seats to our plan from next quarter and would like an offer with the yearly discount that was mentioned in the call. Please send it to our purchasing address and put me in copy. The contract number is C-20771 and the current plan is Pro with forty seats.",
];
function ticket(id) {
  return {
    id, subject: pick(['Refund request for order A-10293', 'Export job stops at 40 percent', 'Offer for twelve more seats', 'Outage on the EU cluster, please help asap']),
    body: pick(bodies), status: 'open', priority: pick(['low', 'normal', 'high']), channel: pick(['email', 'web', 'chat']),
    tags: pick([['billing', 'vip', 'eu'], ['tech'], ['sales', 'q4'], ['other']]),
    requester: { id: 900 + Math.floor(rnd() * 99), name: pick(['Jane Doe', 'Max Mustermann', 'Ana Souza']), email: 'jane.doe@example.com', locale: pick(['en-GB', 'de-DE', 'pt-BR']), plan: pick(['free', 'pro', 'enterprise']) },
    assignee: null, custom: { order_id: 'A-10293', region: 'eu-west', amount_cents: Math.floor(rnd() * 60000), source: 'shop', first_contact: false },
    created_at: '2025-11-03T10:22:31.511Z', updated_at: '2025-11-03T10:22:31.511Z',
  };
}

// One ticket is drawn and dropped: the inputs' first use of it is the small event.
ticket(48213);
function makeLargeEvent() {
  const batch = { type: 'ticket.batch', id: 'evt_batch', tenant: 'acme', tickets: [] };
  let size = 0, i = 0;
  while (size < 1024 * 1024 - 200) {
    const t = ticket(50000 + i++);
    batch.tickets.push(t);
    size += JSON.stringify(t).length + 1;
  }
  return JSON.stringify(batch);
}

// A module body of about 1.6 KB, in several shapes.
const words = 'order ticket invoice customer agent queue label route policy window quota token batch cursor filter metric report locale format parse merge index cache retry limit stage field value state event action rule score'.split(' ');
const cap = s => s[0].toUpperCase() + s.slice(1);
function modBody(n) {
  const a = words[n % words.length], b = words[(n * 7 + 3) % words.length], c = words[(n * 13 + 5) % words.length];
  const A = cap(a), B = cap(b), C = cap(c);
  const kind = n % 4;
  if (kind === 0) return `
    var ${A}Error = class extends Error { constructor(code, message, detail) { super(message); this.name = '${A}Error'; this.code = code; this.detail = detail; } };
    function assert${A}(value, name) {
      if (value === null || value === undefined) throw new ${A}Error('missing', 'the ${a} ' + name + ' is missing', { name: name });
      if (typeof value !== 'object') throw new ${A}Error('type', 'the ${a} ' + name + ' is not an object', { name: name, type: typeof value });
      return value;
    }
    class ${A}Store {
      constructor(options) { this.options = Object.assign({ limit: ${100 + n}, ttl: ${n * 30}, strict: false }, options); this.items = new Map(); this.hits = 0; this.misses = 0; }
      get(key) { const e = this.items.get(key); if (e === undefined) { this.misses++; return undefined; } if (e.until < e.now) { this.items.delete(key); this.misses++; return undefined; } this.hits++; return e.value; }
      set(key, value, now) { if (this.items.size >= this.options.limit) { const first = this.items.keys().next().value; this.items.delete(first); } this.items.set(key, { value: value, now: now || 0, until: (now || 0) + this.options.ttl }); return this; }
      update(key, fn) { const old = this.get(key); const next = fn(old === undefined ? {} : old); this.set(key, next, 0); return next; }
      *entriesOf(prefix) { for (const [k, v] of this.items) if (k.startsWith(prefix)) yield [k, v.value]; }
      toJSON() { return { kind: '${a}', size: this.items.size, hits: this.hits, misses: this.misses }; }
    }
    exports.${A}Error = ${A}Error; exports.assert${A} = assert${A}; exports.${A}Store = ${A}Store;`;
  if (kind === 1) return `
    var ${a.toUpperCase()}_RE = /^(${a}|${b})[-_:]?([a-z0-9]{2,${4 + n % 9}})(?:\\/(\\d+))?$/i;
    var ${b.toUpperCase()}_TABLE = { ${words.slice(n % 20, n % 20 + 8).map((w, k) => `${w}: { weight: ${(k * 37 + n) % 100}, label: '${cap(w)} ${a}', aliases: ['${w}s', '${w}_${k}'] }`).join(', ')} };
    function parse${A}(text) { const m = ${a.toUpperCase()}_RE.exec(String(text)); if (!m) return null; return { kind: m[1].toLowerCase(), id: m[2], part: m[3] === undefined ? 0 : Number(m[3]) }; }
    function format${A}(value) { if (!value) return ''; let out = value.kind + '-' + value.id; if (value.part) out += '/' + value.part; return out; }
    function weight${B}(name) { const row = ${b.toUpperCase()}_TABLE[name]; if (row) return row.weight; for (const key in ${b.toUpperCase()}_TABLE) if (${b.toUpperCase()}_TABLE[key].aliases.includes(name)) return ${b.toUpperCase()}_TABLE[key].weight; return 0; }
    function rank${C}(list) { return list.map(function (x, i) { return { x: x, i: i, w: weight${B}(x) }; }).sort(function (p, q) { return q.w - p.w || p.i - q.i; }).map(function (r) { return r.x; }); }
    exports.parse${A} = parse${A}; exports.format${A} = format${A}; exports.weight${B} = weight${B}; exports.rank${C} = rank${C};`;
  if (kind === 2) return `
    const is${A} = (v) => typeof v === 'string' && v.length > 0 && v.length < ${64 + n};
    const schema${A} = { id: { type: 'number', min: ${n} }, name: { type: 'string', max: ${80 + n} }, ${b}: { type: 'string', optional: true }, ${c}s: { type: 'array', max: ${10 + n} } };
    function check${A}(input, path = '${a}') {
      const errors = [];
      for (const [key, rule] of Object.entries(schema${A})) {
        const v = input[key];
        if (v === undefined) { if (!rule.optional) errors.push(\`\${path}.\${key}: required\`); continue; }
        switch (rule.type) {
          case 'number': if (typeof v !== 'number' || Number.isNaN(v) || (rule.min !== undefined && v < rule.min)) errors.push(\`\${path}.\${key}: number\`); break;
          case 'string': if (!is${A}(v) || (rule.max !== undefined && v.length > rule.max)) errors.push(\`\${path}.\${key}: string\`); break;
          case 'array': if (!Array.isArray(v) || v.length > rule.max) errors.push(\`\${path}.\${key}: array\`); break;
          default: errors.push(\`\${path}.\${key}: unknown rule \${rule.type}\`);
        }
      }
      return { ok: errors.length === 0, errors };
    }
    async function load${A}(client, id, { retries = 2, fallback = null } = {}) {
      for (let i = 0; i <= retries; i++) { try { const r = await client.get('/${a}s/' + encodeURIComponent(id)); if (r.status === 404) return fallback; return check${A}(r.body).ok ? r.body : fallback; } catch (e) { if (i === retries) throw e; } }
      return fallback;
    }
    exports.is${A} = is${A}; exports.check${A} = check${A}; exports.load${A} = load${A};`;
  return `
    function deep${A}(target, ...sources) { for (const s of sources) { if (!s) continue; for (const k of Object.keys(s)) { const v = s[k]; if (v && typeof v === 'object' && !Array.isArray(v)) target[k] = deep${A}(target[k] || {}, v); else target[k] = v; } } return target; }
    function group${B}(list, key) { const out = {}; for (const item of list) { const k = typeof key === 'function' ? key(item) : item[key]; (out[k] = out[k] || []).push(item); } return out; }
    function chunk${C}(list, size) { const out = []; for (let i = 0; i < list.length; i += size) out.push(list.slice(i, i + size)); return out; }
    function template${A}(text, vars) { return text.replace(/\\{\\{\\s*([a-z_.]+)\\s*\\}\\}/gi, (all, name) => { let v = vars; for (const part of name.split('.')) { if (v == null) return ''; v = v[part]; } return v == null ? '' : String(v); }); }
    function hash${B}(text) { let h = ${2166136261 - n} | 0; for (let i = 0; i < text.length; i++) { h ^= text.charCodeAt(i); h = Math.imul(h, 16777619); } return (h >>> 0).toString(36); }
    const plan${C} = Object.freeze({ free: { ${a}s: ${n}, burst: ${n * 2} }, pro: { ${a}s: ${n * 10}, burst: ${n * 20} }, enterprise: { ${a}s: Infinity, burst: Infinity } });
    function allow${C}(plan, used) { const p = plan${C}[plan] || plan${C}.free; if (used < p.${a}s) return { ok: true, left: p.${a}s - used }; return { ok: used < p.burst, left: 0, reason: 'over ${a} quota' }; }
    exports.deep${A} = deep${A}; exports.group${B} = group${B}; exports.chunk${C} = chunk${C}; exports.template${A} = template${A}; exports.hash${B} = hash${B}; exports.allow${C} = allow${C};`;
}
function bundle(target, head, tail, used) {
  let out = head, n = 0;
  const room = target - tail.length - 200;
  const names = [];
  while (out.length < room) { out += `\n  // src/lib/m${n}.js\n  var require_m${n} = __commonJS({ "src/lib/m${n}.js"(exports, module) { "use strict";${modBody(n)}\n  } });`; names.push(n); n++; }
  // the entry pulls in 'used' share of the modules at load time, as bundles do
  const pull = names.filter(k => (k * 31) % 100 < used * 100).map(k => `  var m${k} = require_m${k}();`).join('\n');
  return out + '\n' + pull + tail;
}
const HEAD = `'use strict';\n(() => {\n  var __commonJS = (cb, mod) => function __require() { return mod || (0, cb[Object.keys(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports; };`;

// `handler` is the text of w1.js.
function makeLargeBundle(handler) {
  const w1 = handler.replace("'use strict';\n", '').split('\n').map(l => '  ' + l).join('\n');
  return bundle(100 * 1024, HEAD, `\n${w1}\n  globalThis.handler = handler;\n})();\n`, 0.5);
}
