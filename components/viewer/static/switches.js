// Says on the buttons what is switched on, and shows those that fit the picture on the stage.

import { levelsOf } from "./curve.js";
import { say } from "./dom.js";

const pressed = (room, action, on) =>
  room.querySelector(`.vcf-group-picture [data-action=${action}]`).setAttribute("aria-pressed", String(on));

const labelled = (room, action, label) =>
  say(room.querySelector(`[data-action=${action}] .vcf-label`), label);

/** Whoever was on a button that is hidden now goes on in the picture. */
function keepFocus({ room, stage }) {
  const at = document.activeElement;
  if (at && at !== stage && room.contains(at) && !at.checkVisibility()) stage.focus({ preventScroll: true });
}

/** Writes *view* on the buttons of *parts*; *others* counts the scan's other reconstructions. */
export function showSwitches(parts, view, others) {
  const { room } = parts;
  const { meta, kind, slab, mip, overlay, locators, level } = view;
  const on = { straight: kind === "straight", points: kind === "own", locators, prior: view.prior !== null, overlay, slab: slab > 0, mip: slab > 0 && mip };
  for (const [action, state] of Object.entries(on)) pressed(room, action, state);
  labelled(room, "slab", slab ? `Slab ${slab} mm` : "Slab");
  labelled(room, "goLevel", level ? `Go to ${level}` : "Go to level");
  labelled(room, "series", `Other series (${others})`);
  room.querySelector("[data-action=series]").hidden = others === 0;
  parts.steps.hidden = kind === "own";
  parts.pointBar.hidden = kind !== "own";
  parts.heights.hidden = kind !== "own";
  parts.straightBar.hidden = kind !== "straight";
  parts.curveBar.hidden = kind !== "curve";
  parts.locators.hidden = !meta || !locators;
  const named = levelsOf(view).length > 0; // a curve drawn by hand knows no levels
  for (const button of parts.straightBar.querySelectorAll("[data-action^=level], [data-action=goLevel]")) button.disabled = !named;
  keepFocus(parts);
}
