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

function brightest(planes) {
  const [first, ...others] = planes;
  const most = first.slice();
  for (const plane of others) {
    for (let at = 0; at < most.length; at += 1) if (plane[at] > most[at]) most[at] = plane[at];
  }
  return most;
}

/** Blends slabs. The sum of the last one is kept: the next slab shares all but two slices with it. */
export class Blender {
  constructor() {
    this.clear();
  }

  /** Forgets every pixel. */
  clear() {
    Object.assign(this, { summed: [], sum: null });
  }

  /** One Int16Array of *planes*, all of one size: their mean, rounded, or their brightest. */
  blend(planes, mip) {
    if (planes.length === 1) return planes[0];
    return mip ? brightest(planes) : this.#mean(planes);
  }

  #mean(planes) {
    const gone = this.summed.filter((plane) => !planes.includes(plane));
    const come = planes.filter((plane) => !this.summed.includes(plane));
    if (this.sum?.length === planes[0].length && gone.length + come.length < planes.length) {
      for (const plane of gone) this.#add(plane, -1);
      for (const plane of come) this.#add(plane, 1);
    } else {
      this.sum = new Int32Array(planes[0]);
      for (const plane of planes.slice(1)) this.#add(plane, 1);
    }
    this.summed = planes;
    const mean = new Int16Array(this.sum.length);
    for (let at = 0; at < mean.length; at += 1) mean[at] = Math.round(this.sum[at] / planes.length);
    return mean;
  }

  #add(plane, sign) {
    const { sum } = this;
    for (let at = 0; at < sum.length; at += 1) sum[at] += sign * plane[at];
  }
}
