// The server's time, on a machine whose own clock may be hours off.

const TRIFLE_MS = 60_000; // as much is left uncorrected: an answer is dated by the second and takes a while

let ahead = 0;

/** Learns from the date of *answer* how far this machine is ahead of the server. */
export function noteTime(answer, now = Date.now()) {
  const off = now - Date.parse(answer.headers?.get("date") ?? "");
  if (!Number.isNaN(off)) ahead = Math.abs(off) < TRIFLE_MS ? 0 : off;
}

/** The server's time in ms when this machine says *now*. */
export const rightTime = (now = Date.now()) => now - ahead;

/** What is said where the two differ by more than a trifle; "" where they do not. */
export function clockNote() {
  const minutes = Math.round(Math.abs(ahead) / 60_000);
  if (minutes === 0) return "";
  const long = minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
  return `This computer's clock is ${long} ${ahead > 0 ? "fast" : "slow"}; the server's time stands here`;
}
