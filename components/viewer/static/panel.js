// A menu or the help, shown over the right column so that the picture stays in sight.

import { el, fill } from "./dom.js";
import { fullList } from "./fidelity.js";
import { sign } from "./keys.js";

const key = (text) => (text ? el("kbd", {}, [sign(text)]) : null);

function optionButton(menu, option, { choose, hint }) {
  const picked = menu.picked === option.value;
  const told = () => hint(option);
  return el("button", {
    type: "button", class: picked ? "vcf-option vcf-picked" : "vcf-option",
    "aria-pressed": option.needsText ? String(menu.awaits === option.value) : null,
    "data-value": option.value, onclick: () => choose(option), onpointerenter: told, onfocus: told,
  }, [
    key(option.key),
    el("span", {}, [option.words, option.note ? el("span", { class: "vcf-note" }, [option.note]) : null]
      .filter(Boolean)),
  ]);
}

function groups(menu, on) {
  const names = [...new Set(menu.options.map((option) => option.group))];
  return names.map((name) =>
    el("div", { class: "vcf-options", role: "group", "aria-label": name || menu.title }, [
      name ? el("h4", {}, [name]) : null,
      ...menu.options.filter((o) => o.group === name).map((o) => optionButton(menu, o, on)),
    ]),
  );
}

/** Whether nothing is to be chosen, only words to be written. */
const onlyOne = ({ options, awaits }) => options.length === 1 && awaits === options[0].value;

const HOW = "↓ and ↑, or the pointer, show here what a reason means. Its key rejects.";

/** Where the hint of the reason that is meant stands in full: { node, hint(option) }; the list keeps
 * to the names, so that all of them are in sight. */
function hintLine(menu) {
  if (menu.question !== "reason") return { node: null, hint: () => {} };
  const node = el("p", { class: "vcf-hint", "aria-hidden": "true" });
  const hint = (option) => fill(node, option ? el("strong", {}, [`${option.words}. `]) : null, option ? option.note : HOW);
  hint(menu.options.find((option) => option.value === menu.picked));
  return { node, hint };
}

/** The field for the words that the chosen option needs. */
function confirmation(menu, { confirm, write }) {
  const awaited = menu.options.find((option) => option.value === menu.awaits);
  if (!awaited) return null;
  const words = el("input", {
    type: "text", class: "vcf-words-field", maxlength: "500", id: "vcf-reason-words",
    "aria-required": "true", oninput: (event) => write(event.target.value),
  });
  words.value = menu.text;
  return el("div", { class: "vcf-confirm" }, [
    el("label", { for: "vcf-reason-words" }, [`${awaited.words}: in a few words (needed; no names):`, words]),
    el("button", { type: "button", class: "vcf-button vcf-primary", "data-confirm": true, onclick: confirm },
      [`${menu.question === "ending" ? awaited.words : menu.save} `, el("kbd", {}, ["⏎"])]),
  ]);
}

/** The head of a panel, with a way out. */
export const head = (title, close) =>
  el("div", { class: "vcf-panel-head" }, [
    el("h3", { id: "vcf-panel-title" }, [title]),
    el("button", { type: "button", class: "vcf-button", onclick: close }, ["Close ", key("Escape")]),
  ]);

const list = (title, words) =>
  el("section", { class: "vcf-version" }, [el("h4", {}, [title]), el("ul", {}, words.map((one) => el("li", {}, [one])))]);

/** Both versions side by side, where somebody came first. */
const versions = ({ conflict }) =>
  (conflict ? el("div", { class: "vcf-versions", role: "alert" }, [
    el("p", {}, [el("strong", {}, [conflict.sentence])]),
    list("You decided (not saved)", conflict.mine), list("What stands now", conflict.now),
  ]) : null);

/** Shows *menu* in *node*, *evidence* above it; *on* = { choose(option), confirm(), write(text), close() }. */
export function showMenu(node, menu, on, evidence = null) {
  const typing = node.contains(document.activeElement) && document.activeElement.tagName === "INPUT";
  const { node: told, hint } = hintLine(menu);
  fill(
    node,
    head(menu.title, on.close),
    versions(menu),
    evidence,
    el("div", { class: `vcf-panel-body vcf-asks-${menu.question}` }, onlyOne(menu) ? [] : groups(menu, { ...on, hint })),
    told,
    confirmation(menu, on),
  );
  const field = node.querySelector("input");
  if (field) field.focus();
  else if (typing || !node.contains(document.activeElement)) node.focus();
  node.querySelector(".vcf-picked")?.scrollIntoView({ block: "nearest" });
}

/** Shows in *node* all that is known of how the picture of *view* was made. */
export function showDetails(node, view, record, close) {
  fill(
    node,
    head("How this picture was made", close),
    el("dl", { class: "vcf-made" }, fullList(view, record).flatMap(([name, words]) =>
      [el("dt", {}, [name]), el("dd", {}, [words])])),
  );
  node.focus();
}
