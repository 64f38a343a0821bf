// Mouse, pen and touch on the picture. Every drag here has buttons that do the same.
//
// wheel = slices, ctrl + wheel = zoom, right button or shift + drag = window and level,
// click = the cross, drag = a point, the cross, or the picture when it is zoomed.

const NOTCH = 60; // wheel pixels that make one slice; a notch of a mouse wheel is 100 to 120
const ZOOM_PER_PIXEL = 0.0015;
const STILL = 4; // CSS pixels a click may wander

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

/** Where *event* lies on *node*, in CSS pixels. */
export function placeOn(node, event) {
  const box = node.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

const listening = (node, listeners) => {
  for (const [name, listener] of Object.entries(listeners)) {
    node.addEventListener(name, listener, { passive: false });
  }
  return () => {
    for (const [name, listener] of Object.entries(listeners)) node.removeEventListener(name, listener);
  };
};

/**
 * Listens on *stage*; *send* takes actions of state.js, *grab* (at) answers what a drag moves
 * (aim.js), *click* (at) takes a click. Answers how to stop listening.
 */
export function gestures(stage, { send, grab, click }, frame = requestAnimationFrame) {
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

  const wheel = (event) => {
    event.preventDefault();
    if (event.ctrlKey) {
      const factor = (zooming?.factor ?? 1) * Math.exp(-event.deltaY * ZOOM_PER_PIXEL);
      zooming = { type: "zoom", factor, at: placeOn(stage, event) };
    } else {
      gathered += wheelPixels(event);
    }
    if (!waiting) frame(flush);
    waiting = true;
  };

  const pointerdown = (event) => {
    const windowing = event.button === 2 || event.shiftKey;
    const at = placeOn(stage, event);
    const held = windowing || event.button !== 0 ? null : grab(at);
    drag = { windowing, held, at, x: event.clientX, y: event.clientY, still: event.button === 0 && !windowing };
    if (held?.start) send(held.start);
    stage.setPointerCapture(event.pointerId);
  };

  const moved = (to, dx, dy) => {
    if (drag.windowing) return { type: "window", width: 4 * dx, centre: 2 * dy };
    return drag.held ? drag.held.move(to) : { type: "pan", dx, dy };
  };

  const pointermove = (event) => {
    if (!drag) return;
    const to = placeOn(stage, event);
    if (drag.still && Math.hypot(to.x - drag.at.x, to.y - drag.at.y) < STILL) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    drag = { ...drag, still: false, x: event.clientX, y: event.clientY };
    send(moved(to, dx, dy));
  };

  const pointerup = () => {
    if (drag?.still) click(drag.at);
    drag = null;
  };
  const pointercancel = () => {
    drag = null;
  };
  const contextmenu = (event) => event.preventDefault();

  return listening(stage, { wheel, pointerdown, pointermove, pointerup, pointercancel, contextmenu });
}

/** Listens on a locator: a press, and every move while it is held, is a place on it. */
export function pressing(node, press) {
  let held = false;
  const down = (event) => {
    if (event.button !== 0) return;
    held = true;
    node.setPointerCapture(event.pointerId);
    press(placeOn(node, event));
  };
  const move = (event) => held && press(placeOn(node, event));
  const up = () => {
    held = false;
  };
  return listening(node, { pointerdown: down, pointermove: move, pointerup: up, pointercancel: up });
}
