// Mouse, pen and touch on the picture. Every drag here has buttons that do the same.
//
// wheel = slices, ctrl + wheel = zoom, right button or shift + drag = window and level,
// drag = move the picture when it is zoomed.

const NOTCH = 60; // wheel pixels that make one slice; a notch of a mouse wheel is 100 to 120
const ZOOM_PER_PIXEL = 0.0015;

/** Whole slices in *gathered* wheel pixels, and what is left over. A notch is always one slice. */
export function slices(gathered) {
  const whole = Math.trunc(gathered / NOTCH);
  return { whole, rest: gathered - whole * NOTCH };
}

/** Wheel pixels of one event: lines and pages counted as notches, big jumps as one notch. */
export function wheelPixels({ deltaY, deltaMode }) {
  if (deltaMode !== 0) return Math.sign(deltaY) * NOTCH;
  return Math.abs(deltaY) >= NOTCH ? Math.sign(deltaY) * NOTCH : deltaY;
}

/** Listens on *stage*; *send* takes actions of state.js. Answers how to stop listening. */
export function gestures(stage, send, frame = requestAnimationFrame) {
  let gathered = 0;
  let zooming = null;
  let waiting = false;
  let drag = null;

  const flush = () => {
    waiting = false;
    const { whole, rest } = slices(gathered);
    gathered = rest;
    if (whole !== 0) send({ type: "slice", by: whole });
    if (zooming) send(zooming);
    zooming = null;
  };

  const at = (event) => {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  const onWheel = (event) => {
    event.preventDefault();
    if (event.ctrlKey) {
      const factor = (zooming?.factor ?? 1) * Math.exp(-event.deltaY * ZOOM_PER_PIXEL);
      zooming = { type: "zoom", factor, at: at(event) };
    } else {
      gathered += wheelPixels(event);
    }
    if (!waiting) frame(flush);
    waiting = true;
  };

  const onDown = (event) => {
    const windowing = event.button === 2 || event.shiftKey;
    drag = { windowing, x: event.clientX, y: event.clientY };
    stage.setPointerCapture(event.pointerId);
  };

  const onMove = (event) => {
    if (!drag) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    drag = { ...drag, x: event.clientX, y: event.clientY };
    send(drag.windowing ? { type: "window", width: 4 * dx, centre: 2 * dy } : { type: "pan", dx, dy });
  };

  const onUp = () => {
    drag = null;
  };
  const onMenu = (event) => event.preventDefault();

  const listeners = { wheel: onWheel, pointerdown: onDown, pointermove: onMove, pointerup: onUp,
    pointercancel: onUp, contextmenu: onMenu };
  for (const [name, listener] of Object.entries(listeners)) {
    stage.addEventListener(name, listener, { passive: false });
  }
  return () => {
    for (const [name, listener] of Object.entries(listeners)) stage.removeEventListener(name, listener);
  };
}
