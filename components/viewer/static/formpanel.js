// A form in the panel over the right column: every field in sight, what stands in it marked.

import { el, fill } from "./dom.js";
import { suggests, TAKES } from "./forms.js";
import { head } from "./panel.js";

const optionButton = (field, option, choose) => {
  const on = field.kind === "many" ? field.value.includes(option.value) : field.value === option.value;
  return el("button", {
    type: "button", class: on ? "vcf-choice vcf-picked" : "vcf-choice", "aria-pressed": String(on), title: option.note || null,
    "data-value": option.value, onclick: () => choose(option.value),
  }, [el("kbd", {}, [option.key]), ` ${option.words}`]);
};

/** What a rule proposes: dashed, in words of its own, and one press away. */
function suggestion(field, take) {
  const { words, why } = field.suggested;
  if (!suggests(field)) return el("p", { class: "vcf-small" }, [`As suggested by rule: ${why}`]);
  return el("button", { type: "button", class: "vcf-choice vcf-suggested", "data-suggested": field.name, onclick: take },
    [el("kbd", {}, [TAKES]), ` suggested by rule: ${words}`, why === words ? "" : el("span", { class: "vcf-small" }, [`, ${why}`])]);
}

function written(field, id, write) {
  const about = { id, class: "vcf-words-field", "data-field": field.name, maxlength: field.most, "aria-describedby": field.note ? `${id}-note` : null };
  const node = el("input", { ...about, type: field.kind === "when" ? "datetime-local" : "text", oninput: (event) => write(event.target.value) });
  node.value = field.value;
  return node;
}

function fieldRow(menu, at, on) {
  const field = menu.fields[at];
  const id = `vcf-form-${field.name}`;
  const typed = field.kind === "text" || field.kind === "when";
  const notes = [field.note, ...field.options.filter((o) => o.note && at === menu.at).map((o) => `${o.words}: ${o.note}`)].filter(Boolean);
  return el("div", {
    class: at === menu.at ? "vcf-field vcf-field-now" : "vcf-field", role: "group", "aria-labelledby": `${id}-title`,
    "aria-current": at === menu.at ? "step" : null, "data-form": field.name,
  }, [
    typed ? el("label", { class: "vcf-field-title", id: `${id}-title`, for: id }, [field.title])
      : el("span", { class: "vcf-field-title", id: `${id}-title` }, [field.title]),
    typed ? written(field, id, (text) => on.writeIn(at, text))
      : el("div", { class: "vcf-choices" }, field.options.map((option) => optionButton(field, option, (value) => on.chooseIn(at, value)))),
    field.suggested ? suggestion(field, () => on.takeIn(at)) : null,
    notes.length ? el("p", { class: "vcf-small", id: `${id}-note` }, [notes.join(" · ")]) : null,
  ]);
}

/** Shows the form *menu* in *node*; *on* are the deeds of the room. */
export function showForm(node, menu, on) {
  fill(node, head(menu.title, on.close),
    el("div", { class: "vcf-panel-body vcf-form" }, menu.fields.map((_field, at) => fieldRow(menu, at, on))),
    el("div", { class: "vcf-confirm" }, [
      el("button", { type: "button", class: "vcf-button vcf-primary", "data-confirm": true, onclick: on.confirm },
        [`${menu.save} `, el("kbd", {}, ["⏎"])]),
      el("p", { class: "vcf-small" }, [
        `Digits choose, ${menu.fields.some(suggests) ? `${TAKES} takes the suggestion, ` : ""}↓ and ↑ go along, Escape changes nothing.`]),
    ]));
  const now = menu.fields[menu.at];
  const field = node.querySelector(`input[data-field=${now.name}]`);
  if (field) field.focus();
  else node.focus();
  node.querySelector(".vcf-field-now").scrollIntoView({ block: "center" }); // clear of what sticks below
}
