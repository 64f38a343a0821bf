// What a key means in the triage room.

const MOVES = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };

/** Whether the key meant something to *room*, and was done. A held key repeats moves alone. */
export function pressed(room, { key, repeat, target }) {
  if (MOVES[key]) {
    room.desk.move(MOVES[key]);
    room.close();
    return true;
  }
  if (repeat || (key === "Enter" && target !== room.root)) return false;
  const letter = key.toLowerCase();
  return room.desk.menu ? chose(room, letter) : meant(room, letter);
}

/** With the list of exclusions open a key chooses from it; X closes it again. */
function chose(room, letter) {
  if (room.desk.chosen && letter !== "x") return false; // what must be said with it is being said
  const { codes } = room.data;
  const code = codes.find((each) => each.key === letter && (!room.desk.row.sent || each.recalls));
  if (letter === "x") room.toggle();
  else if (code) room.choose(code);
  return letter === "x" || Boolean(code);
}

function meant(room, letter) {
  const lane = room.data.lanes[Number(letter) - 1];
  if (lane) room.tell("lane", lane.name);
  else if (letter === "o") room.acts.open();
  else return room.data.may && deed(room, letter);
  return true;
}

function deed(room, letter) {
  if (letter === "z") room.undo();
  else if (!room.desk.row) return false;
  else if (letter === "a") room.refer();
  else if (letter === "x") room.toggle();
  else if (letter === "n") room.note();
  else if (letter === "f") room.desk.row.first ? room.acts.turn() : room.first();
  else return false;
  return true;
}
