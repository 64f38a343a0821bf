// A menu or the help, shown over the right column so that the picture stays in sight.

import { el, fill } from "./dom.js";
import { fullList } from "./fidelity.js";
import { sign } from "./keys.js";

const key = (text) => (text ? el("kbd", {}, [sign(text)]) : null);

function optionButton(menu, option, choose) {
  const picked = menu.picked === option.value;
  return el("button", {
    type: "button", class: picked ? "vcf-option vcf-picked" : "vcf-option",
    "aria-pressed": menu.confirms ? String(picked) : null,
    "data-value": option.value, onclick: () => choose(option),
  }, [
    key(option.key),
    el("span", {}, [option.words, option.note ? el("span", { class: "vcf-note" }, [option.note]) : null]
      .filter(Boolean)),
  ]);
}

function groups(menu, choose) {
  const names = [...new Set(menu.options.map((option) => option.group))];
  return names.map((name) =>
    el("div", { class: "vcf-options", role: "group", "aria-label": name || menu.title }, [
      name ? el("h4", {}, [name]) : null,
      ...menu.options.filter((o) => o.group === name).map((o) => optionButton(menu, o, choose)),
    ]),
  );
}

function confirmation(menu, { confirm, write }) {
  if (!menu.confirms) return null;
  const picked = menu.options.find((option) => option.value === menu.picked);
  const words = el("input", {
    type: "text", class: "vcf-words-field", maxlength: "500", id: "vcf-reason-words",
    "aria-required": String(Boolean(picked?.needsText)), oninput: (event) => write(event.target.value),
  });
  words.value = menu.text;
  return el("div", { class: "vcf-confirm" }, [
    picked?.needsText
      ? el("label", { for: "vcf-reason-words" }, ["In a few words (needed; no names):", words])
      : null,
    picked?.note ? el("p", { class: "vcf-route" }, [picked.note]) : null,
    el("button", { type: "button", class: "vcf-button vcf-primary", disabled: !picked, "data-confirm": true,
      onclick: confirm }, ["Reject ", el("kbd", {}, ["Enter"])]),
  ]);
}

/** Who it is about stays in sight while something is chosen. */
const who = ({ name, nhs_number: number, born }) =>
  el("p", { class: "vcf-who" }, [el("strong", {}, [name]), ` · ${number} · born ${born}`]);

/** The head of a panel, with a way out. */
export const head = (title, close) =>
  el("div", { class: "vcf-panel-head" }, [
    el("h3", { id: "vcf-panel-title" }, [title]),
    el("button", { type: "button", class: "vcf-button", onclick: close }, ["Close ", key("Escape")]),
  ]);

/** Shows *menu* about *patient* in *node*; *on* = { choose(option), confirm(), write(text), close() }. */
export function showMenu(node, menu, patient, on) {
  const typing = node.contains(document.activeElement) && document.activeElement.tagName === "INPUT";
  fill(
    node,
    who(patient),
    head(menu.title, on.close),
    el("div", { class: `vcf-panel-body vcf-asks-${menu.question}` }, groups(menu, on.choose)),
    confirmation(menu, on),
  );
  const needs = menu.options.find((option) => option.value === menu.picked)?.needsText;
  const field = node.querySelector("input");
  if (needs && field) field.focus();
  else if (typing || !node.contains(document.activeElement)) node.focus();
}

/** Shows in *node* all that is known of how the picture of *view* was made. */
export function showDetails(node, view, record, close) {
  fill(
    node,
    who(record.patient),
    head("How this picture was made", close),
    el("dl", { class: "vcf-made" }, fullList(view, record).flatMap(([name, words]) =>
      [el("dt", {}, [name]), el("dd", {}, [words])])),
  );
  node.focus();
}
