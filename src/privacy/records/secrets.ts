import { defineRecord } from "../record.ts";

export const CREDENTIAL = defineRecord({
  id: "D5",
  title:
    "What lets Usher act at another service for somebody, as a token or a password, encrypted with a key of that person's own; beside it what it is for, since when it is kept, when it was last used and the room",
  layer: "integration",
  purpose: "let what they set up act at the service behind it",
  basis: "legitimate interest",
  necessity: "a service lets nobody in who does not prove whom they act for",
  recipients: "nobody",
  retention: {
    for: { days: 90 },
    sweep: "credentials",
    late: "stop",
    orUntil: ["removed", "room-left"],
  },
  inExport: "described",
  onErasure: "delete",
  notes: {
    retention:
      "the days count from its last use, are fewer where the operator has it so (`retention.unusedCredentialDays`), and its person is told; otherwise at the latest an hour after the room is left, a day after the thing has gone",
    onErasure: "its key is destroyed too, so that no copy of it opens any more",
  },
  told: "person",
});

export const DATA_KEY = defineRecord({
  id: "D6",
  title:
    "The key that encrypts what is kept of D5 about one person, itself encrypted under the operator's key ring; in a folder apart",
  layer: "manager",
  purpose: "keep what is in D5 from whoever comes by the stored documents or a copy of them",
  basis: "legitimate interest",
  necessity: "without a key for each person one could not be destroyed without the others",
  recipients: "nobody",
  retention: { until: ["no-credential"] },
  inExport: "described",
  onErasure: "delete",
  told: "person",
});
