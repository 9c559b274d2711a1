import type { View } from "../../src/kernel/errors.ts";

const invite = { template: "bot-step/invite", view: { user: "@poll:example.org" } };
const join = { template: "bot-step/join", view: { user: "@poll:example.org" } };
const named = { id: "poll-7k2m4q", name: "Poll bot" };
const line = { ...named, step: join, stopped: false };
const asked = { person: "@ada:example.org", on: "2026-11-23" };
const why = {
  template: "error/room-unreachable",
  view: { action: "invite", code: "M_FORBIDDEN", passing: false },
};
const failed = { ...named, step: join, why, stands: [invite] };

/** What is said of set-ups of several steps that are not done. */
export const SET_UP_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "change/set-up": [{}],
  "deed/resume": [{}],
  "help/resume": [{}],
  "setup/list": [
    {
      setUps: [
        { ...line, ...asked },
        { ...line, ...asked, stopped: true },
      ],
    },
  ],
  "setup/line": [line, { ...line, stopped: true }],
  "setup/shown": [
    { ...line, ...asked, why: undefined, stands: [] },
    { ...line, ...asked, stopped: true, why, stands: [invite] },
  ],
  "setup/stands": [{ stands: [invite] }],
  "setup/left": [{ left: [invite] }],
  "setup/remove-preview": [
    { ...named, person: asked.person, left: [invite] },
    { ...named, person: asked.person, left: [] },
  ],
  "setup/taking-back": [{ step: invite }],
  working: [{ doing: undefined }, { doing: invite }],
  "setup/removed": [
    { name: named.name, left: [invite] },
    { name: named.name, left: [] },
  ],
  "setup/resume-preview": [{ ...named, ...asked, step: join }],
  "setup/room-replaced": [
    { ...named, ...asked, step: join, left: [invite] },
    { ...named, ...asked, step: join, left: [] },
  ],
  "setup/over": [{ id: named.id }],
  "undo/set-up": [{}],
  "error/setup-exists": [named],
  "error/setup-not-kept": [{}],
  "error/setup-none": [{ id: "poll" }],
  "error/setup-running": [named],
  "error/setup-undone": [{ name: named.name, step: join, why }],
  "error/setup-stopped": [
    { ...failed, back: undefined, backStep: undefined },
    { ...failed, back: why, backStep: invite },
  ],
  "error/setup-stays": [failed],
  "error/setup-wait-over": [{ on: asked.on }],
  "error/setup-room-replaced": [{ room: "!old:example.org" }],
  "error/setup-unfinished": [named],
};
