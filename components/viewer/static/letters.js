// Texts and letters of the case on the screen: made by the server from the site's templates, copied
// by one press, noted as issued, and taken back with words where that was an error.

import { el, fill } from "./dom.js";
import { Refused } from "./fetch.js";
import { head } from "./panel.js";

const WRONG = "The texts could not be shown. Try again; if it stays so, tell support.";

/** Puts *text* on the clipboard; pages that are not served securely have the old way alone. */
export async function copied(text, { clipboard = navigator.clipboard, doc = document } = {}) {
  if (clipboard) return clipboard.writeText(text);
  const field = el("textarea", { class: "vcf-unseen", "aria-hidden": "true" });
  field.value = text;
  doc.body.append(field);
  field.select();
  const done = doc.execCommand("copy");
  field.remove();
  if (!done) throw new Error("not copied");
  return undefined;
}

/** Which text a pressed digit means, or null. */
export const textOf = (texts, key) => texts.find((_, at) => key === String(at + 1)) ?? null;

const issuedWords = ({ words, at, by, code }) => `${words}, ${at}, by ${by}${code ? `; carries the short code ${code}` : ""}`;

function issuedList(issued, recall) {
  if (!issued.length) return null;
  return el("section", { class: "vcf-issued", "aria-label": "Issued so far" }, [
    el("h4", {}, ["Issued so far, from any scan of this patient"]),
    el("ul", { class: "vcf-list" }, issued.map((one) => el("li", {}, [
      one.wrong ? el("s", {}, [issuedWords(one)]) : issuedWords(one),
      one.wrong ? ` – issued in error: ${one.wrong}` : " ",
      one.wrong || !one.here ? null : el("button", { type: "button", class: "vcf-button", "data-recall": one.act, onclick: () => recall(one) }, ["Issued in error"]),
    ]))),
  ]);
}

function textBox(one, at, issue) {
  const label = `${one.words}: text`;
  return el("section", { class: "vcf-letter", "aria-label": one.words }, [
    el("div", { class: "vcf-letter-head" }, [
      el("h4", {}, [one.words]),
      el("button", { type: "button", class: "vcf-button vcf-primary", "data-text": one.kind, onclick: () => issue(one) },
        [el("kbd", {}, [String(at + 1)]), " Copy and note as issued"]),
    ]),
    one.refers ? el("p", { class: "vcf-warns" }, [`▲ Carries the short code ${one.code}: pasting it refers the patient. They are then not exported to the FLS as well.`]) : null,
    el("div", { class: "vcf-report-text", tabindex: "0", role: "region", "aria-label": label }, [one.text]),
  ]);
}

/** Asks why a text was issued in error, in the panel itself. */
function recallForm(one, send, back) {
  const field = el("input", { type: "text", class: "vcf-words-field", maxlength: "500", id: "vcf-recall-words" });
  const done = (event) => {
    event.preventDefault();
    if (field.value.trim()) send(field.value.trim());
  };
  return el("form", { class: "vcf-confirm", onsubmit: done }, [
    el("label", { for: "vcf-recall-words" }, [`${one.words} was issued in error, because (needed; no names):`, field]),
    el("button", { type: "submit", class: "vcf-button vcf-primary" }, ["Note the error"]),
    el("button", { type: "button", class: "vcf-button", onclick: back }, ["Leave it"]),
  ]);
}

/** Shows the texts of the case on *room*'s screen in *panel*. */
export function showTexts(panel, room, close) {
  const id = room.view.case;
  const said = el("p", { class: "vcf-letters-said", role: "status", "aria-live": "polite" });
  const body = el("div", { class: "vcf-panel-body vcf-letters" }, [el("p", { role: "status" }, ["Making the texts …"])]);
  let busy = false;
  let texts = [];

  const here = () => room.unfolded === "texts" && room.view.case === id && panel.contains(body);
  const fail = (error) => {
    if (error.name === "AbortError") return;
    if (!(error instanceof Refused)) console.error(error);
    if (here()) fill(said, error instanceof Refused ? error.message : WRONG);
  };

  function write(offered, words = "") {
    if (!here()) return;
    texts = offered.texts;
    fill(said, words);
    fill(body,
      offered.why_not ? el("p", {}, [offered.why_not]) : null,
      ...offered.warnings.map((one) => el("p", { class: "vcf-warns", role: "alert" }, [`▲ ${one}`])),
      ...texts.map((one, at) => textBox(one, at, issue)),
      issuedList(offered.issued, recall));
  }

  async function post(path, sent, done) {
    if (busy) return;
    busy = true;
    try {
      const answer = await (await room.desk.loader.tell(`cases/${id}/${path}`, { act: crypto.randomUUID(), ...sent })).json();
      write(answer, await done());
    } catch (error) {
      fail(error);
    } finally {
      busy = false;
    }
  }

  /** Noted first, then copied: what was pasted somewhere is never unknown here. */
  const issue = (one) => post("issued", { kind: one.kind, sha256: one.sha256 }, () =>
    copied(one.text).then(() => `${one.words}: copied, and noted as issued. Paste it now.`,
      () => `${one.words}: noted as issued, but this browser did not let it be copied. Select the text and copy it.`));

  function recall(one) {
    const send = (words) => post("recalled", { undoes: one.act, words }, async () => `${one.words}: noted as issued in error.`);
    const form = recallForm(one, send, () => showTexts(panel, room, close));
    fill(body, form);
    form.querySelector("input").focus();
  }

  fill(panel, head("Texts and letters", close), said, body);
  panel.onkeydown = (event) => {
    if (room.unfolded !== "texts" || event.target.tagName === "INPUT" || event.repeat || event.ctrlKey || event.metaKey) return;
    const one = textOf(texts, event.key);
    if (one) void issue(one);
  };
  panel.focus();
  room.desk.loader.ask(`cases/${id}/texts`).then((answer) => answer.json()).then((offered) => write(offered), fail);
}
