// Writes beside the picture how it is shown and made, and what the points on it measure.

import { el, fill } from "./dom.js";
import { badges, stripWords } from "./fidelity.js";
import { besideWords, straightOf, vertebra } from "./pictures.js";
import { heightsOf, heightsWords, lossWords, machinePoints } from "./points.js";
import { speak, spokenOf } from "./spoken.js";

const written = new WeakMap();

/** Runs *write* only when *value* differs from what *node* was last written with. */
function when(node, value, write) {
  const key = JSON.stringify(value);
  if (written.get(node) === key) return;
  written.set(node, key);
  write();
}

/** Forgets what was written: the next case is written from nothing. */
export function clearTools({ facts, heights, spoken }) {
  speak(spoken, "");
  for (const node of [facts, heights]) {
    written.delete(node);
    fill(node);
  }
  facts.title = "";
}

function showSlider({ slider }, view, picture) {
  if (picture.kind === "own") return;
  slider.max = String(picture.count - 1);
  slider.value = String(picture.at);
  const beside = picture.kind === "straight" ? `, ${besideWords(straightOf(view).offset_mm[picture.at])}` : "";
  slider.setAttribute("aria-valuetext", `slice ${picture.at + 1} of ${picture.count}${beside}`);
}

const warn = (words) => el("strong", { class: "vcf-warn" }, [words]);

function showFacts({ facts }, view, picture, record, failed) {
  const marks = badges(view, record);
  const words = failed ? `A slice could not be fetched: ${failed}` : stripWords(view, picture);
  const reasons = marks.filter(({ first }) => first).map((one) => one.words);
  when(facts, [marks, words], () => {
    facts.title = [...marks.map((one) => `${one.mark}. ${one.words}`), words].join("\n"); // the whole where it is cut short
    fill(facts, marks.map(({ mark }) => warn(mark)), [...reasons, words].join(" · "));
  });
}

/** Whose points those of *draft* are; the machine's stand below where they are a person's. */
function whose(draft, mine) {
  if (draft.changed) return warn("Not saved");
  return mine ? `Measured by ${mine.by}` : "Machine's points";
}

function showHeights({ heights }, view, record) {
  const { draft } = view;
  if (!draft) return;
  const measured = record.measured?.[draft.level];
  const mine = record.remeasured?.[draft.level];
  const now = heightsWords(heightsOf(draft.points));
  const loss = lossWords(heightsOf(draft.points), measured?.reference);
  const machine = heightsWords(heightsOf(machinePoints(vertebra(view.meta, draft.level).own)));
  const beside = draft.changed || mine ? [`Machine ${machine}`, measured?.loss && `loss ${measured.loss}`] : [];
  when(heights, [draft.level, now, loss, beside, draft.changed, mine?.by], () => fill(heights,
    el("p", {}, [el("strong", { class: "vcf-now" }, [now]), " front / middle / back"]),
    el("p", {}, [whose(draft, mine), loss ? `, loss ${loss}` : ""]),
    beside.length ? el("p", {}, [beside.filter(Boolean).join(", ")]) : null));
}

/** Writes all of it for the *picture* of *view*; *failed* says why a slice is missing. */
export function showTools(parts, { view, picture, record, failed }) {
  showSlider(parts, view, picture);
  showFacts(parts, view, picture, record, failed);
  showHeights(parts, view, record);
  speak(parts.spoken, spokenOf(view, record));
}
