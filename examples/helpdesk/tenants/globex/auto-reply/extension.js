// Greets in the requester's language, and names the tickets that are still open.
const TEXTS = {
  en: ["Hello", "we have received your ticket.", "You already have open:"],
  de: ["Guten Tag", "wir haben Ihre Anfrage erhalten.", "Bereits offen:"],
  fr: ["Bonjour", "nous avons bien reçu votre demande.", "Déjà ouvert :"],
  ja: ["こんにちは", "お問い合わせを受け付けました。", "対応中:"],
};

export async function greet(event, { host }) {
  const { ticket } = event.data;
  const language = ticket.requester.locale.slice(0, 2);
  const [hello, received, open] = TEXTS[language] ?? TEXTS.en;

  // Asks the help desk, which answers from another thread; the worker serves others meanwhile.
  const others = await host.tickets.find({ requester: ticket.requester.email, status: "open" });
  const earlier = others.filter((other) => other.id !== ticket.id);

  const lines = [`${hello} ${ticket.requester.name}, ${received}`];
  if (earlier.length > 0) lines.push(`${open} ${earlier.map((t) => `#${t.id}`).join(", ")}`);
  return { reply: lines.join(" "), tags: [`lang-${language}`] };
}
