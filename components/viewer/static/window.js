// Window and level: which grey a Hounsfield unit is shown as.

/** The two windows a reader switches between, in HU. */
export const PRESETS = [
  { name: "Bone", centre: 400, width: 1800 },
  { name: "Soft tissue", centre: 40, width: 400 },
];

export const LIMITS = { centre: [-1000, 3000], width: [10, 4000] };

const clamp = (value, [low, high]) => Math.min(high, Math.max(low, value));

/** *window* with its centre and width moved, kept within what makes a picture. */
export function stepped(window, { centre = 0, width = 0 }) {
  return {
    centre: clamp(Math.round(window.centre + centre), LIMITS.centre),
    width: clamp(Math.round(window.width + width), LIMITS.width),
  };
}

/** The preset *window* equals, or null. */
export const presetOf = (window) =>
  PRESETS.find((p) => p.centre === window.centre && p.width === window.width) ?? null;

/** The preset after the one shown; the first one from any window set by hand. */
export function nextPreset(window) {
  const at = PRESETS.indexOf(presetOf(window));
  const { centre, width } = PRESETS[(at + 1) % PRESETS.length];
  return { centre, width };
}

/** Grey 0 to 255 of one Hounsfield unit; linear, as DICOM PS3.3 C.11.2.1.2.1. */
export function grey(hounsfield, { centre, width }) {
  const lowest = centre - 0.5 - (width - 1) / 2;
  const share = (hounsfield - lowest) / Math.max(1, width - 1);
  return Math.round(255 * Math.min(1, Math.max(0, share)));
}

/** Opaque grey pixels (little-endian RGBA) for all 65,536 int16 values, indexed by value & 0xffff. */
export function table(window) {
  const pixels = new Uint32Array(65536);
  for (let value = -32768; value < 32768; value += 1) {
    pixels[value & 0xffff] = (0xff000000 | (grey(value, window) * 0x010101)) >>> 0;
  }
  return pixels;
}

let last = { centre: null, width: null, greys: null };

/** `table(window)`, made once for as long as the window stays. */
export function greysOf({ centre, width }) {
  if (last.centre !== centre || last.width !== width) last = { centre, width, greys: table({ centre, width }) };
  return last.greys;
}

/** Fills *target* (Uint32Array, one RGBA pixel each) with *plane* seen through *pixels*. */
export function shade(plane, pixels, target) {
  for (let at = 0; at < plane.length; at += 1) target[at] = pixels[plane[at] & 0xffff];
}
