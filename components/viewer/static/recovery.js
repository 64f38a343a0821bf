// After an outage: the page's notice of it took the focus, and leaves it nowhere.

const WAITS_MS = [0, 500, 1500, 3000, 6000]; // the notice closes at its own pace

const nowhere = () => {
  const at = document.activeElement;
  return !at || at === document.body || at.matches("section.stMain, [role=dialog]");
};

/** To be called whenever the state of what waits to be saved may have changed. */
export function recovery(room) {
  let outage = false;
  return () => {
    const { state, reason } = room.desk.outbox.status;
    if (reason) outage = true;
    if (!outage || state !== "saved") return;
    outage = false;
    for (const wait of WAITS_MS) {
      setTimeout(() => room.parts.room.isConnected && nowhere() && room.focus(), wait);
    }
  };
}
