// Which key does what. Every row is also a button and a line of the help.
//
// R and C belong to the page around this one, so no row has them.

const row = (action, group, label, words, keys) => ({ action, group, label, words, keys });

export const KEYS = [
  row("accept", "decide", "Accept", "Accept: confirm the fracture", ["A"]),
  row("reject", "decide", "Reject", "Reject, with a reason", ["X"]),
  row("unsure", "decide", "Unsure", "Unsure: ask for a second read", ["U"]),
  row("grade", "amend", "Grade", "Set the grade, 1 to 3", ["G"]),
  row("type", "amend", "Type", "Set the type: wedge, biconcave, crush", ["T"]),
  row("level", "amend", "Level", "Change the level", ["L"]),
  row("missed", "amend", "Missed", "Add a fracture the AI missed", ["M"]),
  row("undo", "amend", "Undo", "Undo the last step", ["Z"]),
  row("status", "report", "Report status", "Say what the report says", ["S"]),
  row("next", "case", "Next scan", "Next scan", ["N"]),
  row("findingUp", "list", "Finding above", "Finding above", ["ArrowUp"]),
  row("findingDown", "list", "Finding below", "Finding below", ["ArrowDown"]),
  row("slicesRight", "picture", "5 right", "Five slices to the patient's right", ["PageUp"]),
  row("sliceRight", "picture", "Slice right", "One slice to the patient's right", ["ArrowLeft"]),
  row("sliceLeft", "picture", "Slice left", "One slice to the patient's left", ["ArrowRight"]),
  row("slicesLeft", "picture", "5 left", "Five slices to the patient's left", ["PageDown"]),
  row("window", "picture", "Window", "Window: bone or soft tissue", ["W"]),
  row("overlay", "picture", "Outlines", "Outlines on or off", ["O"]),
  row("zoomIn", "picture", "Larger", "Larger", ["+", "="]),
  row("zoomOut", "picture", "Smaller", "Smaller", ["-", "_"]),
  row("zoomReset", "picture", "Fit", "Whole picture", ["0"]),
  row("help", "case", "Keys", "This list of keys", ["H", "?"]),
  row("close", "menu", "Close", "Close a menu", ["Escape"]),
];

/** Actions that change the record; they wait until the case has been seen. */
export const DECISIONS = new Set([
  "accept", "reject", "unsure", "grade", "type", "level", "missed", "undo", "status",
]);

/** Actions that a held key must not repeat. */
export const ONCE = new Set([...DECISIONS, "next", "help"]);

const BY_KEY = new Map(KEYS.flatMap((r) => r.keys.map((key) => [key.toLowerCase(), r.action])));

/** The action of a pressed key, or null. */
export const actionOf = (key) => BY_KEY.get(key.toLowerCase()) ?? null;

export const rowOf = (action) => KEYS.find((r) => r.action === action);

const SIGNS = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", "-": "−",
  PageUp: "PgUp", PageDown: "PgDn", Escape: "Esc" };

/** A key as it is written on the screen. */
export const sign = (key) => SIGNS[key] ?? key;

/** Keys for the options of a menu, in order; no R and no C here either. */
export const OPTION_KEYS = [..."123456789ABDEFGHIJKLMNOPQSTUVWXYZ"];
