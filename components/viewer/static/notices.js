// Small notices: whether all is saved, what was refused, how the picture is shown.

import { el, fill, say } from "./dom.js";

const WORDS = {
  saved: () => "✓ All saved",
  saving: ({ count }) => `… Saving ${count}`,
  "not saved": ({ count, reason }) => `✕ NOT SAVED (${count}): ${reason}`,
};

/** Writes the state of the outbox. */
export function showSaved({ room, saved, unsaved, retry }, { status }) {
  room.dataset.saved = status.state;
  retry.hidden = status.state !== "not saved";
  const words = WORDS[status.state](status);
  say(saved, words);
  say(unsaved, status.state === "not saved" ? words : ""); // said at once, whatever else is being read
}

const lostWords = (count) =>
  `${count} decision(s) may not be saved: the page was reloaded, or somebody else signed in. Check the scan.`;

const ELSEWHERE = "A decision on another scan is not yet saved. Open that scan to save it.";

/** Writes what was refused or lost, with a way back to that scan. */
export function showAlert(node, room) {
  const { alert, desk, view } = room;
  const { lost } = desk.outbox;
  const elsewhere = desk.outbox.elsewhere(view.case);
  const text = alert?.text ?? (lost.length ? lostWords(lost.length) : elsewhere ? ELSEWHERE : "");
  if (node.dataset.text === text) return;
  node.dataset.text = text;
  if (!text) return fill(node);
  const id = alert?.case ?? lost[0]?.case ?? elsewhere;
  const dismiss = () => {
    room.alert = null;
    desk.outbox.forgetLost();
    room.render();
  };
  const open = () => {
    dismiss();
    room.visits.moveTo(id, desk.loader.tickets.get(id));
  };
  return fill(
    node,
    el("p", {}, [text]),
    id === view.case ? null : el("button", { type: "button", class: "vcf-button", onclick: open }, ["Open that scan"]),
    el("button", { type: "button", class: "vcf-button", onclick: dismiss }, ["Understood"]),
  );
}

/** Says on the accept button what accepting *finding* means. */
export function showOffer(room, finding) {
  const button = room.querySelector("[data-action=accept]");
  const { grade, type } = finding?.grade ? finding : (finding?.offered ?? {});
  const words = grade ? ["grade", grade, type].filter(Boolean).join(" ") : "";
  say(button.querySelector(".vcf-offer") ?? button.appendChild(el("span", { class: "vcf-offer" })), words);
  button.setAttribute("aria-label", `Accept: confirm the fracture${words ? `, ${words}` : ""}`);
}
