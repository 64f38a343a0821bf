// What a room does with what the server says: a plane, a saved act, a refusal, a claim.

import { conflictOf } from "./conflict.js";

/** The answers *room* takes. */
export function answers(room) {
  const at = (id) => room.desk.loader.at(id)?.record;

  function arrived({ case: id, plane }) {
    room.askForTicket();
    if (id !== room.view.case) return;
    if (room.desk.loader.here?.first?.includes(plane)) room.screen.draw();
    else room.locators.soon();
  }

  /** The finding an act added has its own name now. */
  function christen(act, record) {
    const old = at(act.case)?.findings.map((f) => f.id) ?? [];
    const born = record?.findings.find((f) => !old.includes(f.id))?.id;
    if (born && room.view.selected === `new-${act.act}`) room.view = { ...room.view, selected: born };
  }

  function saved(act, record) {
    room.desk.claims.renewed(act.case);
    if (act.kind === "add") christen(act, record);
    if (record) room.take(record);
  }

  function refused(act, sentence, dropped, record, status) {
    const here = act.case === room.view.case;
    const first = status === 409 && Boolean(record); // somebody came first
    if (first) {
      const before = at(act.case) ?? null;
      room.desk.conflicts.set(act.case, conflictOf({ acts: [act, ...dropped], sentence, before, after: record }));
    }
    const more = dropped.length ? ` ${dropped.length} later on the same scan not made either.` : "";
    if (!here || !first) room.alert = { text: `NOT SAVED${here ? "" : " (another scan)"}: ${sentence}${more}`, case: act.case };
    if (here) {
      room.view = { ...room.view, menu: null };
      room.screen.changed();
    }
    if (record) room.take(record);
    room.render();
    if (here && first) room.deeds.showConflict();
    room.screen.draw();
  }

  /** The server said who holds *id* now. */
  function claimed(id, claim) {
    const record = at(id);
    if (!record) return;
    record.claim = claim;
    if (id === room.view.case) room.render();
  }

  return { arrived, saved, refused, claimed };
}
