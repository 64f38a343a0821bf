// The strip for urgent alerts: asks, as long as one stands open, who was told. Blocks nothing.

import { openAlerts } from "./describe.js";
import { el, fill } from "./dom.js";

const ELSEWHERE = "on another scan";

const words = ({ level, words: why, raised }) => `${[level, why].filter(Boolean).join(": ")}, raised ${raised}`;

/** Keeps which cases have alerts that nobody was told of. */
export function noteAlerts(urgent, record) {
  const open = openAlerts(record);
  if (open.length) urgent.set(record.case, open);
  else urgent.delete(record.case);
}

/** Writes the open alerts of *record*, and of cases just left, into the strip of *room*. */
export function showUrgent(room, record) {
  const { parts, desk } = room;
  const here = openAlerts(record).map(words);
  const others = [...desk.urgent].filter(([id]) => id !== record.case);
  const text = [...here, ...others.flatMap(([, open]) => open.map((one) => `${words(one)} (${ELSEWHERE})`))].join("; ");
  if (parts.urgent.dataset.text === text) return;
  parts.urgent.dataset.text = text;
  if (!text) return void fill(parts.urgent);
  const [other] = others[0] ?? [];
  const open = () => room.visits.moveTo(other, desk.loader.tickets.get(other));
  fill(parts.urgent, el("strong", {}, [`URGENT, nobody told yet: ${text}`]), here.length ? parts.toldButton : null,
    here.length || !other ? null : el("button", { type: "button", class: "vcf-button", onclick: open }, ["Open that scan"]));
}
