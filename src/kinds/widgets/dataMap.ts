import { defineRecord } from "../../privacy/record.ts";

export const WIDGETS = defineRecord({
  id: "D7",
  title:
    "Widget set-up: who added which address, with which settings, under which name, where and when",
  layer: "manager",
  purpose: "list and remove what was added",
  basis: "legitimate interest",
  necessity: "the room's state names Usher as the sender; only this says who asked",
  recipients: "room",
  retention: { until: ["removed", "room-left"] },
  inExport: "full",
  onErasure: "forget-name",
  notes: {
    inExport: "with a pointer to the state event",
    onErasure: "the state event stays the room's",
  },
  told: "room",
});

export const WIDGETS_STATE = defineRecord({
  id: "D7-state",
  title: "The widget's own state event: address, name, Usher's id as its creator; nobody else's id",
  layer: "homeserver",
  purpose: "show the widget in the room",
  basis: "legitimate interest",
  necessity: "it is the widget",
  recipients: "homeservers",
  retention: { by: "homeserver" },
  inExport: "pointer",
  onErasure: "offer-removal",
  notes: { retention: "emptied when the widget is removed" },
  told: "homeserver",
});

export const WIDGETS_LAYOUT = defineRecord({
  id: "D7-layout",
  title: "The state event that says where the room's widgets stand: ids of widgets, nobody's id",
  layer: "homeserver",
  purpose: "show widgets where people want them",
  basis: "no personal data",
  necessity: "it is what pins a widget",
  recipients: "homeservers",
  retention: { by: "homeserver" },
  inExport: "none",
  onErasure: "nothing",
});
