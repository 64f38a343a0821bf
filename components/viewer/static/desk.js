// What outlives one mounting of the viewer: planes, waiting decisions, how each case was looked at.
//
// The page around takes the viewer down and puts it up again as it likes; nothing here is lost then.

import { Activity } from "./activity.js";
import { Claims, received } from "./claims.js";
import { noteTime } from "./clock.js";
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
  if (body?.case) body.case = received(body.case);
  // A "yes" that cannot be read is no answer: asked again with the same id, it comes once more.
  return { status: answer.ok && !body ? 0 : answer.status, body };
};

/** Keeps what the reader set for themselves; whether it is kept. */
const preferring = (api) => async (name, value) => {
  const answer = await fetch(`${api}/preferences`, {
    method: "POST", headers: { "Content-Type": "application/json" }, credentials: "same-origin",
    body: JSON.stringify({ name, value }), keepalive: true, signal: AbortSignal.timeout(SEND_MS),
  }).catch(() => null);
  return Boolean(answer?.ok);
};

/** Asks for the claim of a case; { status, body }, status 0 without an answer. */
const claiming = (api, loader) => async (id, deed, text, { last }) => {
  const answer = await fetch(`${api}/claims`, {
    method: "POST", headers: { "Content-Type": "application/json", "X-Review-Ticket": loader.tickets.get(id) ?? "" },
    body: JSON.stringify({ case: id, do: deed, text }), credentials: "same-origin",
    keepalive: last, signal: last ? undefined : AbortSignal.timeout(SEND_MS),
  }).catch(() => null);
  if (answer) noteTime(answer);
  return { status: answer?.status ?? 0, body: (await answer?.json().catch(() => null)) ?? null };
};

function made(api) {
  const tell = (name) => (...args) => desk.room?.[name](...args);
  const loader = new Loader({ api, arrived: tell("arrived") });
  const outbox = new Outbox({
    post: poster(api, loader), storage: globalThis.sessionStorage,
    changed: () => {
      claims.settle();
      desk.room?.render();
    },
    saved: tell("saved"), refused: tell("refused"),
  });
  const claims = new Claims({
    post: claiming(api, loader), told: tell("claimed"), pending: (id) => outbox.pending(id).length > 0,
  });
  const desk = {
    loader, outbox, claims, activity: new Activity(), room: null, prefer: preferring(api),
    kept: new Map(), // case -> how it was looked at
    conflicts: new Map(), // case -> what was decided there and refused because somebody came first
    urgent: new Map(), // case -> alerts raised there that nobody was told of yet
    past: [], // cases looked at before this one, the newest last
    keymap: null, // the reader's own keys, once a record has told them
  };
  globalThis.addEventListener("online", () => outbox.retry());
  globalThis.addEventListener("pagehide", () => void claims.giveBack({ last: true }));
  document.addEventListener("visibilitychange", () => desk.activity.hidden(document.hidden));
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
