// One patient of the triage room: what is known, what speaks against a referral, and the buttons.

import { el } from "./dom.js";
import { badge } from "./grades.js";

const key = (letter) => el("kbd", {}, [letter.toUpperCase()]);

const button = (letter, words, press, more = {}) =>
  el("button", { type: "button", onclick: press, ...more }, [key(letter), ` ${words}`]);

const list = (heading, items) =>
  items.length ? el("section", {}, [el("h3", {}, [heading]), el("ul", {}, items.map((one) => el("li", {}, [].concat(one))))]) : null;

const told = (act) => [el("b", {}, [act.what]), ` · ${act.by}`, act.said ? ` · ${act.said}` : ""];

function hintOf(hint) {
  const words = hint.pieces.map(([text, marked]) => (marked ? el("mark", {}, [text]) : text));
  return el("div", { class: "vcf-hint" }, [
    el("p", {}, [el("b", {}, [`${hint.words}?`]), " ", el("span", { class: "vcf-quiet" }, [`machine, from the ${hint.where}`])]),
    el("blockquote", {}, words),
  ]);
}

function head(row) {
  return el("header", {}, [
    el("h2", { tabindex: "-1" }, [row.name]),
    el("p", {}, [`NHS ${row.nhs} · born ${row.born}${row.practice ? ` · GP practice ${row.practice}` : ""}`]),
    el("p", { class: "vcf-what" }, [badge(row.worst), el("b", {}, [row.levels || "nothing confirmed"])]),
    el("p", {}, [
      `First scan ${row.index}, 90 days end ${row.ends}: `,
      el("b", { class: `vcf-clock vcf-${row.urgency}` }, [row.clock]),
    ]),
  ]);
}

const request = ({ text, by }) =>
  el("section", {}, [el("h3", {}, ["Request"]), el("p", { class: "vcf-words" }, [text || "no request text"]), el("p", { class: "vcf-quiet" }, [by])]);

function fields(code, at, held, done) {
  const day = el("input", { type: "date", value: at.day, oninput: (event) => { held.day = event.target.value; } });
  const source = el("input", {
    type: "text", value: at.source, maxlength: "500", autocomplete: "off",
    oninput: (event) => { held.source = event.target.value; },
  });
  held.day = at.day;
  held.source = at.source;
  const offered = code.offered.map((words) =>
    el("button", { type: "button", onclick: () => { source.value = words; held.source = words; done(); } }, [words]));
  const enter = (event) => {
    if (event.key !== "Enter" || event.target.localName !== "input") return; // a button's Enter is its own
    event.preventDefault();
    done();
  };
  return el("div", { class: "vcf-fields", onkeydown: enter }, [
    el("b", {}, [code.words]),
    code.day ? el("label", {}, [`${code.day} `, day]) : null,
    code.source ? el("label", {}, [`${code.source} `, source]) : null,
    offered.length ? el("div", { class: "vcf-row" }, offered) : null,
    el("button", { type: "button", class: "vcf-main", onclick: done }, [key("Enter"), " Exclude"]),
  ]);
}

/** The list of exclusions; a key or a press chooses one. */
function menu(desk, acts) {
  const { row, codes } = desk;
  const hinted = new Set(row.hints.map((hint) => hint.code));
  const buttons = codes.filter((code) => !row.sent || code.recalls).map((code) =>
    button(code.key, code.words, () => acts.choose(code), { class: hinted.has(code.code) ? "vcf-hinted" : "" }));
  return el("div", { class: "vcf-codes", role: "group", "aria-label": "Why not referred" }, buttons);
}

function buttons(desk, acts) {
  const { row } = desk;
  const refers = row.hints.length > 0 || row.set.length > 0;
  const turn = row.first ? ["Back in turn", acts.turn] : ["Put first", acts.first];
  return el("div", { class: "vcf-row vcf-deeds" }, [
    refers ? button("a", row.set.length ? "Refer after all" : "Refer: none of this applies", acts.refer, { class: "vcf-main" }) : null,
    button("x", "Exclude…", acts.menu, { "aria-expanded": String(desk.menu) }),
    row.sent ? null : button("f", turn[0], turn[1]),
    button("z", desk.last ? `Undo: ${desk.last.words}` : "Undo", acts.undo, { disabled: !desk.last }),
    button("o", "Open the scan", acts.open, { disabled: !row.case }),
  ]);
}

function note(desk) {
  const held = desk.draft(desk.row.id);
  return el("label", { class: "vcf-note" }, [
    el("span", {}, [key("n"), " Note (optional; goes with the next decision)"]),
    el("textarea", { rows: "2", maxlength: "500", oninput: (event) => { held.note = event.target.value; } }, [held.note]),
  ]);
}

/** The panel of the patient on the screen; *acts* are what its buttons do. */
export function panel(desk, acts) {
  const { row } = desk;
  const done = desk.done.get(row.id);
  const chosen = desk.chosen;
  return el("article", { class: "vcf-patient", "data-patient": row.id, "data-version": row.version }, [
    head(row),
    done ? el("p", { class: "vcf-done", role: "status" }, [done.words]) : null,
    desk.may && !done ? buttons(desk, acts) : null,
    desk.may && !done && desk.menu && !chosen ? menu(desk, acts) : null,
    desk.may && !done && chosen ? fields(chosen, acts.proposed(chosen), desk.draft(row.id), () => acts.exclude(chosen)) : null,
    desk.may && !done ? note(desk) : null,
    list("Not referred because", [...row.reasons, ...row.set.map(told)]),
    row.hints.length ? el("section", {}, [el("h3", {}, ["Speaks for an exclusion"]), ...row.hints.map(hintOf)]) : null,
    list("Missing", row.waits),
    row.first ? list("Put first", [told(row.first)]) : null,
    request(row.request),
    list("Scans", row.scans.map((scan) => `${scan.day} · ${scan.exam} · ${scan.stands}`)),
    list("Referrals", row.referrals),
    list("What was done", row.acts.map(told)),
  ]);
}
