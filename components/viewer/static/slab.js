// Slabs: several slices in one picture, as their mean or their brightest. Pure.

/** Thicknesses in mm that the key goes through; 0 is a single slice. */
export const SLABS_MM = [0, 5, 10, 20];

/** What asking for the brightest starts with where there was no slab. */
export const MIP_SLAB_MM = 10;

export const nextSlab = (mm) => SLABS_MM[(SLABS_MM.indexOf(mm) + 1) % SLABS_MM.length];

/** Slices on either side of the middle one for a slab of *mm*: the odd number nearest to it. */
export const reachOf = (mm, step) => (mm > 0 && step > 0 ? Math.max(0, Math.round((mm / step - 1) / 2)) : 0);

/** The slices of *picture* that a slab of *mm* takes in: { from, to }, both included. */
export function slabOf({ at, count, step_mm: step }, mm) {
  const reach = reachOf(mm, step);
  return { from: Math.max(0, at - reach), to: Math.min(count - 1, at + reach) };
}

/** A slab in words, with what it truly is; "" for a single slice. */
export function slabWords(picture, mm, mip) {
  if (mm === 0) return "";
  if (picture.kind === "own") return "no slab here";
  const { from, to } = slabOf(picture, mm);
  const slices = to - from + 1;
  const how = mip ? "MIP" : "mean";
  return `${mm} mm slab: ${how} of ${slices} slice${slices === 1 ? "" : "s"} (${(slices * picture.step_mm).toFixed(1)} mm)`;
}

/** One Int16Array of *planes*, all of one size: their mean, rounded, or their brightest. */
export function blend(planes, mip) {
  const [first, ...others] = planes;
  if (others.length === 0) return first;
  if (mip) {
    const brightest = Int16Array.from(first);
    for (const plane of others) {
      for (let at = 0; at < brightest.length; at += 1) {
        if (plane[at] > brightest[at]) brightest[at] = plane[at];
      }
    }
    return brightest;
  }
  const total = Int32Array.from(first);
  for (const plane of others) for (let at = 0; at < total.length; at += 1) total[at] += plane[at];
  const mean = new Int16Array(total.length);
  for (let at = 0; at < mean.length; at += 1) mean[at] = Math.round(total[at] / planes.length);
  return mean;
}
