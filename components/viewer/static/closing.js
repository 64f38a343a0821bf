// Closing a case, or ending it otherwise, and going on to the next.

import { endings, GOES_ON, leftWords, OF_CLAIM, quietNote, unclosable, undecided } from "./ends.js";
import { menuFor } from "./menus.js";

/** What is said of each end. */
export const ENDED = { close: "Case closed.", unreadable: "Ended as unreadable.", second_opinion: "Closed; a second opinion is asked.",
  reopen: "Reopened.", withdraw: "Withdrawn." };

/** Closing deeds of *room*; *send* posts an act, *seen* says what it is bound to, *select* a finding. */
export function closing(room, { send, seen, select }) {
  /** Sends *kind* and goes on where the case is done with; the act travels on behind. */
  function end(kind, fields, bound = seen()) {
    const seconds = room.desk.activity.seconds(bound.case);
    const timed = GOES_ON.has(kind) && kind !== "withdraw";
    send(kind, { ...fields, ...(timed ? { seconds } : {}) }, bound);
    if (!GOES_ON.has(kind)) return;
    const note = (kind === "close" && quietNote(seconds)) || ENDED[kind];
    const on = room.visits.goOn();
    room.say(on ? note : `${note} No other scan is waiting.`);
  }

  function finish() {
    const record = room.shown();
    const left = undecided(record);
    if (left.length > 0) {
      select(left[0].id);
      return room.refuse(leftWords(left));
    }
    const why = unclosable(record);
    if (why) return room.refuse(why);
    if (record.reading?.kind !== "adjudication") return end("close", {});
    return room.look({ type: "menu", menu: menuFor("finish", { record, finding: null, seen: seen() }) });
  }

  function otherwise() {
    const record = room.shown();
    if (endings(record).length === 0) return room.refuse(`${record.why_not || "This case has no other end now."}`);
    return room.look({ type: "menu", menu: menuFor("otherwise", { record, finding: null, seen: seen() }) });
  }

  async function ofClaim(kind, text) {
    const { claims } = room.desk;
    const { case: id } = room.view;
    if (kind === "release") {
      await claims.giveBack();
      return room.say("Given back. Another reader may take this case.");
    }
    const { error } = await claims.seize(id, text);
    if (error) return room.refuse(error);
    room.say("The case is yours now.");
    return room.visits.refresh(id);
  }

  /** Does what was chosen in the menus of ending: { kind, text }. */
  function ended({ kind, finding: _whole, ...fields }, bound) {
    if (OF_CLAIM.has(kind)) return void ofClaim(kind, fields.text);
    return end(kind, fields, bound);
  }

  return { deeds: { finish, otherwise }, ended };
}
