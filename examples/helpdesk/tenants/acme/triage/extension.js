// Routes new tickets to a team, sets the SLA, and answers refund requests at once.
import { refundReply } from "./lib/replies.js";
import { routeFor, slaMinutes } from "./lib/routes.js";

const ORDER = /\b([A-Z]-\d{4,6})\b/;
const URGENT = /\b(urgent|asap|immediately|outage|down)\b/i;
const REFUND = /\b(refund|money back|charge ?back|charged twice)\b/i;

export function onTicketCreate(event, { log }) {
  const { ticket } = event.data;
  const text = `${ticket.subject}\n${ticket.body}`;
  const urgent = URGENT.test(text);
  const order = ORDER.exec(text)?.[1] ?? null;
  const answer = {
    team: routeFor(ticket.tags, text),
    priority: urgent ? "urgent" : "normal",
    slaMinutes: slaMinutes({ urgent, vip: ticket.requester.plan === "enterprise" }),
  };
  if (REFUND.test(text)) {
    answer.tags = ["refund"];
    answer.reply = refundReply(ticket.requester, order);
  }
  log.info(`ticket ${ticket.id} goes to ${answer.team}`);
  return answer;
}

export function onTicketUpdate(event) {
  const { ticket, before } = event.data;
  const raised = ticket.priority === "urgent" && before.priority !== "urgent";
  return raised ? { team: "on-call", slaMinutes: 30 } : {};
}
