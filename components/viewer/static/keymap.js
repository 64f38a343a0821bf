// The keys a person has chosen instead of ours. Pure.
//
// Only one plain character may be chosen: arrows, Enter, Tab and Escape keep their meaning, digits
// belong to menus and points, R and C to the page around.

import { KEYS, MODES, sign } from "./keys.js";

const FIXED = new Set(["close"]);
const TAKEN_IN_MODES = new Set(Object.values(MODES).flat().flatMap((row) => row.keys.map((key) => key.toUpperCase())));

const written = (key) => (key.length === 1 ? key.toUpperCase() : key);

/** Why *key* can be nobody's choice, as a sentence, or "". */
function unfit(key) {
  if (["R", "C"].includes(key)) return `${key} belongs to the page around this room. Choose another key.`;
  if (!/^[!-~]$/.test(key)) return `${sign(key)} keeps its meaning. Choose a letter or a sign.`;
  if (/[0-9]/.test(key)) return "Digits choose in menus. Choose a letter or a sign.";
  return "";
}

/** Whether the key of *action* may be chosen at all. */
export const changeable = (action) => !FIXED.has(action);

/** KEYS with the keys of *keymap* { action: key } in place of ours; what does not fit is left out. */
export function rowsWith(keymap = {}) {
  return KEYS.map((row) => {
    const key = keymap[row.action];
    const fits = typeof key === "string" && changeable(row.action) && (row.keys.includes(key) || !unfit(written(key)));
    return fits ? { ...row, keys: [written(key)] } : row;
  });
}

/**
 * *keymap* with *key* for *action*: { keymap }, or { refusal } as a sentence.
 * A key that another action has is refused: nobody loses a key without having chosen to.
 */
export function withKey(keymap, action, key) {
  const wanted = written(key);
  const own = KEYS.find((row) => row.action === action);
  const { [action]: _old, ...others } = keymap;
  if (!own || !changeable(action)) return { refusal: "This key cannot be changed." };
  const holder = rowsWith(others).find((row) => row.action !== action && row.keys.some((one) => written(one) === wanted));
  if (holder) return { refusal: `${sign(wanted)} is the key of “${holder.words}”. Give that another key first, or choose another one here.` };
  if (own.keys.some((one) => written(one) === wanted)) return { keymap: others };
  const why = unfit(wanted) || (TAKEN_IN_MODES.has(wanted) ? `${sign(wanted)} has a meaning of its own in one of the pictures. Choose another key.` : "");
  return why ? { refusal: why } : { keymap: { ...others, [action]: wanted } };
}
