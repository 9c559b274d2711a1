import type { View } from "../../src/kernel/errors.ts";

const room = "!abc:example.org";
const things = [{ id: "pad-7k2m4q", name: "Team pad", addedBy: "@ada:example.org" }];

/** What operators are told, and what is said when rooms change. */
export const OPERATOR_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "admin-leave-preview": [
    { room, name: "Lounge", others: 3, things: 2 },
    { room, name: undefined, others: 3, things: 0 },
  ],
  "admin-left": [{ room }],
  "admin-rooms": [
    {
      rooms: [{ room, name: "Lounge", inviter: "@ada:example.org", things: 2, replacedBy: "!def:example.org" }],
      count: 21,
      page: 1,
      pages: 2,
      next: 2,
    },
    {
      rooms: [{ room, name: undefined, inviter: undefined, things: 0, replacedBy: undefined }],
      count: 1,
      page: 1,
      pages: 1,
      next: undefined,
    },
  ],
  "admin-status": [
    {
      version: "0.1.0",
      since: "3 d 4 h",
      heard: "2 s",
      engine: "wasm",
      verified: true,
      memory: 120,
      rooms: 12,
      things: 3,
      running: 0,
      previews: 1,
      upgrades: 0,
    },
    {
      version: "0.1.0",
      since: "3 d 4 h",
      heard: "2 s",
      engine: "wasm",
      verified: false,
      memory: 120,
      rooms: 12,
      things: 3,
      running: 0,
      previews: 1,
      upgrades: 0,
    },
    {
      version: "0.1.0",
      since: "1 s",
      heard: "1 s",
      engine: undefined,
      verified: false,
      memory: 90,
      rooms: 0,
      things: 0,
      running: 0,
      previews: 0,
      upgrades: 0,
    },
  ],
  "deed/leave-room": [{}],
  "deed/move": [{}],
  "error/admin-leave-here": [{}],
  "error/move-power": [{ room }],
  "error/room-unknown": [{ room: "#lounge:example.org" }],
  "help/admin-leave": [{}],
  "help/admin-rooms": [{}],
  "help/admin-status": [{}],
  "help/move-from": [{}],
  "leave-reason": [{}],
  "move-nothing": [{ room }],
  "move-preview": [{ room, things }],
  orphaned: [
    { room, name: "Lounge", banned: false, left: false, things: [{ id: "pad-7k2m4q", called: "Team pad" }] },
    { room, name: undefined, banned: true, left: false, things: [{ id: "pad-7k2m4q", called: "Team pad" }] },
    { room, name: undefined, banned: false, left: true, things: [{ id: "pad-7k2m4q", called: "Team pad" }] },
  ],
  "upgrade-carried": [
    { carried: things, there: things, gone: things, refused: [] },
    { carried: [], there: [], gone: [], refused: things },
  ],
  "upgrade-powerless": [{ things, needed: 50, usher: "@usher:example.org" }],
};
