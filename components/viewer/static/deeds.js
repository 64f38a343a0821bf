// What each action does. Decisions become acts bound to the case and version on the screen.

import { rightTime } from "./clock.js";
import { closing, ENDED } from "./closing.js";
import { conflictMenu, madeAgain } from "./conflict.js";
import { describeForm, formAct, numberingForm, openAlerts, toldForm } from "./describe.js";
import { choseIn, steppedIn, tookIn, wroteIn } from "./forms.js";
import { DECISIONS } from "./keys.js";
import { chosen, menuFor, OF_CASE } from "./menus.js";
import { vertebra } from "./pictures.js";
import { obstacle, renumbering } from "./predict.js";
import { reportDeeds } from "./reading.js";
import { sights } from "./sights.js";

const EMPTY = { finding: null, code: "", text: "", level: null, grade: null, type: null,
  status: null, recommendation: null };

const DONE = { confirm: "accepted", reject: "rejected", unsure: "marked unsure", regrade: "graded",
  relabel: "given a new level", measure: "measured", describe: "described" };

const OF_THE_CASE = { undo: "Last step on this scan undone.", report_status: "Report status noted.", renumber: "Numbered anew.",
  told: "Noted who was told.", ...ENDED };

/** Whether a decision is open in *record* though its findings are not. */
const THOUGH_READONLY = {
  otherwise: () => true, // its menu holds what may be done
  told: (record) => openAlerts(record).length > 0,
  undo: ({ reading, closed }) => Boolean(closed && reading?.mine),
  status: ({ may }) => may?.includes("report_status") ?? false,
  standards: ({ may }) => may?.includes("report_status") ?? false,
};

/** What accepting takes: the grade and type that stand on the button. */
const onButton = ({ grade, type, offered }) => ({
  grade: grade ?? offered?.grade ?? null, type: type ?? offered?.type ?? null,
});

/** What may be done past both versions of a decision, and what is said of all else. */
const GOES = new Set(["next", "back"]);
const ASKS = "Your step was not saved: somebody came first. Choose with a digit, or go on with N.";

