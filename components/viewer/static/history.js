// The history of a case as a story, newest last, as far as the server may tell it.

import { el, fill } from "./dom.js";
import { Refused } from "./fetch.js";

const line = ({ at, who, words }) =>
  el("li", { class: "vcf-story-line" }, [
    el("span", { class: "vcf-small vcf-figure" }, [at]), el("span", {}, [who ? el("strong", {}, [who]) : "", who ? " " : "", words]),
  ]);

/** *lines* as an element. */
export const story = (lines) =>
  lines.length ? el("ol", { class: "vcf-list vcf-story" }, lines.map(line)) : el("p", {}, ["Nothing has happened on this case yet."]);

const failure = (error) =>
  error instanceof Refused ? error.message : "The history could not be shown. Try again; if it stays so, tell support.";

/**
 * Writes the history of the case on screen into *node* once it has come; *ask* (path) answers the
 * server's JSON, *current* () says whether it is still wanted.
 */
export async function writeHistory(node, id, { ask, current }) {
  fill(node, el("p", { role: "status" }, ["Asking for the history …"]));
  let shown;
  try {
    shown = story((await ask(`cases/${id}/history`)).lines);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof Refused)) console.error(error);
    shown = el("p", { role: "alert" }, [failure(error)]);
  }
  if (current()) fill(node, shown);
}
