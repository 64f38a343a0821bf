// Where a picture lies on the stage. Pure: sizes and points in, points out.
//
// image: { rows, columns }; stage: { width, height } in CSS pixels;
// look:  { zoom, x, y }: zoom 1 shows the whole picture, (x, y) is the pixel at the stage's middle.
// Pixel centres lie at whole numbers, so a picture reaches from -0.5 to columns - 0.5.

export const ZOOM = { least: 1, most: 16, step: 1.25 };

/** The look that shows the whole picture. */
export const whole = ({ rows, columns }) => ({ zoom: 1, x: (columns - 1) / 2, y: (rows - 1) / 2 });

/** CSS pixels per picture pixel at zoom 1. */
export const fit = ({ rows, columns }, { width, height }) =>
  Math.min(width / columns, height / rows);

/** Scale and offset: screen = pixel * scale + offset. */
export function placing(image, stage, look) {
  const scale = fit(image, stage) * look.zoom;
  return {
    scale,
    left: stage.width / 2 - look.x * scale,
    top: stage.height / 2 - look.y * scale,
  };
}

export const toScreen = ({ scale, left, top }, { x, y }) => ({
  x: x * scale + left,
  y: y * scale + top,
});

export const toPixel = ({ scale, left, top }, { x, y }) => ({
  x: (x - left) / scale,
  y: (y - top) / scale,
});

const held = (value, size, shown) => {
  const middle = (size - 1) / 2;
  if (shown >= size) return middle;
  const slack = (size - shown) / 2;
  return Math.min(middle + slack, Math.max(middle - slack, value));
};

/** *look* with zoom and middle kept so that no needless black shows. */
export function limited(image, stage, look) {
  const zoom = Math.min(ZOOM.most, Math.max(ZOOM.least, look.zoom));
  const scale = fit(image, stage) * zoom;
  return {
    zoom,
    x: held(look.x, image.columns, stage.width / scale),
    y: held(look.y, image.rows, stage.height / scale),
  };
}

/** *look* zoomed by *factor* while the pixel under screen point *at* stays where it is. */
export function zoomed(image, stage, look, factor, at) {
  const zoom = Math.min(ZOOM.most, Math.max(ZOOM.least, look.zoom * factor));
  const under = toPixel(placing(image, stage, look), at);
  const scale = fit(image, stage) * zoom;
  return limited(image, stage, {
    zoom,
    x: under.x - (at.x - stage.width / 2) / scale,
    y: under.y - (at.y - stage.height / 2) / scale,
  });
}

/** *look* after the picture was pulled by (dx, dy) CSS pixels. */
export function panned(image, stage, look, dx, dy) {
  const { scale } = placing(image, stage, look);
  return limited(image, stage, { ...look, x: look.x - dx / scale, y: look.y - dy / scale });
}

/** A round length whose bar is at most *most* CSS pixels long: { mm, length }. */
export function scaleBar(mmPerPixel, scale, most) {
  const roundest = [100, 50, 20, 10, 5, 2, 1];
  const mm = roundest.find((length) => (length / mmPerPixel) * scale <= most) ?? 1;
  return { mm, length: (mm / mmPerPixel) * scale };
}

/** Where a sagittal plane lies, in words; LPS x is positive to the patient's left. */
export function planeWords(x) {
  const mm = Math.round(Math.abs(x));
  return mm === 0 ? "x = 0 mm, midline of the scanner" : `x = ${mm} mm ${x > 0 ? "left" : "right"}`;
}
