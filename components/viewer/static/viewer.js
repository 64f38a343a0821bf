// The review room as the page mounts it.
//
// The page calls the default export again whenever it has something new to say, always with the
// same parent.

import { deskFor } from "./desk.js";
import { Mounts } from "./mounts.js";
import { Room } from "./room.js";

const rooms = new Mounts(
  (parent, { api, setStateValue }) => new Room(parent, deskFor(api), setStateValue),
  (room) => room.close(),
);

export default function viewer({ data, parentElement, setStateValue }) {
  const room = rooms.at(parentElement, { api: data.api, setStateValue });
  room.setStateValue = setStateValue;
  room.follow(data);
  return rooms.end(parentElement);
}
