// The labels of vertebrae as the case counts them. Pure. The machine's own names stand in the stack
// file for ever; what is shown, measured and sent speaks the labels of the case.

const plain = new WeakMap(); // meta as shown -> the machine's
const cached = new WeakMap(); // the machine's meta -> { key, shown }

const NONE = {};

/** What the case calls the machine's labels, machine -> shown, only those that differ. */
export const labelsOf = (record) => record?.numbering?.labels ?? NONE;

/** A vertebra whose name another one takes, and that has none itself, is shown without one. */
const UNNAMED = "?";

function renamer(labels) {
  const taken = new Set(Object.values(labels));
  return (level) => labels[level] ?? (taken.has(level) ? UNNAMED : level);
}

function straightened(straight, name) {
  if (!straight) return straight;
  const outlines = Object.entries(straight.outlines ?? {}).map(([level, planes]) => [name(level), planes]);
  return { ...straight, outlines: Object.fromEntries(outlines),
    levels: straight.levels.map((one) => ({ ...one, level: name(one.level) })) };
}

function renamed(meta, labels) {
  const name = renamer(labels);
  return { ...meta, straight: straightened(meta.straight, name),
    vertebrae: meta.vertebrae.map((body) => ({ ...body, level: name(body.level) })) };
}

/**
 * *meta* of a stack with every level in the case's labels; *meta* itself where none differs. The
 * same answer for the same labels, so that what was drawn from it is known again.
 */
export function numbered(meta, labels = NONE) {
  if (!meta || Object.keys(labels).length === 0) return meta;
  const key = JSON.stringify(labels);
  const known = cached.get(meta);
  if (known?.key === key) return known.shown;
  const shown = renamed(meta, labels);
  cached.set(meta, { key, shown });
  plain.set(shown, meta);
  return shown;
}

/** The machine's meta behind one that is shown. */
export const machineMeta = (meta) => plain.get(meta) ?? meta;

/** What *view* shows of level *level* when its labels become those of *meta*, of the same stack. */
function followed(level, before, meta) {
  const at = before.vertebrae.findIndex((body) => body.level === level);
  return at < 0 ? level : meta.vertebrae[at].level;
}

/** *view* with the labels of *meta*, the same stack renamed: what was meant stays meant. */
export function renumbered(view, meta) {
  if (!view.meta || view.meta === meta || machineMeta(view.meta) !== machineMeta(meta)) return view;
  const level = followed(view.level, view.meta, meta);
  const draft = view.draft && { ...view.draft, level: followed(view.draft.level, view.meta, meta) };
  return { ...view, meta, level, draft };
}

const AI_ONLY = "AI only";

/** How the vertebrae were counted, as { words, doubt }; null where the record does not say. */
export function numberingNote({ numbering: told }) {
  if (!told) return null;
  if (told.moving) return { words: "being moved: those shown are still the old ones", doubt: true };
  const doubt = !told.count_from || told.count_from === AI_ONLY || told.confidence === "one-level doubt";
  const words = told.words || "Counted by the AI alone";
  return { words: doubt ? `${words}: levels are approximate` : words, doubt };
}
