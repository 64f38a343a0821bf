// The review room as the page mounts it.
//
// The page calls the default export again whenever it has something new to say, always with the
// same parent; the answer is called once, when the parent goes away.

import { deskFor } from "./desk.js";
import { Room } from "./room.js";

const rooms = new WeakMap();

export default function viewer({ data, parentElement, setStateValue }) {
  let room = rooms.get(parentElement);
  if (!room) {
    room = new Room(parentElement, deskFor(data.api), setStateValue);
    rooms.set(parentElement, room);
  }
  room.setStateValue = setStateValue;
  room.follow(data);
  return () => {
    room.close();
    rooms.delete(parentElement);
  };
}