/** The time as a field for date and time has it: the server's, where the reader is. */
const localNow = () => new Date(rightTime() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

/** The deeds of *room*; answers act(action) and what the open menu needs. */
export function deeds(room) {
  const finding = () => room.shown()?.findings.find((f) => f.id === room.view.selected) ?? null;
  const seen = () => ({ case: room.view.case, version: room.shown().version, stack: room.view.stack });

  function send(kind, fields, bound = seen()) {
    const act = { act: crypto.randomUUID(), ...EMPTY, ...fields, ...bound, kind };
    const about = room.shown().findings.find((f) => f.id === act.finding);
    room.desk.outbox.add(act);
    if (kind === "add") room.look({ type: "select", finding: `new-${act.act}`, level: act.level });
    room.say(sentence(kind, act, about));
  }

  const picture = sights(room, { send, seen });
  const ends = closing(room, { send, seen, select });

  function sentence(kind, act, about) {
    if (kind === "add") return `${act.level} added.`; // whether the AI missed it may be hidden
    return OF_THE_CASE[kind] ?? `${act.level ?? about?.level ?? "Finding"} ${DONE[kind] ?? "noted"}.`;
  }

  function decide(kind) {
    const about = finding();
    const hindrance = obstacle(kind, about);
    if (hindrance) return room.refuse(hindrance);
    return send(kind, { finding: about.id, ...(kind === "confirm" ? onButton(about) : {}) });
  }

  const open = (menu) => room.look({ type: "menu", menu });

  function ask(name) {
    const about = finding();
    const hindrance = OF_CASE.has(name) ? "" : obstacle(name, about);
    if (hindrance) return room.refuse(hindrance);
    return open(menuFor(name, { record: room.shown(), finding: about, seen: seen() }));
  }

  function describe() {
    const about = finding();
    const hindrance = obstacle("describe", about);
    return hindrance ? room.refuse(hindrance) : open(describeForm(room.shown(), about, seen()));
  }

  function told() {
    if (openAlerts(room.shown()).length === 0) return room.refuse("No urgent alert is open on this case.");
    return open(toldForm(room.shown(), seen(), localNow()));
  }

  function select(id) {
    const level = room.shown().findings.find((f) => f.id === id)?.level;
    const hindrance = picture.held();
    if (hindrance) return room.refuse(hindrance);
    const points = vertebra(room.view.meta, level)?.own ? picture.startPoints(level) : null;
    return room.look({ type: "select", finding: id, level, points });
  }

  function along(by) {
    const ids = room.shown()?.findings.map((f) => f.id) ?? [];
    const at = ids.indexOf(room.view.selected);
    const id = ids[Math.min(ids.length - 1, Math.max(0, at + by))];
    if (id) select(id);
  }

  function close() {
    if (room.view.menu?.conflict) room.desk.conflicts.delete(room.view.case);
    if (room.view.menu) room.look({ type: "menu", menu: null });
    room.unfold("");
    room.focus();
  }

  const DEEDS = {
    accept: () => decide("confirm"),
    unsure: () => decide("unsure"),
    reject: () => ask("reject"),
    undo: () => send("undo", {}), // the server knows the reader's last step on this scan
    describe, told,
    numbering: () => open(numberingForm(room.shown(), seen())),
    ...ends.deeds,
    next: () => room.visits.next(),
    back: () => room.visits.back(),
    ...room.earlier.deeds,
    ...room.preview.deeds,
    ...reportDeeds(room, { open, seen }),
    help: () => room.unfold(room.unfolded === "help" ? "" : "help"),
    close,
    findingUp: () => along(-1),
    findingDown: () => along(1),
  };

  function unready(action) {
    const about = finding();
    const record = room.shown();
    if (record?.readonly && !THOUGH_READONLY[action]?.(record)) return record.why_not || "You may look at this scan, not decide on it.";
    if (about?.id.startsWith("new-") && ["accept", "reject", "unsure", "grade", "type", "level", "describe"].includes(action)) {
      return "This finding is still being saved. Again in a moment.";
    }
    return renumbering(action, record) || room.screen.unseen();
  }

  /** Does *action* of keys.js. */
  function act(action) {
    if (DECISIONS.has(action)) {
      const hindrance = unready(action);
      if (hindrance) return room.refuse(hindrance);
    }
    const leaving = picture.hindrance(action);
    if (leaving) return room.refuse(leaving);
    return (picture.deedOf(action) ?? DEEDS[action] ?? (() => ask(action)))();
  }

  /** Goes on past both versions, which leaves what stands; no other *action* is taken there. */
  function past(action) {
    const hindrance = room.screen.unseen() || (GOES.has(action) ? "" : ASKS);
    if (hindrance) return room.refuse(hindrance);
    close();
    return act(action);
  }

  /** What the reader chose where somebody came first. */
  function settle({ conflict }, { value }) {
    const record = room.shown();
    const early = room.screen.unseen(); // the key may have been meant for what stood there before
    if (early) return room.refuse(early);
    close();
    if (value === "leave") return room.say("Left as it stands now.");
    for (const again of madeAgain(conflict, record)) room.desk.outbox.add(again);
    return room.say("Decided once more, on what stands now.");
  }

  const SPECIAL = {
    series: (_menu, option) => {
      close();
      return picture.turnTo(option.value);
    },
    conflict: settle,
  };

  function finish(menu, option) {
    if (SPECIAL[menu.name]) return SPECIAL[menu.name](menu, option);
    const about = room.shown().findings.find((f) => f.id === menu.finding) ?? null;
    const outcome = chosen(menu, option, { record: room.shown(), finding: about });
    room.look({ type: "menu", menu: outcome.menu ?? null });
    if (outcome.menu) return undefined;
    room.focus();
    const { kind, ...fields } = outcome.act;
    if (menu.name === "otherwise" || menu.name === "finish") return ends.ended(outcome.act, menu.seen);
    return send(kind, fields, menu.seen);
  }

  /** Chooses *option* of the open menu: done at once, but for one that needs words. */
  function choose(option) {
    const { menu } = room.view;
    if (!option.needsText) return finish(menu, option);
    return open({ ...menu, picked: option.value, awaits: option.value });
  }

  function confirmForm(menu) {
    const record = room.shown();
    const { act: made, hindrance } = formAct(menu, record, record.findings.find((f) => f.id === menu.finding));
    if (hindrance) return room.refuse(hindrance);
    open(null);
    room.focus();
    const { kind, ...fields } = made;
    return send(kind, fields, menu.seen);
  }

  /** Enter in a menu: what is filled in or picked is done. */
  function confirm() {
    const { menu } = room.view;
    if (menu.fields) return confirmForm(menu);
    const option = menu.options.find((o) => o.value === menu.picked);
    if (!option) return room.refuse("Pick one first.");
    if (!option.needsText) return finish(menu, option);
    if (menu.awaits !== option.value) return choose(option);
    if (menu.text.trim()) return finish(menu, option);
    return room.refuse(`“${option.words}” needs a few words of explanation. Write them, then press Enter.`);
  }

  /** Moves the pick of the open menu up or down. */
  function pick(by) {
    const { menu } = room.view;
    if (menu.fields) return open(steppedIn(menu, by));
    const at = menu.options.findIndex((o) => o.value === menu.picked);
    const option = menu.options[(at + by + menu.options.length) % menu.options.length];
    return open({ ...menu, picked: option.value, awaits: null });
  }

  const write = (text) => {
    room.view.menu.text = text; // typed into the field itself: nothing to draw again
  };
  const writeIn = (at, text) => {
    const { menu } = room.view;
    Object.assign(menu, wroteIn(menu, at, text), { at }); // as above
  };
  const chooseIn = (at, value) => open(choseIn(room.view.menu, at, value));
  const takeIn = (at) => open(tookIn(room.view.menu, at));

  /** Shows what was decided here and refused because somebody came first. */
  function showConflict() {
    const conflict = room.desk.conflicts.get(room.view.case);
    if (conflict && !room.view.menu?.conflict) open(conflictMenu(conflict, room.shown(), seen()));
  }

  const { point, settlePoints } = picture;
  return { act, past, choose, chooseIn, takeIn, confirm, open, pick, write, writeIn, close, select, point, settlePoints, showConflict };
}
