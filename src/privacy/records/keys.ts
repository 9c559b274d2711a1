import { defineRecord } from "../record.ts";

export const KEYS = defineRecord({
  id: "D28-keys",
  title:
    "Room keys of encrypted rooms, encrypted at rest, and their copies on the homeserver, which only Usher's recovery key opens",
  layer: "manager",
  purpose: "read and answer in encrypted rooms",
  basis: "legitimate interest",
  necessity: "end-to-end encryption works only with the keys at hand",
  recipients: "own-homeserver",
  retention: { until: ["keys-unused"], sweep: "keys" },
  inExport: "none",
  onErasure: "nothing",
  notes: {
    retention:
      "they go from the disk and from the homeserver as soon as Usher has left, or finds at a start that it is out; what is left of them, and what came of rooms " +
      "where Usher never was, goes with an hourly sweep, an hour after the last key came and at most a day after the first, since keys may come before the invitation that they are for. A backup made before has them, sealed, " +
      "as long as backups are kept (D27); no restore uses them. The library " +
      "of the native engine can delete no key: with that engine they stay in its store until Usher is no longer installed, and the privacy notice says so",
    inExport: "keys are not about a person, and would open other people's messages",
  },
  told: "encryption",
});

export const DEVICES = defineRecord({
  id: "D28-devices",
  title:
    "Public keys of the devices of people in encrypted rooms, encrypted at rest in the same store (`crypto/`); Usher's own cross-signing keys",
  layer: "manager",
  purpose: "encrypt for the devices of those in the room and no others",
  basis: "legitimate interest",
  necessity: "messages are encrypted for devices, and a new one must be told from a known one",
  recipients: "own-homeserver",
  retention: { until: ["device-gone", "uninstalled"] },
  inExport: "none",
  onErasure: "devices-stay",
  notes: {
    retention:
      "neither engine's library can forget a device that its homeserver still tells of, also where no room is shared any more",
    inExport: "they are public: their owner's homeserver shows them to whoever asks",
  },
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
