// What was before: the patient's other scans, the earlier picture beside this one, the history.
//
// The room calls these; each does nothing where the record says nothing of it.

/** What *room* shows of what was before. */
export function earlier(room) {
  return {
    /** Actions of keys.js. */
    deeds: {
      history: () => room.unfold(room.unfolded === "history" ? "" : "history"),
      prior: () => room.say("No earlier picture of this level is here."),
    },
    /** Panels over the right column: (node, record, close) each. */
    panels: {},
    /** Writes what *record* says into the room. */
    show(_record) {},
    /** The picture of the stage was painted: what stands beside it follows. */
    painted(_view, _picture) {},
    /** Takes everything of the last patient off the screen. */
    clear() {},
  };
}
