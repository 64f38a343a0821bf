// Who was told of the urgent alerts of a case. Those that nobody was told of stand in the strip.

import { el } from "./dom.js";

/** The alerts of *record* somebody was told of, in words: { id, head, rest } each. */
export const toldAlerts = (record) =>
  (record?.alerts ?? []).filter(({ told }) => told).map(({ id, level, words, told }) =>
    ({ id, head: [level, words].filter(Boolean).join(": "), rest: `told: ${told}` }));

const row = ({ id, head, rest }) =>
  el("li", { class: "vcf-alert-told", "data-alert": id }, [
    el("span", { class: "vcf-icon", "aria-hidden": "true" }, ["✓"]), el("strong", {}, [head]), ` ${rest}`,
  ]);

/** Those alerts as an element, or null without any. */
export function alertList(record) {
  const told = toldAlerts(record);
  return told.length ? el("ul", { class: "vcf-list vcf-alerts", "aria-label": "Urgent alerts, told" }, told.map(row)) : null;
}
