// What outlives one mounting of the viewer: planes, waiting decisions, how each case was looked at.
//
// The page around takes the viewer down and puts it up again as it likes; nothing here is lost then.

import { Loader } from "./fetch.js";
import { Outbox } from "./outbox.js";

const SEND_MS = 20000;
const desks = new Map();

/** Sends one act; { status, body }, status "ticket" when none is at hand for its case. */
const poster = (api, loader) => async (act) => {
  const ticket = loader.tickets.get(act.case);
  if (!ticket) return { status: "ticket", body: null };
  const answer = await fetch(`${api}/decisions`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Review-Ticket": ticket },
    body: JSON.stringify(act),
    credentials: "same-origin",
    keepalive: true, // survives the page being closed
    signal: AbortSignal.timeout(SEND_MS),
  });
  const body = await answer.json().catch(() => null);
  // A "yes" that cannot be read is no answer: asked again with the same id, it comes once more.
  return { status: answer.ok && !body ? 0 : answer.status, body };
};

/** Keeps what the reader set for themselves; whether it is kept. */
const preferring = (api) => async (name, value) => {
  const answer = await fetch(`${api}/preferences`, {
    method: "POST", headers: { "Content-Type": "application/json" }, credentials: "same-origin",
    body: JSON.stringify({ name, value }), signal: AbortSignal.timeout(SEND_MS),
  }).catch(() => null);
  return Boolean(answer?.ok);
};

function made(api) {
  const tell = (name) => (...args) => desk.room?.[name](...args);
  const loader = new Loader({ api, arrived: tell("arrived") });
  const outbox = new Outbox({
    post: poster(api, loader), storage: globalThis.sessionStorage,
    changed: tell("render"), saved: tell("saved"), refused: tell("refused"),
  });
  const desk = {
    loader, outbox, room: null, prefer: preferring(api),
    kept: new Map(), // case -> how it was looked at
    past: [], // cases looked at before this one, the newest last
    keymap: null, // the reader's own keys, once a record has told them
  };
  globalThis.addEventListener("online", () => outbox.retry());
  globalThis.addEventListener("beforeunload", (event) => {
    if (outbox.queue.length > 0) event.preventDefault(); // the browser asks before leaving
  });
  return desk;
}

/** The desk for the server at *api*; the same one every time. */
export function deskFor(api) {
  const address = new URL(api, document.baseURI).href.replace(/\/$/, "");
  if (!desks.has(address)) desks.set(address, made(address));
  return desks.get(address);
}
