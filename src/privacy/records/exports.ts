import { defineRecord } from "../record.ts";

export const EXPORT = defineRecord({
  id: "D26",
  title:
    "A file with what is kept about a person, made because they asked for it, or several where one would be too large: who, in which room, the messages, when; " +
    "where each lies on the homeserver, if Usher can delete it there",
  layer: "manager",
  purpose: "give people a copy of what is kept about them",
  basis: "legal obligation",
  necessity: "it is too much for a message, and nobody else may find it later",
  recipients: "homeservers",
  retention: {
    for: { days: 3 },
    sweep: "exports",
    late: {
      goOn: "a right would be refused because something about somebody else was not deleted",
    },
  },
  inExport: "full",
  onErasure: "delete",
  notes: {
    retention:
      "the message with the file is redacted then. What the message says, with the key of an encrypted file, is kept until it is sent. On Usher's own disk the file lies only while it is made and sent. With an admin's token Usher has its " +
      "homeserver delete the bytes then, and tries until they are gone; without, the homeserver may keep what was uploaded. Where they were encrypted, as in " +
      "every encrypted room, nobody can open them without the message",
    onErasure: "the message with the file is redacted, and the file deleted as above",
  },
  told: "room",
});
