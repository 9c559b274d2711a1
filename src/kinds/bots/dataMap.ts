import { defineRecord } from "../../privacy/record.ts";

export const BOTS = defineRecord({
  id: "D2-bots",
  title: "Bot set-up: who asked for which bot with which power, in which room and when",
  layer: "manager",
  purpose: "list and remove what was added",
  basis: "legitimate interest",
  necessity: "the room's state names Usher as who invited the bot; only this says who asked",
  recipients: "room",
  retention: { until: ["removed", "room-left"] },
  inExport: "full",
  onErasure: "forget-name",
  notes: { onErasure: "the bot's membership stays the room's" },
  told: "room",
});
