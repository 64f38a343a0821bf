// Which key does what. Every row is also a button and a line of the help.
//
// R and C belong to the page around this one, so no row has them.

const row = (action, group, label, words, keys) => ({ action, group, label, words, keys });

export const KEYS = [
  row("accept", "decide", "Accept", "Accept: confirm the fracture", ["A"]),
  row("reject", "decide", "Reject", "Reject, with a reason", ["X"]),
  row("unsure", "decide", "Unsure", "Unsure: ask for a second read", ["U"]),
  row("finish", "decide", "Close case", "Close the case and go on to the next", ["Enter"]),
  row("grade", "amend", "Grade", "Set the grade, 1 to 3", ["G"]),
  row("type", "amend", "Type", "Set the type: wedge, biconcave, crush", ["T"]),
  row("level", "amend", "Level", "Change the level", ["L"]),
  row("describe", "amend", "Describe", "Describe: end-plate, acuity, unstable features, new or old, comment", ["D"]),
  row("missed", "amend", "Missed", "Add a fracture the AI missed", ["M"]),
  row("numbering", "amend", "Numbering", "Numbering: shift all labels, counted from, variant", ["J"]),
  row("otherwise", "amend", "End otherwise", "End otherwise: unreadable, second opinion, reopen, withdraw, claim", ["."]),
  row("history", "amend", "History", "History of this case", ["Y"]),
  row("undo", "amend", "Undo", "Undo your last step on this case, also its closing", ["Z"]),
  row("told", "urgent", "Who was told", "Urgent alert: say who was told, how and when", [";"]),
  row("read", "report", "Read", "The report in full, with earlier ones, beside what was confirmed", ["]"]),
  row("status", "report", "Status", "Report status: say what the report says", ["S"]),
  row("standards", "report", "RCR", "RCR standards: what the report names: term, severity, levels, action", ["["]),
  row("texts", "report", "Texts", "Addendum and letters: copy a text and note it as issued", ["'"]),
  row("back", "case", "Back", "Back to the scan before", ["Q"]),
  row("next", "case", "Next scan", "Next scan, without closing this one", ["N"]),
  row("preview", "sent", "AI’s preview", "Preview sent by the AI product", ["/"]),
  row("findingUp", "list", "Finding above", "Finding above", ["ArrowUp"]),
  row("findingDown", "list", "Finding below", "Finding below", ["ArrowDown"]),
  row("slicesRight", "steps", "5 right", "Five slices to the patient's right", ["PageUp"]),
  row("sliceRight", "steps", "Slice right", "One slice to the patient's right", ["ArrowLeft"]),
  row("sliceLeft", "steps", "Slice left", "One slice to the patient's left", ["ArrowRight"]),
  row("slicesLeft", "steps", "5 left", "Five slices to the patient's left", ["PageDown"]),
  row("window", "picture", "Window", "Window: bone or soft tissue", ["W"]),
  row("overlay", "picture", "Outlines", "Outlines on or off", ["O"]),
  row("straight", "picture", "Straight", "Straightened spine or true sagittal", ["V"]),
  row("points", "picture", "Points", "Points and heights of one vertebra in its own plane", ["P"]),
  row("locators", "picture", "Locators", "Coronal and axial locators on or off", ["K"]),
  row("slab", "picture", "Slab", "Slab thickness: none, 5, 10, 20 mm", ["B"]),
  row("mip", "picture", "MIP", "Slab shows the brightest (MIP) or the mean", ["I"]),
  row("prior", "picture", "Earlier", "Earlier picture of the same level beside this one, or off", [","]),
  row("zoomIn", "steps", "Larger", "Larger", ["+", "="]),
  row("zoomOut", "steps", "Smaller", "Smaller", ["-", "_"]),
  row("zoomReset", "steps", "Fit", "Whole picture", ["0"]),
  row("crossFront", "cross", "←", "Cross 2 mm to the front", ["Shift+ArrowLeft"]),
  row("crossUp", "cross", "↑", "Cross 2 mm towards the head", ["Shift+ArrowUp"]),
  row("crossDown", "cross", "↓", "Cross 2 mm towards the feet", ["Shift+ArrowDown"]),
  row("crossBack", "cross", "→", "Cross 2 mm to the back", ["Shift+ArrowRight"]),
  row("details", "how", "How made", "How this picture was made, in full", ["F"]),
  row("series", "how", "Other series", "Other reconstructions of this scan", ["E"]),
  row("help", "case", "Keys", "This list of keys", ["H", "?"]),
  row("close", "menu", "Close", "Close a menu", ["Escape"]),
];

const POINTS = ["front top", "front bottom", "middle top", "middle bottom", "back top", "back bottom"];

