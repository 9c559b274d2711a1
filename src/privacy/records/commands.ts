import { defineRecord } from "../record.ts";

/** What becomes of a command: asked, confirmed, half done, done, undone. */

export const CHANGES = defineRecord({
  id: "D7-undo",
  title:
    "What Usher changed in the room for somebody (widgets, places, bots, power): who asked, when, and what was there before",
  layer: "manager",
  purpose: "undo the last change",
  basis: "legitimate interest",
  necessity: "a change can be taken back only by who knows what was there",
  recipients: "room",
  retention: { for: { days: 30 }, sweep: "changes", late: "stop", orUntil: ["room-left"] },
  inExport: "full",
  onErasure: "delete",
  told: "room",
});

export const PREVIEWS = defineRecord({
  id: "D10",
  title: "A preview that waits for a yes: who asked, the command line, where",
  layer: "manager",
  purpose: "do nothing that others see without a confirmation",
  basis: "legitimate interest",
  necessity: "the yes comes in another message than the command",
  recipients: "nobody",
  retention: {
    for: { minutes: 5 },
    sweep: "previews",
    late: { goOn: "nothing could be confirmed any more, an erasure neither" },
    orUntil: ["room-left"],
  },
  inExport: "if-present",
  onErasure: "delete",
  notes: { retention: "or the operator's own time" },
  told: "room",
});

export const JOURNAL = defineRecord({
  id: "D11",
  title: "A command that was begun: who asked, the command line, where",
  layer: "manager",
  purpose: "finish after a crash, and never do anything twice",
  basis: "legitimate interest",
  necessity: "a crash must not lose what somebody confirmed",
  recipients: "nobody",
  retention: { until: ["command-done"] },
  inExport: "if-present",
  onErasure: "delete",
  told: "room",
});

export const SET_UPS = defineRecord({
  id: "D7-setup",
  title:
    "Something that is set up in several steps and is not done: who asked for what, when, how far it has come, why it stopped",
  layer: "manager",
  purpose: "finish what was begun, also after a crash, or take it back",
  basis: "legitimate interest",
  necessity: "half of a set-up would be left in the room, and nobody could say what of it",
  recipients: "room",
  retention: {
    for: { days: 30 },
    sweep: "set-ups",
    late: "stop",
    orUntil: ["set-up-done", "removed", "room-left"],
  },
  inExport: "full",
  onErasure: "delete",
  notes: { retention: "the days count from when it stopped; one that waits ends at its limit" },
  told: "room",
});
