// Which picture is on the stage: the true sagittal stack, the straightened spine, or one vertebral
// body's own plane. Pure. The stack file numbers its planes through: true ones first, then others.

/** The vertebra of *meta* at *level*, or null. */
export const vertebra = (meta, level) =>
  (level && meta?.vertebrae.find((v) => v.level === level)) || null;

/** The straightened picture to be shown: what the reader drew comes before the machine's. */
export const straightOf = (view) => view.drawn ?? view.meta?.straight ?? null;

const ownOf = (view) => vertebra(view.meta, view.level)?.own ?? null;

/** Levels with a plane of their own, from the head. */
export const ownLevels = (meta) =>
  meta.vertebrae.filter((v) => v.own).sort((a, b) => a.centre[1] - b.centre[1]).map((v) => v.level);

const sized = ({ rows, columns, mm_per_pixel: mm }) => ({ rows, columns, mm_per_pixel: mm });

function straightened(view) {
  const straight = straightOf(view);
  if (!straight) return null;
  const [one, other = one + 1] = straight.offset_mm;
  const at = Math.min(view.offset, straight.planes - 1);
  return { ...sized(straight), kind: "straight", name: `straight-${at}`, at, count: straight.planes,
    step_mm: Math.abs(other - one), first: straight.first, drawn: view.drawn !== null };
}

function own(view) {
  const plane = ownOf(view);
  if (!plane) return null;
  return { ...sized(plane), kind: "own", name: `own-${view.level}`, at: 0, count: 1, step_mm: 0,
    first: plane.plane, drawn: false };
}

const truth = ({ meta, plane }) => ({ ...sized(meta), kind: "true", name: String(plane), at: plane,
  count: meta.planes, step_mm: meta.plane_mm, first: 0, drawn: false });

const KINDS = { straight: straightened, own };

/**
 * The picture *view* shows, or null without one: { kind, name, at, count, step_mm, first, drawn,
 * rows, columns, mm_per_pixel }. Slice `at` of `count` is plane `first + at` of the stack file, or
 * of what came for the reader's own curve where `drawn`.
 */
export const pictureOf = (view) =>
  view.meta ? (KINDS[view.kind]?.(view) ?? truth(view)) : null;

/** What has rows and columns of plane *number* of the stack file. */
export function extent(meta, number) {
  if (number < meta.planes) return meta;
  const { straight } = meta;
  if (straight && number >= straight.first && number < straight.first + straight.planes) return straight;
  return meta.vertebrae.find((v) => v.own?.plane === number)?.own ?? meta;
}

/** Planes of the stack file that are none of the true stack, those of use first. */
export function furtherPlanes(meta) {
  const { straight } = meta;
  const along = straight ? [...Array(straight.planes).keys()] : [];
  const middleOut = along.sort((a, b) => Math.abs(a - straight.middle) - Math.abs(b - straight.middle));
  return [
    ...middleOut.map((at) => straight.first + at),
    ...meta.vertebrae.filter((v) => v.own).map((v) => v.own.plane),
  ];
}

/** How far a slice of the straightened picture lies beside the curve, in words. */
export function besideWords(mm) {
  const whole = Math.round(Math.abs(mm) * 10) / 10;
  return whole === 0 ? "on the curve" : `${whole} mm ${mm > 0 ? "left" : "right"} of the curve`;
}

const NOTABLE_DEGREES = 5;

/** How a body's own plane stands to the true sagittal plane, in words; "" when hardly. */
export function standsWords({ lean_degrees: lean = 0, turn_degrees: turn = 0 }) {
  const said = [[lean, "leans"], [turn, "turned"]]
    .filter(([degrees]) => Math.abs(degrees) >= NOTABLE_DEGREES)
    .map(([degrees, word]) => `${word} ${Math.abs(degrees).toFixed(0)}°`);
  return said.join(", ");
}

/** Why *level* has no plane of its own to be measured in, as a sentence, or "". */
export function withoutOwn(view, level) {
  if (!level) return "Put the cross on a vertebra (click it), or select a finding with a level, then press P.";
  const unsuitable = view.meta.fidelity?.unsuitable;
  if (unsuitable) return unsuitable;
  const body = vertebra(view.meta, level);
  if (body?.own) return "";
  return `${level} has no points: ${body?.unmeasured || "no mask of this vertebra was sent"}.`.replace("..", ".");
}