const nudges = (name, by, words, prefix) => [
  ["Left", "←", "to the front"], ["Up", "↑", "towards the head"], ["Down", "↓", "towards the feet"], ["Right", "→", "to the back"],
].map(([way, label, where]) =>
  row(`${name}${way}`, by, label, `Point ${words} ${where}`, [`${prefix}Arrow${way}`]));

/** Keys that one kind of picture has for itself; they come before those of every picture. */
export const MODES = {
  own: [
    ...POINTS.map((place, at) => row(`point${at + 1}`, "point", String(at + 1), `Point ${at + 1}: ${place}`, [String(at + 1)])),
    row("pointNext", "point", "Next point", "Next point", ["Tab"]),
    ...nudges("nudge", "nudge", "0.25 mm", ""),
    ...nudges("push", "push", "1 mm", "Shift+"),
    row("levelUp", "own", "Above", "Vertebra above", ["PageUp"]),
    row("levelDown", "own", "Below", "Vertebra below", ["PageDown"]),
    row("reset", "own", "Machine's points", "Back to the machine's points", ["Backspace"]),
    row("save", "own", "Save points", "Save the points as your measurement", ["Enter"]),
    row("leave", "own", "Leave", "Leave without saving", ["Escape"]),
  ],
  straight: [
    row("levelUp", "straight", "Above", "Vertebra above", ["ArrowUp"]),
    row("levelDown", "straight", "Below", "Vertebra below", ["ArrowDown"]),
    row("goLevel", "straight", "Go to level", "The true sagittal plane through this vertebra", ["Enter"]),
    row("curve", "straight", "Draw curve", "Draw the curve anew by clicks", ["D"]),
    row("straight", "picture", "Straight", "Back to the true sagittal stack", ["V", "Escape"]),
  ],
  curve: [
    row("crossUp", "move", "↑", "Cross 2 mm towards the head", ["ArrowUp"]),
    row("crossDown", "move", "↓", "Cross 2 mm towards the feet", ["ArrowDown"]),
    row("place", "curve", "Place", "Place a centre at the cross", ["Enter"]),
    row("takeBack", "curve", "Take back", "Take the last centre back", ["Backspace"]),
    row("straight", "curve", "Straighten", "Straighten along the centres", ["V"]),
    row("leave", "curve", "Leave", "Leave drawing", ["Escape"]),
  ],
};

/** Titles of those tables in the list of keys. */
export const MODE_TITLES = {
  own: "With the points of one vertebra (key P)",
  straight: "In the straightened view (key V)",
  curve: "While the curve is drawn",
};

/** Actions that change the record; they wait until the case has been seen. */
export const DECISIONS = new Set([
  "accept", "reject", "unsure", "finish", "grade", "type", "level", "describe", "missed", "numbering", "otherwise",
  "undo", "told", "status", "standards", "save",
]);

/** Actions that a held key must not repeat. */
export const ONCE = new Set([
  ...DECISIONS, "back", "next", "help", "details", "history", "preview", "read", "texts", "prior", "series", "straight", "points", "locators", "slab", "mip",
  "curve", "place", "takeBack", "goLevel", "reset", "leave",
]);

const byKey = (rows) => new Map(rows.flatMap((r) => r.keys.map((key) => [key.toLowerCase(), r.action])));

const BY_MODE = Object.fromEntries(Object.entries(MODES).map(([mode, rows]) => [mode, byKey(rows)]));

/** The action of a pressed key, or null; *mode* is the kind of picture on the stage, *rows* the
 * table of KEYS with a person's own keys in it. */
export function actionOf(key, mode = "true", rows = KEYS) {
  const pressed = key.toLowerCase();
  return BY_MODE[mode]?.get(pressed) ?? rows.find((r) => r.keys.some((one) => one.toLowerCase() === pressed))?.action ?? null;
}

/** The name of a pressed key as the rows have it: arrows and Tab say whether Shift was held. */
export const pressedKey = ({ key, shiftKey }) =>
  shiftKey && (key.startsWith("Arrow") || key === "Tab") ? `Shift+${key}` : key;

const SIGNS = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", "-": "−",
  PageUp: "PgUp", PageDown: "PgDn", Escape: "Esc", Backspace: "⌫", Enter: "⏎" };

/** A key as it is written on the screen. */
export const sign = (key) =>
  key.startsWith("Shift+") ? `⇧${sign(key.slice(6))}` : (SIGNS[key] ?? key);

/** Keys for the options of a menu, in order; no R and no C here either. */
export const OPTION_KEYS = [..."1234567890ABDEFGHIJKLMNOPQSTUVWXYZ"];
