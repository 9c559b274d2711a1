import { defineRecord } from "../../privacy/record.ts";

export const BRIDGE_LINKS = defineRecord({
  id: "D4-bridge-links",
  title: "Bridge link: who linked a room with which place elsewhere, and when",
  layer: "integration",
  purpose: "run the bridge, list it, take it away",
  basis: "legitimate interest",
  necessity:
    "bridges name Usher as who linked the room; only this says who asked, and what was there before",
  recipients: "room",
  retention: { until: ["removed", "room-left"] },
  inExport: "full",
  onErasure: "forget-name",
  notes: {
    onErasure:
      "the link goes at the bridge, and this whole, where it works by the person's own log-in there, where nobody else in the room may take it away, or where they have named it and may; " +
      "else the room stays linked, for its other people, without a name",
  },
  told: "room",
});

export const BRIDGE_STATE = defineRecord({
  id: "D4-bridge-state",
  title:
    "The room's name, topic and picture as they were before a bridge changed them, and the bridge's mark, blanked",
  layer: "homeserver",
  purpose: "leave a room as it was when its bridge goes",
  basis: "no personal data",
  necessity: "bridges do not put it back",
  recipients: "homeservers",
  retention: { by: "homeserver" },
  inExport: "none",
  onErasure: "nothing",
});

export const LOST_LINKS = defineRecord({
  id: "D4-lost-links",
  title:
    "Link of a room that Usher is not in any more: the room, the bridge and the place, and when Usher left; nobody's name",
  layer: "integration",
  purpose: "let operators take links away that nobody in the room can have taken away",
  basis: "no personal data",
  necessity: "bridges go on with a link when Usher has left its room",
  recipients: "nobody",
  retention: { until: ["removed"] },
  inExport: "none",
  onErasure: "nothing",
});

export const LOGIN_CODE = defineRecord({
  id: "D4-login-code",
  title:
    "Log-in at a bridge: the picture of a code that its person scans, in the chat with them; encrypted where the chat is, and taken away there when it is over",
  layer: "homeserver",
  purpose: "log somebody in at a bridge when they ask for it",
  basis: "legitimate interest",
  necessity: "apps on the far side log in by scanning it",
  recipients: "room",
  retention: { by: "homeserver" },
  inExport: "none",
  onErasure: "nothing",
  told: "person",
});

export const LOGIN_GOING = defineRecord({
  id: "D4-login",
  title:
    "That somebody is logging in at a bridge just now: who, at which, in which chat, since when; nothing of what is typed",
  layer: "integration",
  purpose: "read nobody's password as a command after a crash",
  basis: "legitimate interest",
  necessity: "only this says after a restart in which chat a password may be typed next",
  recipients: "nobody",
  retention: { until: ["set-up-done"] },
  inExport: "full",
  onErasure: "delete",
  notes: {
    retention: "and an hour after Usher was stopped in the middle of it, at its next start",
  },
  told: "person",
});

export const LOGIN_MADE = defineRecord({
  id: "D4-login-made",
  title: "Log-in at a bridge that somebody made through Usher: who, at which, as what, and when",
  layer: "integration",
  purpose: "log out, when they are erased, whom Usher has logged in",
  basis: "legitimate interest",
  necessity: "people log in at bridges without Usher too, and only this says which are through it",
  recipients: "nobody",
  retention: { until: ["removed"] },
  inExport: "full",
  onErasure: "delete",
  notes: { onErasure: "they are logged out at the bridge first" },
  told: "person",
});
