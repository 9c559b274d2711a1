import { defineRecord } from "../record.ts";

/** Usher's own account, and what it needs to go on where it was. */

export const ACCOUNT = defineRecord({
  id: "D28",
  title:
    "Usher's own account: its id, device and place in the homeserver's stream; whether it runs and hears the homeserver; ids of events it has answered, or waits to be able to read; the rooms it is in",
  layer: "manager",
  purpose: "hear every command exactly once",
  basis: "no personal data",
  necessity: "without it a restart would repeat or lose commands",
  recipients: "nobody",
  retention: { until: ["overwritten", "room-left"] },
  inExport: "none",
  onErasure: "nothing",
  told: "room",
});

export const PROFILE = defineRecord({
  id: "D28-profile",
  title: "The name and the picture of Usher's own account",
  layer: "homeserver",
  purpose: "let people see who speaks",
  basis: "no personal data",
  necessity: "an account without a name is hard to talk to",
  recipients: "homeservers",
  retention: { by: "homeserver" },
  inExport: "none",
  onErasure: "nothing",
});
