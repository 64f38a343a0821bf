// What was before: the patient's other scans, the earlier picture beside this one, the history.

import { alertList } from "./alerts.js";
import { el, fill } from "./dom.js";
import { writeHistory } from "./history.js";
import { head } from "./panel.js";
import { Prior } from "./prior.js";
import { timelineBox } from "./timeline.js";

const ROOMY = 900; // CSS pixels of height that leave room for the table beside the findings

/** What *room* shows of what was before. */
export function earlier(room) {
  let written = "";
  let prior = null;
  const beside = () => (prior ??= new Prior(room));

  function history(panel, record, close) {
    const body = el("div", { class: "vcf-panel-body" });
    const id = record.case;
    fill(panel, head("History of this case", close), body);
    panel.focus();
    void writeHistory(body, id, {
      ask: async (path) => (await room.desk.loader.ask(path)).json(),
      current: () => room.unfolded === "history" && room.view.case === id && panel.contains(body),
    });
  }

  return {
    /** Actions of keys.js. */
    deeds: {
      history: () => room.unfold(room.unfolded === "history" ? "" : "history"),
      prior: () => beside().turn(),
    },
    /** Panels over the right column: (node, record, close) each. */
    panels: { history },
    /** Writes what *record* says into the room. */
    show(record) {
      const { timeline, alerts, findings } = record;
      const now = JSON.stringify([record.case, timeline, alerts, findings]);
      if (written === now) return;
      written = now;
      const node = room.parts.timeline;
      const box = timelineBox(record, node.querySelector("details")?.open ?? window.innerHeight >= ROOMY);
      fill(node, alertList(record), box);
      const scroll = node.querySelector(".vcf-scans-scroll");
      if (scroll) scroll.scrollLeft = scroll.scrollWidth; // the latest scans, and this one
    },
    /** The picture of the stage was painted: what stands beside it follows. */
    painted() {
      if (prior || room.view.prior) beside().draw();
    },
    /** Takes everything of the last patient off the screen. */
    clear() {
      written = "";
      prior?.clear();
    },
  };
}
