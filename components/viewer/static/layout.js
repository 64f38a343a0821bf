// The fixed parts of the room, made once. What changes is written into them by others.

import { group } from "./buttons.js";
import { el } from "./dom.js";

// Window steps have no key of their own: they are the buttons for a drag with the right button.
const step = (send, label, words, by) =>
  el("button", { type: "button", class: "vcf-button", title: words, "aria-label": words,
    onclick: () => send({ type: "window", ...by }) }, [label]);

function stepTools(parts, act, send) {
  parts.slider = el("input", { type: "range", class: "vcf-slider", min: "0", max: "0", step: "1",
    "aria-label": "Slice", oninput: (event) => send({ type: "plane", to: Number(event.target.value) }) });
  const tools = group("steps", "Slices and size", act);
  tools.querySelector("[data-action=sliceRight]").after(parts.slider);
  tools.append(
    step(send, "C −", "Darker centre: window centre up 50", { centre: 50 }),
    step(send, "C +", "Brighter centre: window centre down 50", { centre: -50 }),
    step(send, "W −", "More contrast: window 100 narrower", { width: -100 }),
    step(send, "W +", "Less contrast: window 100 wider", { width: 100 }),
  );
  return tools;
}

const bare = (text) => el("span", { class: "vcf-by", "aria-hidden": "true" }, [text]);

/** The bar for the points of one vertebra; it takes the place of the slices, which it has none of. */
function pointTools(act) {
  return el("div", { class: "vcf-point-bar", hidden: true }, [
    el("div", { class: "vcf-point-line" }, [
      group("point", "Choose a point", act, { mode: "own", before: [bare("Point")] }),
      group("nudge", "Move it a quarter of a millimetre", act, { mode: "own", before: [bare("0.25 mm")] }),
      group("push", "Move it one millimetre", act, { mode: "own", before: [bare("1 mm")] }),
    ]),
    group("own", "This vertebra", act, { mode: "own" }),
  ]);
}

/** The bars of the straightened view and of drawing a curve, each between slices and picture. */
function modeTools(parts, act) {
  parts.straightBar = group("straight", "Straightened view", act, { mode: "straight", before: [bare("Level")] });
  parts.curveBar = el("div", { class: "vcf-buttons", role: "group", "aria-label": "Draw the curve" },
    [bare("Curve"), group("move", "Move the cross", act, { mode: "curve" }), group("curve", "Centres", act, { mode: "curve" })]);
  return [parts.straightBar, parts.curveBar];
}

function pictures(parts, act) {
  parts.image = el("canvas", { class: "vcf-image", "aria-hidden": "true" });
  parts.over = el("canvas", { class: "vcf-over", "aria-hidden": "true" });
  parts.refusal = el("p", { class: "vcf-refusal", role: "status", hidden: true });
  parts.stage = el("div", { class: "vcf-stage", tabindex: "0", role: "application", "aria-describedby": "vcf-spoken",
    "aria-label": "Sagittal picture and decisions by key. H shows the keys." },
    [parts.image, parts.over, parts.refusal]);
  parts.heights = el("output", { class: "vcf-heights", "aria-live": "polite", hidden: true });
  parts.coronal = el("canvas", { class: "vcf-locator", role: "img", "aria-label": "Coronal locator" });
  parts.axial = el("canvas", { class: "vcf-locator", role: "img", "aria-label": "Axial locator" });
  parts.locators = el("div", { class: "vcf-locators" },
    [parts.coronal, parts.axial, group("cross", "Move the cross", act, { before: [bare("Cross")] })]);
  parts.prior = el("div", { class: "vcf-prior", hidden: true }); // the earlier picture beside this one
  return el("div", { class: "vcf-pictures" }, [
    parts.prior, el("div", { class: "vcf-screen" }, [parts.stage, parts.heights]), parts.locators,
  ]);
}

function strip(parts, act) {
  parts.facts = el("div", { class: "vcf-facts" });
  parts.how = group("how", "How it was made", act);
  return el("div", { class: "vcf-strip" }, [parts.facts, parts.how]);
}

/** A press beside the buttons goes into the picture: the keys must not die of it. */
function intoPicture(event, stage) {
  if (event.target.closest("button, input, .vcf-stage")) return;
  event.preventDefault();
  stage.focus({ preventScroll: true });
}

/** The room's elements, by name; *act* takes an action of keys.js, *send* one of state.js. */
export function layout({ act, send, saving }) {
  const parts = {};
  const screen = pictures(parts, act);
  parts.banner = el("section", { class: "vcf-banner", "aria-label": "Patient and scan" });
  parts.urgent = el("div", { class: "vcf-urgent", role: "alert" });
  parts.toldButton = group("urgent", "Urgent alert", act);
  parts.timeline = el("div", { class: "vcf-timeline" }); // the patient's other scans, and an earlier referral
  parts.findings = el("div", { class: "vcf-findings" });
  parts.report = el("div", { class: "vcf-report" });
  parts.saved = el("p", { class: "vcf-saved", role: "status", "aria-live": "polite" });
  parts.alert = el("div", { class: "vcf-alert", role: "alert" });
  parts.spoken = el("p", { class: "vcf-unseen", id: "vcf-spoken", role: "status" });
  parts.unsaved = el("p", { class: "vcf-unseen", role: "alert" });
  parts.said = el("p", { class: "vcf-said", role: "status", "aria-live": "polite" });
  parts.retry = el("button", { type: "button", class: "vcf-button", hidden: true, onclick: saving.retry }, ["Try again now"]);
  parts.panel = el("div", { class: "vcf-panel", role: "dialog", tabindex: "-1", "aria-labelledby": "vcf-panel-title", hidden: true });
  parts.steps = stepTools(parts, act, send);
  parts.pointBar = pointTools(act);
  parts.tools = el("div", { class: "vcf-tools" }, [parts.steps, parts.pointBar, ...modeTools(parts, act), group("picture", "Picture", act)]);
  const left = el("div", { class: "vcf-left", onmousedown: (event) => intoPicture(event, parts.stage) },
    [screen, parts.tools, strip(parts, act)]);
  const findings = el("section", { class: "vcf-box vcf-findings-box", "aria-label": "Findings and decisions" }, [
    el("div", { class: "vcf-box-head" }, [el("h2", {}, ["Findings"]), group("sent", "Sent by the AI product", act), group("list", "Select a finding", act)]),
    parts.findings,
    group("decide", "Decide", act),
    group("amend", "Amend", act),
  ]);
  const report = el("section", { class: "vcf-box vcf-report-box", "aria-label": "Radiology report" }, [
    el("div", { class: "vcf-box-head" }, [el("h2", {}, ["Report"]), group("report", "Report", act)]),
    parts.report,
  ]);
  const foot = el("div", { class: "vcf-foot" }, [
    parts.alert,
    el("div", { class: "vcf-foot-line" }, [
      el("div", { class: "vcf-told" }, [parts.saved, parts.said]), parts.retry, group("case", "Scan", act),
    ]),
  ]);
  const right = el("div", { class: "vcf-right" }, [parts.timeline, findings, report, foot, parts.panel]);
  parts.room = el("div", { class: "vcf vcf-viewer", "data-case": "", "data-painted": "", "data-saved": "saved" },
    [el("h1", { class: "vcf-unseen" }, ["Review"]), parts.spoken, parts.unsaved,
      el("div", { class: "vcf-room" }, [parts.banner, parts.urgent, left, right])]);
  return parts;
}
