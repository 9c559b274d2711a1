import { defineRecord } from "../../privacy/record.ts";

export const CONNECTIONS = defineRecord({
  id: "D3-connections",
  title: "Connection of hookshot: who asked for what in which room, and when",
  layer: "integration",
  purpose: "list and remove what was added",
  basis: "legitimate interest",
  necessity: "hookshot names Usher, or nobody, as who set it up; only this says who asked",
  recipients: "room",
  retention: { until: ["removed", "room-left"] },
  inExport: "full",
  onErasure: "forget-name",
  notes: {
    onErasure:
      "the connection goes at hookshot, and this whole, where nobody else in the room may take it away, or where they have named it and may; else it stays the room's, without a name",
  },
  told: "room",
});

export const CONNECTION_STATE = defineRecord({
  id: "D3-connection-state",
  title: "What hookshot keeps of a connection in the room's state, blanked when it goes",
  layer: "homeserver",
  purpose: "take a connection out of a room, and what hookshot left of it there",
  basis: "no personal data",
  necessity: "hookshot reads from the room's state what it does there",
  recipients: "homeservers",
  retention: { by: "homeserver" },
  inExport: "none",
  onErasure: "nothing",
});
