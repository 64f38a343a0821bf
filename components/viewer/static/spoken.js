// What a person who sees the picture knows at a glance, as one sentence for those who hear it.

import { say } from "./dom.js";
import { pictureOf } from "./pictures.js";
import { slabWords } from "./slab.js";
import { presetOf } from "./window.js";

const DECIDED = { confirmed: "accepted", rejected: "rejected", unsure: "unsure", withdrawn: "withdrawn" };
const KINDS = { straight: "straightened", own: "own plane with six points", curve: "drawing the curve" };

const gradeWords = ({ grade, type } = {}) => [grade ? `grade ${grade}` : "", type].filter(Boolean).join(" ");

/** A finding as it is known now: what was decided, else what is suggested. */
function findingWords(finding) {
  const decided = DECIDED[finding.state];
  const grade = gradeWords(finding.grade || decided ? finding : (finding.offered ?? finding.suggested ?? {}));
  const standing = decided ? [decided, finding.reason].filter(Boolean).join(": ") : (grade && "suggested") || "flagged";
  return [finding.level ?? "no level named", grade, standing].filter(Boolean).join(", ");
}

function bodyWords(view, record) {
  const here = record.findings.filter((f) => f.level === view.level);
  const meant = record.findings.find((f) => f.id === view.selected && (!view.level || f.level === view.level));
  const finding = meant ?? here[0];
  if (finding) return findingWords(finding);
  return view.level ? `${view.level}, no finding` : "no vertebra chosen";
}

const windowWords = (window) =>
  presetOf(window) ? `${presetOf(window).name.toLowerCase()} window` : `window centre ${window.centre}, width ${window.width}`;

/** *view* of *record* in words, such as "L1, grade 2 wedge, suggested; slice 31 of 64; bone window". */
export function spokenOf(view, record) {
  const picture = pictureOf(view);
  if (!picture) return `${bodyWords(view, record)}; no picture`;
  return [
    bodyWords(view, record),
    picture.kind === "own" ? "" : `slice ${picture.at + 1} of ${picture.count}`,
    KINDS[view.kind] ?? "true sagittal",
    slabWords(picture, view.slab, view.mip),
    windowWords(view.window),
    view.overlay ? "outlines on" : "outlines off",
  ].filter(Boolean).join("; ");
}

const QUIET_MS = 500; // a held key is one message when it is let go, not one a slice
const waiting = new WeakMap();

/** Writes *words* into the live region *node* once nothing has changed for half a second. */
export function speak(node, words) {
  clearTimeout(waiting.get(node));
  waiting.set(node, setTimeout(() => say(node, words), words ? QUIET_MS : 0));
}
