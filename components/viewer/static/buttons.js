// Buttons made from the table of keys: every key has one, every one does what its key does.

import { el, fill } from "./dom.js";
import { KEYS, MODES, sign } from "./keys.js";

const SHORT = { slicesRight: "«", sliceRight: "‹", sliceLeft: "›", slicesLeft: "»", zoomIn: "+", zoomOut: "−",
  findingUp: "↑", findingDown: "↓" };

/** Groups whose buttons are so many that the key stands in the tip only. */
const BARE = new Set(["cross", "point", "nudge", "push", "move"]);

const named = (row) => ({
  title: `${row.words} (${row.keys.map(sign).join(" or ")})`, "aria-label": row.words, "aria-keyshortcuts": row.keys[0],
});

function content(row) {
  if (SHORT[row.action]) return [SHORT[row.action]];
  if (BARE.has(row.group)) return [row.label];
  return [el("span", { class: "vcf-label" }, [row.label]), " ", el("kbd", {}, [sign(row.keys[0])])];
}

/** A press by pointer leaves the focus in the picture, where Enter and the arrows belong to it. */
const keepFocus = (event) => {
  if (event.currentTarget.closest(".vcf-viewer")?.contains(document.activeElement)) event.preventDefault();
};

export const button = (row, act, mode = null) =>
  el("button", {
    type: "button", "data-mode": mode, class: `vcf-button vcf-do-${row.action}`, "data-action": row.action,
    ...named(row), onmousedown: keepFocus, onclick: () => act(row.action),
  }, content(row));

/** The buttons of the rows in group *name*; *mode* names a table of one kind of picture. */
export const group = (name, label, act, { mode = null, before = [] } = {}) =>
  el("div", { class: `vcf-buttons vcf-group-${name}`, role: "group", "aria-label": label },
    [...before, ...(mode ? MODES[mode] : KEYS).filter((row) => row.group === name).map((row) => button(row, act, mode))]);

/** Writes the keys of *rows* on the buttons in *room*: a person may have chosen others. */
export function showKeys(room, rows) {
  for (const row of rows) {
    for (const one of room.querySelectorAll(`[data-action=${row.action}]:not([data-mode])`)) {
      if (one.getAttribute("aria-keyshortcuts") === row.keys[0]) continue;
      for (const [name, value] of Object.entries(named(row))) one.setAttribute(name, value);
      const kbd = one.querySelector("kbd");
      if (kbd) fill(kbd, sign(row.keys[0]));
    }
  }
}
