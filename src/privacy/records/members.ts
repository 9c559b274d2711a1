import { defineRecord } from "../record.ts";

export const MEMBERS_STATE = defineRecord({
  id: "D2-bots-state",
  title: "The bot's membership of the room, and the power it was given there",
  layer: "homeserver",
  purpose: "have the bot in the room",
  basis: "legitimate interest",
  necessity: "it is what makes the bot a member",
  recipients: "homeservers",
  retention: { by: "homeserver" },
  inExport: "pointer",
  onErasure: "offer-removal",
  notes: { retention: "the power is taken back when the bot is removed" },
  told: "homeserver",
});
