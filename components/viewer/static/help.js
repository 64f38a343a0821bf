// The list of keys, and a person's own keys in place of ours.

import { el, fill } from "./dom.js";
import { changeable, withKey } from "./keymap.js";
import { MODE_TITLES, MODES, sign } from "./keys.js";
import { head } from "./panel.js";

const ABOUT = "They work while the blue frame is round this room. Every key has a button too. Wheel: slices. Ctrl and wheel: zoom. Right button or Shift and drag: window. Click: the cross. Drag: a point, the cross, or a zoomed picture.";

const key = (text) => el("kbd", {}, [sign(text)]);

const table = (rows, more = () => null) =>
  el("table", { class: "vcf-keys" }, [
    el("tbody", {}, rows.map((row) =>
      el("tr", {}, [el("th", { scope: "row" }, row.keys.map(key)), el("td", {}, [row.words]), more(row)].filter(Boolean)))),
  ]);

/** Why the key now pressed is not taken is said in the panel: it covers the line below. */
const told = (text) => el("p", { class: "vcf-key-told", role: "status", "aria-live": "polite" }, [text]);

/** Shows the tables of keys in *node*, with a way to change those of *room*. */
export function showHelp(node, room, close, say = "") {
  const waiting = room.capturing;
  const again = (text) => showHelp(node, room, close, text);
  const wait = (row) => {
    room.capturing = row.action;
    again(`Press the new key for “${row.words}”. Escape leaves it as it is.`);
  };
  const change = (row) => el("td", {}, [changeable(row.action)
    ? el("button", { type: "button", class: "vcf-button", "aria-label": `Change the key for: ${row.words}`,
        "aria-pressed": String(waiting === row.action), "data-change": row.action, onclick: () => wait(row) },
      [waiting === row.action ? "Press a key …" : "Change"])
    : ""]);
  const reset = el("button", { type: "button", class: "vcf-button", "data-change": "reset",
    onclick: () => void keep(node, room, close, {}, "All keys are ours again.") }, ["Our keys again"]);
  const top = node.scrollTop;
  fill(node, head("Keys", close), told(say), el("p", {}, [ABOUT]), table(room.keys(), change), el("p", {}, [reset]),
    Object.entries(MODES).map(([mode, rows]) => [el("h4", {}, [MODE_TITLES[mode]]), table(rows)]).flat());
  node.scrollTop = top;
  if (waiting) node.querySelector(`[data-change="${waiting}"]`).focus();
  else node.focus();
}

async function keep(node, room, close, keymap, words) {
  room.desk.keymap = keymap;
  room.render();
  showHelp(node, room, close, words);
  const kept = await room.desk.prefer("keymap", keymap);
  if (!kept && node.isConnected && room.unfolded === "help") {
    showHelp(node, room, close, `${words} NOT SAVED: it holds until this page is closed. Try again later.`);
  }
}

/** Takes *pressed* as the key that was asked for. */
export function captured(node, room, close, pressed) {
  const action = room.capturing;
  room.capturing = "";
  if (pressed === "Escape") return showHelp(node, room, close, "Left as it was.");
  const { keymap, refusal } = withKey(room.desk.keymap ?? {}, action, pressed);
  if (refusal) return showHelp(node, room, close, refusal);
  const row = room.keys().find((one) => one.action === action);
  return void keep(node, room, close, keymap, `${sign(pressed.toUpperCase())} is now the key for “${row.words}”.`);
}
