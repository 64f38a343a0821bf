// The urgent alerts of a case: what was raised, and who was told.

import { el } from "./dom.js";

/** The alerts of *record* nobody has been told of yet come first. */
export const alertsOf = (record) =>
  [...(record?.alerts ?? [])].sort((a, b) => Boolean(a.told) - Boolean(b.told));

/** One alert in words: { head, rest, open }. */
export function alertWords({ level, words, raised, told }) {
  const what = [level, words].filter(Boolean).join(": ");
  if (told) return { head: what, rest: `told: ${told}`, open: false };
  return { head: what, rest: `raised ${raised}, nobody told yet`, open: true };
}

function row(alert) {
  const { head, rest, open } = alertWords(alert);
  return el("li", { class: open ? "vcf-alert-open" : "vcf-alert-told", "data-alert": alert.id, "data-told": String(!open) }, [
    el("span", { class: "vcf-icon", "aria-hidden": "true" }, [open ? "!" : "✓"]),
    el("strong", {}, [head]), ` ${rest}`,
  ]);
}

/** The list of alerts of *record* as an element, or null without any. */
export function alertList(record) {
  const alerts = alertsOf(record);
  return alerts.length ? el("ul", { class: "vcf-list vcf-alerts", "aria-label": "Urgent alerts" }, alerts.map(row)) : null;
}
