// What each action does. Decisions become acts bound to the case and version on the screen.

import { DECISIONS } from "./keys.js";
import { chosen, menuFor } from "./menus.js";
import { vertebra } from "./pictures.js";
import { obstacle } from "./predict.js";
import { sights } from "./sights.js";

const EMPTY = { finding: null, code: "", text: "", level: null, grade: null, type: null,
  status: null, recommendation: null };

const DONE = { confirm: "accepted", reject: "rejected", unsure: "marked unsure", regrade: "graded",
  relabel: "given a new level", measure: "measured" };

/** What accepting takes: the grade and type that stand on the button. */
const onButton = ({ grade, type, offered }) => ({
  grade: grade ?? offered?.grade ?? null, type: type ?? offered?.type ?? null,
});

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

  function sentence(kind, act, about) {
    if (kind === "add") return `${act.level} added as a missed fracture.`;
    if (kind === "undo") return "Last step on this scan undone.";
    if (kind === "report_status") return "Report status noted.";
    return `${act.level ?? about?.level ?? "Finding"} ${DONE[kind]}.`;
  }

  function decide(kind) {
    const about = finding();
    const hindrance = obstacle(kind, about);
    if (hindrance) return room.say(hindrance);
    return send(kind, { finding: about.id, ...(kind === "confirm" ? onButton(about) : {}) });
  }

  function ask(name) {
    const about = finding();
    const aboutOne = name !== "missed" && name !== "status";
    const hindrance = aboutOne ? obstacle(name, about) : "";
    if (hindrance) return room.say(hindrance);
    return room.look({ type: "menu", menu: menuFor(name, { record: room.shown(), finding: about, seen: seen() }) });
  }

  function select(id) {
    const level = room.shown().findings.find((f) => f.id === id)?.level;
    const hindrance = picture.held();
    if (hindrance) return room.say(hindrance);
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
    if (room.view.menu) room.look({ type: "menu", menu: null });
    room.unfold("");
    room.focus();
  }

  const DEEDS = {
    accept: () => decide("confirm"),
    unsure: () => decide("unsure"),
    reject: () => ask("reject"),
    undo: () => send("undo", {}), // the server knows the reader's last step on this scan
    next: () => room.visits.next(),
    back: () => room.visits.back(),
    ...room.earlier.deeds,
    finish: () => room.visits.next(),
    describe: () => room.say("Not here yet."),
    numbering: () => room.say("Not here yet."),
    otherwise: () => room.say("Not here yet."),
    told: () => room.say("Not here yet."),
    help: () => room.unfold(room.unfolded === "help" ? "" : "help"),
    close,
    findingUp: () => along(-1),
    findingDown: () => along(1),
  };

  function unready(action) {
    const about = finding();
    if (room.shown()?.readonly) return "You may look at this scan, not decide on it.";
    if (about?.id.startsWith("new-") && !["missed", "status", "undo", "save"].includes(action)) {
      return "This finding is still being saved. Again in a moment.";
    }
    return room.screen.unseen();
  }

  /** Does *action* of keys.js. */
  function act(action) {
    if (DECISIONS.has(action)) {
      const hindrance = unready(action);
      if (hindrance) return room.say(hindrance);
    }
    const leaving = picture.hindrance(action);
    if (leaving) return room.say(leaving);
    return (picture.deedOf(action) ?? DEEDS[action] ?? (() => ask(action)))();
  }

  function finish(menu, option) {
    if (menu.name === "series") {
      close();
      return picture.turnTo(option.value);
    }
    const about = room.shown().findings.find((f) => f.id === menu.finding) ?? null;
    const outcome = chosen(menu, option, { record: room.shown(), finding: about });
    room.look({ type: "menu", menu: outcome.menu ?? null });
    if (outcome.menu) return undefined;
    room.focus();
    const { kind, ...fields } = outcome.act;
    return send(kind, fields, menu.seen);
  }

  /** Chooses *option* of the open menu: at once, or as a pick to be confirmed. */
  function choose(option) {
    const { menu } = room.view;
    if (!menu.confirms) return finish(menu, option);
    if (menu.picked === option.value) return confirm();
    return room.look({ type: "menu", menu: { ...menu, picked: option.value } });
  }

  /** Confirms what is picked in a menu that asks for it. */
  function confirm() {
    const { menu } = room.view;
    const option = menu.options.find((o) => o.value === menu.picked);
    if (!option) return room.say("Pick one first.");
    if (option.needsText && !menu.text.trim()) {
      return room.say(`“${option.words}” needs a few words of explanation. Write them, then press Enter.`);
    }
    return finish(menu, option);
  }

  /** Moves the pick of the open menu up or down. */
  function pick(by) {
    const { menu } = room.view;
    const at = menu.options.findIndex((o) => o.value === menu.picked);
    const option = menu.options[(at + by + menu.options.length) % menu.options.length];
    room.look({ type: "menu", menu: { ...menu, picked: option.value } });
  }

  const write = (text) => {
    room.view.menu.text = text; // typed into the field itself: nothing to draw again
  };

  const { point, settlePoints } = picture;
  return { act, choose, confirm, pick, write, close, select, point, settlePoints };
}
