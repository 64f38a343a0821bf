// The fixed parts of the room, made once. What changes is written into them by others.

import { el } from "./dom.js";
import { KEYS, sign } from "./keys.js";

const SHORT = { slicesRight: "«", sliceRight: "‹", sliceLeft: "›", slicesLeft: "»", zoomIn: "+", zoomOut: "−",
  findingUp: "↑", findingDown: "↓" };

// Window steps have no key of their own: they are the buttons for a drag with the right button.

const button = (row, act) =>
  el("button", {
    type: "button", class: `vcf-button vcf-do-${row.action}`, "data-action": row.action,
    title: `${row.words} (${row.keys.map(sign).join(" or ")})`, "aria-label": row.words,
    "aria-keyshortcuts": row.keys[0], onclick: () => act(row.action),
  }, SHORT[row.action] ? [SHORT[row.action]] : [row.label, " ", el("kbd", {}, [sign(row.keys[0])])]);

const group = (name, label, act) =>
  el("div", { class: `vcf-buttons vcf-group-${name}`, role: "group", "aria-label": label },
    KEYS.filter((row) => row.group === name).map((row) => button(row, act)));

const step = (send, label, words, by) =>
  el("button", { type: "button", class: "vcf-button", title: words, "aria-label": words,
    onclick: () => send({ type: "window", ...by }) }, [label]);

function pictureTools(parts, act, send) {
  parts.slider = el("input", { type: "range", class: "vcf-slider", min: "0", max: "0", step: "1",
    "aria-label": "Slice", oninput: (event) => send({ type: "plane", to: Number(event.target.value) }) });
  const tools = group("picture", "Picture", act);
  tools.querySelector("[data-action=sliceRight]").after(parts.slider);
  tools.append(
    step(send, "C −", "Darker centre: window centre up 50", { centre: 50 }),
    step(send, "C +", "Brighter centre: window centre down 50", { centre: -50 }),
    step(send, "W −", "More contrast: window 100 narrower", { width: -100 }),
    step(send, "W +", "Less contrast: window 100 wider", { width: 100 }),
  );
  return tools;
}

/** The room's elements, by name; *act* takes an action of keys.js, *send* one of state.js. */
export function layout({ act, send, saving }) {
  const parts = {};
  parts.image = el("canvas", { class: "vcf-image", "aria-hidden": "true" });
  parts.over = el("canvas", { class: "vcf-over", "aria-hidden": "true" });
  parts.refusal = el("p", { class: "vcf-refusal", role: "status", hidden: true });
  parts.stage = el("div", { class: "vcf-stage", tabindex: "0", role: "application",
    "aria-label": "Sagittal picture and decisions by key. H shows the keys." },
    [parts.image, parts.over, parts.refusal]);
  parts.facts = el("p", { class: "vcf-facts" });
  parts.banner = el("section", { class: "vcf-banner", "aria-label": "Patient and scan" });
  parts.findings = el("div", { class: "vcf-findings" });
  parts.report = el("div", { class: "vcf-report" });
  parts.saved = el("p", { class: "vcf-saved", role: "status", "aria-live": "polite" });
  parts.alert = el("div", { class: "vcf-alert", role: "alert" });
  parts.said = el("p", { class: "vcf-said", role: "status", "aria-live": "polite" });
  parts.retry = el("button", { type: "button", class: "vcf-button", hidden: true, onclick: saving.retry }, ["Try again now"]);
  parts.panel = el("div", { class: "vcf-panel", role: "dialog", tabindex: "-1", "aria-labelledby": "vcf-panel-title", hidden: true });
  parts.tools = pictureTools(parts, act, send);
  const left = el("div", { class: "vcf-left" }, [parts.stage, parts.tools, parts.facts]);
  const findings = el("section", { class: "vcf-box vcf-findings-box", "aria-label": "Findings and decisions" }, [
    el("div", { class: "vcf-box-head" }, [el("h3", {}, ["Findings"]), group("list", "Select a finding", act)]),
    parts.findings,
    group("decide", "Decide", act),
    group("amend", "Amend", act),
  ]);
  const report = el("section", { class: "vcf-box vcf-report-box", "aria-label": "Radiology report" }, [
    el("div", { class: "vcf-box-head" }, [el("h3", {}, ["Radiology report"]), group("report", "Report", act)]),
    parts.report,
  ]);
  const foot = el("div", { class: "vcf-foot" }, [
    parts.alert,
    el("div", { class: "vcf-foot-line" }, [
      el("div", { class: "vcf-told" }, [parts.saved, parts.said]), parts.retry, group("case", "Scan", act),
    ]),
  ]);
  const right = el("div", { class: "vcf-right" }, [parts.banner, findings, report, foot, parts.panel]);
  parts.room = el("div", { class: "vcf vcf-viewer", "data-case": "", "data-painted": "", "data-saved": "saved" },
    [el("div", { class: "vcf-room" }, [left, right])]);
  return parts;
}
