import { defineRecord } from "../record.ts";

export const BOTS = defineRecord({
  id: "D2-bots",
  title: "Bot set-up: who asked for which bot with which power, in which room and when",
  layer: "manager",
  purpose: "list and remove what was added, and finish what was begun",
  basis: "legitimate interest",
  necessity: "the room's state names Usher as who invited the bot; only this says who asked",
  recipients: "room",
  retention: { until: ["bot-removed", "room-left"] },
  inExport: "full",
  onErasure: "delete",
  notes: { onErasure: "the bot's membership stays the room's" },
  told: "room",
});

export const BOTS_STATE = defineRecord({
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
