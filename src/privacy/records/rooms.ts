import { defineRecord } from "../record.ts";

/** What Usher keeps about a room it is in, and the rooms it makes. */

export const STAY = defineRecord({
  id: "D2",
  title: "Who invited Usher into a room, and when Usher said there what it is",
  layer: "manager",
  purpose: "run the service in the room",
  basis: "legitimate interest",
  necessity:
    "without it the greeting would come twice, and nobody could be told when Usher loses the room",
  recipients: "operators",
  retention: { until: ["room-left"] },
  inExport: "full",
  onErasure: "forget-name",
  told: "room",
});

export const OWED_WORDS = defineRecord({
  id: "D2-owed",
  title:
    "What Usher had to say in a room where it may not speak: the sentence, with whoever it is about",
  layer: "manager",
  purpose: "say it when Usher may speak there",
  basis: "legitimate interest",
  necessity: "people would never learn what became of what they asked for",
  recipients: "room",
  retention: { for: { days: 7 }, sweep: "owed-words", late: "stop", orUntil: ["room-left"] },
  inExport: "if-present",
  onErasure: "pseudonymise",
  told: "room",
});

export const UPGRADE = defineRecord({
  id: "D2-upgrade",
  title: "Which room replaces this one, who said so, and how far Usher has followed",
  layer: "manager",
  purpose: "bring what was added into the new room, once",
  basis: "legitimate interest",
  necessity: "without it everything would have to be added anew, or would come twice",
  recipients: "nobody",
  retention: { until: ["old-room-left"] },
  inExport: "full",
  onErasure: "pseudonymise",
  told: "room",
});

export const PRIVATE_ROOM = defineRecord({
  id: "D2-private-rooms",
  title: "The rooms that Usher makes to speak with one person alone, and which of them is whose",
  layer: "homeserver",
  purpose: "say what is for one person where nobody else reads it",
  basis: "legitimate interest",
  necessity: "without it another room would be made each time",
  recipients: "homeservers",
  retention: { by: "homeserver" },
  inExport: "pointer",
  onErasure: "delete",
  notes: { onErasure: "the entry in Usher's account data; the room stays until both have left it" },
  told: "homeserver",
});

export const TALK_ROOMS = defineRecord({
  id: "D2-program-rooms",
  title:
    "The rooms in which Usher gives orders to programs, as the bots of bridges, and which is whose",
  layer: "homeserver",
  purpose: "give a program orders in the room where it takes them",
  basis: "no personal data",
  necessity: "without it another room would be made each time",
  recipients: "homeservers",
  retention: { by: "homeserver" },
  inExport: "none",
  onErasure: "nothing",
});

export const COMMAND_DESCRIPTIONS = defineRecord({
  id: "D2-commands",
  title:
    "What can be said to Usher, as state of rooms, for clients that complete commands (MSC4391), where the operator has that switched on",
  layer: "homeserver",
  purpose: "let clients offer commands and build them",
  basis: "no personal data",
  necessity: "clients look for it in the room's state",
  recipients: "homeservers",
  retention: { by: "homeserver" },
  inExport: "none",
  onErasure: "nothing",
});

export const SAID = defineRecord({
  id: "D2-said",
  title: "What Usher says in rooms: its messages and reactions, which may name who asked",
  layer: "homeserver",
  purpose: "answer",
  basis: "legitimate interest",
  necessity: "a service in chat speaks in chat",
  recipients: "homeservers",
  retention: { by: "homeserver" },
  inExport: "pointer",
  onErasure: "nothing",
  notes: {
    onErasure:
      "those that name the person and that Usher finds in the rooms with which it keeps something about them are redacted: the newest 2,000 of its own in a room, " +
      "500 in all, as far as it can still read them; other messages are the room's, and whoever may redact there can take them away",
  },
  told: "homeserver",
});
