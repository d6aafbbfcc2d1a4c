const BY_TAG = { billing: "finance", tech: "engineering", sales: "sales", legal: "legal" };
const BY_WORD = [
  [/\b(invoice|charged|payment|refund)\b/i, "finance"],
  [/\b(error|timeout|export|outage|log)\b/i, "engineering"],
  [/\b(seats|plan|offer|discount)\b/i, "sales"],
];

export function routeFor(tags, text) {
  for (const tag of tags) {
    if (Object.hasOwn(BY_TAG, tag)) return BY_TAG[tag];
  }
  return BY_WORD.find(([word]) => word.test(text))?.[1] ?? "front-desk";
}

export function slaMinutes({ urgent, vip }) {
  return Math.min(urgent ? 30 : 480, vip ? 60 : 480);
}
