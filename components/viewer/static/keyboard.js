// Turns key presses inside the room into actions.

import { actionOf, ONCE } from "./keys.js";
import { optionOf } from "./menus.js";

const typesIn = (target) => target.matches?.("input[type=text], textarea, select") ?? false;
const SCROLLS = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "]);

const taken = (event) => {
  event.preventDefault();
  event.stopPropagation();
};

/** A keydown listener for *room* and its *deeds*. */
export function keyboard(room, deeds) {
  function whileTyping(event) {
    event.stopPropagation(); // letters typed here are words, for the page around as well
    if (event.key === "Enter") deeds.confirm();
    else if (event.key === "Escape") deeds.close();
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
    const option = menu.options.find((o) => o.value === menu.picked);
    if (menu.confirms) deeds.confirm();
    else if (option) deeds.choose(option);
  }

  function inMenu(event, menu) {
    if (event.key === "Enter") return enter(event, menu);
    const option = optionOf(menu, event.key);
    const deed = MENU[event.key] ?? (option && !event.repeat && (() => deeds.choose(option)));
    if (!deed) return undefined;
    taken(event);
    return deed();
  }

  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typesIn(event.target)) return whileTyping(event);
    if (room.view.menu) return inMenu(event, room.view.menu);
    if (SCROLLS.has(event.key) && event.target.closest?.(".vcf-report-text, .vcf-panel")) return;
    const action = actionOf(event.key);
    if (!action || (action === "close" && !room.helping)) return;
    taken(event);
    if (room.helping && !["close", "help"].includes(action)) return; // it covers what is decided on
    if (event.repeat && ONCE.has(action)) return;
    room.pressed(event.timeStamp);
    deeds.act(action);
  };
}
