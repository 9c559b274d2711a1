import { defineRecord } from "../record.ts";

export const KEYS = defineRecord({
  id: "D28-keys",
  title:
    "Room keys and devices of the people in encrypted rooms, encrypted at rest; Usher's own cross-signing and backup keys",
  layer: "manager",
  purpose: "read and answer in encrypted rooms",
  basis: "legitimate interest",
  necessity: "end-to-end encryption works only with the keys at hand",
  recipients: "own-homeserver",
  retention: { until: ["room-left", "no-room-shared"] },
  inExport: "none",
  onErasure: "forget-devices",
  notes: { inExport: "keys are not about a person, and would open other people's messages" },
  told: "encryption",
});

export const SECRETS = defineRecord({
  id: "D28-secrets",
  title:
    "Usher's access token, recovery key, key ring and the key of its stores: files of mode 0600",
  layer: "manager",
  purpose: "run the service",
  basis: "no personal data",
  necessity: "Usher could not log in or read its own store",
  recipients: "nobody",
  retention: { until: ["uninstalled"] },
  inExport: "none",
  onErasure: "nothing",
});
