// Turns key presses inside the room into actions.

import { keyIn } from "./forms.js";
import { captured } from "./help.js";
import { actionOf, ONCE, pressedKey } from "./keys.js";
import { optionOf } from "./menus.js";

const typesIn = (target) => target.matches?.("input[type=text], input[type=datetime-local], textarea, select") ?? false;
const SCROLLS = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "]);

const taken = (event) => {
  event.preventDefault();
  event.stopPropagation();
};

/** A keydown listener for *room* and its *deeds*. */
export function keyboard(room, deeds) {
  function whileTyping(event) {
    event.stopPropagation(); // letters typed here are words, for the page around as well
    if (event.key === "Enter") event.repeat || deeds.confirm();
    else if (event.key === "Escape") deeds.close();
    else if (room.view.menu?.fields && ["ArrowUp", "ArrowDown"].includes(event.key)) deeds.pick(event.key === "ArrowUp" ? -1 : 1);
    else return;
    event.preventDefault();
  }

  const MENU = {
    Escape: () => deeds.close(),
    ArrowDown: () => deeds.pick(1),
    ArrowUp: () => deeds.pick(-1),
  };

  function enter(event, menu) {
    const button = event.target.closest?.("button");
    if (button) return; // Enter on a button presses that button
    taken(event);
    if (!event.repeat && (menu.fields || menu.picked !== null)) deeds.confirm();
  }

  function inForm(event, menu) {
    const next = event.key === "Escape" ? null : keyIn(menu, event.key);
    if (event.key !== "Escape" && !next) return undefined;
    taken(event);
    if (event.repeat && !event.key.startsWith("Arrow")) return undefined;
    return next ? deeds.open(next) : deeds.close();
  }

  function inMenu(event, menu) {
    if (event.key === "Enter") return enter(event, menu);
    if (menu.fields) return inForm(event, menu);
    const option = optionOf(menu, event.key);
    const deed = MENU[event.key] ?? (option && !event.repeat && (() => deeds.choose(option)));
    if (!deed) return menu.conflict ? besides(event) : undefined;
    taken(event);
    return deed();
  }

  /** A key of the room while both versions stand there: going on leaves what stands, others wait. */
  function besides(event) {
    const action = actionOf(pressedKey(event), room.view.kind, room.keys());
    if (!action) return;
    taken(event);
    if (!event.repeat) deeds.past(action);
  }

  /** Tab goes along the points while there is a next one, and then on through the page. */
  function tabbed(event) {
    const { kind, draft } = room.view;
    return kind === "own" && draft && draft.chosen < 5 && !event.shiftKey && event.target === room.parts.stage;
  }

  /** Whether the page or the control with the focus has a better use for the key. */
  function belongsElsewhere(event) {
    if (event.key === "Tab") return !tabbed(event);
    if (event.key === "Enter") return Boolean(event.target.closest?.("button, summary"));
    return SCROLLS.has(event.key) && Boolean(event.target.closest?.(".vcf-report-text, .vcf-panel"));
  }

  /** The key pressed is the one a person wants for an action; Tab still goes on through the page. */
  function capture(event) {
    if (["Shift", "Tab", "CapsLock"].includes(event.key)) return;
    taken(event);
    if (!event.repeat) captured(room.parts.panel, room, () => deeds.close(), event.key);
  }

  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.repeat && ["Enter", " "].includes(event.key) && event.target.closest?.("button")) return taken(event); // no button held down is pressed twice
    if (room.capturing) return capture(event);
    if (typesIn(event.target)) return whileTyping(event);
    if (room.view.menu) return inMenu(event, room.view.menu);
    if (belongsElsewhere(event)) return;
    const covered = room.unfolded !== ""; // what is decided on cannot be seen then
    const action = covered && event.key === "Escape" ? "close" : actionOf(pressedKey(event), room.view.kind, room.keys());
    if (!action || (action === "close" && !covered)) return;
    taken(event);
    const judges = room.unfolded === "read" && ["status", "standards"].includes(action); // what they are about is in sight
    if (covered && !judges && !["close", room.unfolded].includes(action)) return;
    if (judges) room.unfold("");
    if (event.repeat && ONCE.has(action)) return;
    room.pressed(event.timeStamp);
    deeds.act(action);
  };
}
