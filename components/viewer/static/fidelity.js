// What a picture is made of, in words: everything that bears on how far it can be trusted. Pure.

import { besideWords, pictureOf, straightOf, vertebra } from "./pictures.js";
import { slabWords } from "./slab.js";
import { presetOf } from "./window.js";

const mm = (value, digits = 2) => `${Number(value.toFixed(digits))} mm`;

/** `meta.fidelity`, or what an older stack says of itself in the same form. */
export function fidelityOf(meta) {
  if (meta.fidelity) return meta.fidelity;
  const { spacing_mm: [step], slices, note } = meta.source;
  return { slices, step_mm: step, thickness_mm: null, in_plane_mm: null, stored: "", oblique_degrees: 0,
    through_plane_mm: meta.plane_mm ?? null, merged: 1, interpolated: "", tilt_degrees: 0, kernel: "",
    lossy: "", overlay: null, overlay_fit: null, unsuitable: "", notes: note ? [note] : [] };
}

function slicesWords({ slices, step_mm: step, thickness_mm: thickness }) {
  if (thickness === null) return `${slices} CT slices every ${mm(step)}, thickness not stated`;
  const apart = step - thickness;
  const how = Math.abs(apart) < 0.05 * step ? "" : apart < 0 ? `, overlapping by ${mm(-apart)}` : `, gaps of ${mm(apart)}`;
  return `${slices} CT slices of ${mm(thickness)} every ${mm(step)}${how}`;
}

function inPlaneWords({ in_plane_mm: pair }) {
  if (!pair) return "";
  const [one, other] = pair;
  return Math.abs(one - other) < 0.005 ? `${mm(one)} in plane` : `${mm(one)} × ${mm(other)} in plane`;
}

function throughWords({ through_plane_mm: apart, merged }) {
  if (apart === null) return "";
  return `sagittal pictures every ${mm(apart)}${merged > 1 ? ` (mean of ${merged} voxel layers)` : ""}`;
}

function storedWords({ stored, oblique_degrees: oblique }) {
  const lies = oblique >= 1 ? `${oblique.toFixed(0)}° oblique` : "";
  return [stored ? `stored ${stored}` : "", lies].filter(Boolean).join(", ");
}

const tiltWords = ({ tilt_degrees: tilt }) => (Math.abs(tilt) >= 0.05 ? `gantry tilt of ${tilt.toFixed(1)}° corrected` : "");

const OVERLAYS = { mask: "outlines from the mask sent with the AI result", centroids: "levels from centroids, no outlines",
  "": "no outlines: neither mask nor centroids were sent" };

function overlayWords({ overlay, overlay_fit: fit }) {
  if (overlay === null) return "";
  const share = fit === null || fit === undefined ? "" : `; ${(fit * 100).toFixed(0)} % of their rim lies on the edge of bone`;
  return (OVERLAYS[overlay] ?? `outlines from ${overlay}`) + share;
}

function overlayBrief({ overlay, overlay_fit: fit }) {
  if (overlay === null) return "";
  const share = fit === null || fit === undefined ? "" : `, ${(fit * 100).toFixed(0)} % on bone edge`;
  return overlay ? `overlay: ${overlay}${share}` : "no overlay sent";
}

const interpolatedWords = ({ interpolated }) => (interpolated ? `interpolated: ${interpolated}` : "not interpolated");

/** How the picture on the stage comes from the planes: "" for a plain plane of the stack. */
function kindWords(view, picture) {
  if (picture.kind === "straight") {
    const { source } = straightOf(view);
    const from = { mask: "the centres of the mask", centroids: "the centroids", clicks: "the curve you drew" }[source] ?? source;
    return `straightened along ${from}: distances along the spine only`;
  }
  return picture.kind === "own" ? `${view.level}'s own mid-sagittal plane, resampled to ${mm(picture.mm_per_pixel)} pixels` : "";
}

/** Window, zoom and slab of *view* in words. */
export function lookWords(view, picture) {
  const { window, look, slab, mip } = view;
  const name = presetOf(window)?.name ?? "Own window";
  return [
    `${name}, C ${window.centre} W ${window.width}`, `zoom ${look.zoom.toFixed(1)} ×`,
    slabWords(picture, slab, mip) || "single slice",
  ].join(" · ");
}

/** How the picture is shown and made, in a line or two. */
export function stripWords(view, picture) {
  const told = fidelityOf(view.meta);
  const through = told.through_plane_mm === null ? "" : `${mm(told.through_plane_mm)} through plane`;
  return [
    lookWords(view, picture), kindWords(view, picture), slicesWords(told), inPlaneWords(told), through,
    interpolatedWords(told), tiltWords(told), told.kernel && `kernel ${told.kernel}`, overlayBrief(told), ...told.notes,
  ].filter(Boolean).join(" · ");
}

/** What the CT behind *meta* was, in a line. */
export function sourceWords(meta) {
  const told = fidelityOf(meta);
  return [slicesWords(told), told.kernel && `kernel ${told.kernel}`, tiltWords(told)].filter(Boolean).join(" · ");
}

const chosenSeries = (view, record) => record.series?.find((one) => one.stack === view.stack);

const why = (view, record) => {
  const words = chosenSeries(view, record)?.why;
  return words ? `: ${words}` : "";
};

/** Marks that must not be missed: [{ mark, words, first }]; the words of a `first` one stand before all else. */
export function badges(view, record) {
  const told = fidelityOf(view.meta);
  const other = view.stack && view.stack !== record.stack;
  return [
    told.unsuitable && { mark: "Unsuitable for heights", words: told.unsuitable, first: true },
    told.lossy && { mark: `Lossy: ${told.lossy}`, words: `Stored with loss of detail (${told.lossy}).` },
    other && { mark: "Other reconstruction", words: `not the one shown first${why(view, record)}`, first: true },
  ].filter(Boolean);
}

/** All of it as [name, words] pairs, for the full list. */
export function fullList(view, record) {
  const { meta } = view;
  const told = fidelityOf(meta);
  const picture = pictureOf(view);
  const body = vertebra(meta, view.level);
  const straight = straightOf(view);
  return [
    ["Heights", told.unsuitable ? `UNSUITABLE: ${told.unsuitable}` : "may be measured on this scan"],
    ["Picture", kindWords(view, picture) || "true sagittal plane of the stack"],
    ["Beside the curve", picture.kind === "straight" ? besideWords(straight.offset_mm[picture.at]) : ""],
    ["Shown as", lookWords(view, picture)],
    ["CT slices", slicesWords(told)],
    ["In plane", inPlaneWords(told)],
    ["Through plane", throughWords(told)],
    ["Locators", "coronal and axial are cut from the same sagittal pictures; blank where one has not come yet"],
    ["Grid", storedWords(told)],
    ["Resampling", interpolatedWords(told)],
    ["Gantry", tiltWords(told) || "not tilted"],
    ["Kernel", told.kernel || "not stated"],
    ["Compression", told.lossy ? `LOSSY: ${told.lossy}` : "none, or without loss"],
    ["Outlines", overlayWords(told)],
    ["Level", body ? `${body.level}: ${body.unmeasured || "measured in its own plane"}` : ""],
    ["Reconstruction", chosenSeries(view, record)?.words ?? ""],
    ["Notes", told.notes.join(" ")],
  ].filter(([, words]) => words);
}
