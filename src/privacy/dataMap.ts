import type { LogFields } from "../kernel/log.ts";
import type { AccountDocument } from "../store/account.ts";
import type { AuditDocument } from "../store/audit.ts";
import type { BeginningDocument } from "../store/beginning.ts";
import type { DocumentType } from "../store/documents.ts";
import type { RoomDocument } from "../store/room.ts";

/**
 * The record of processing (GDPR article 30), as code: everything Usher keeps about anybody, why, how long, and what becomes of it
 * in an export and an erasure. Numbers D… follow the project's data map; the notice's requirements R21, R42 and R44 are kept here.
 * A new field of a document or a log line does not compile until it is declared below; `checkDataMap` finds what types cannot.
 */
interface Entry {
  readonly record: string;
  /** Whose policy governs it (R44). */
  readonly layer: "homeserver" | "manager" | "integration" | "third-party";
  readonly purpose: string;
  readonly basis: "legitimate interest" | "legal obligation" | "no personal data";
  /** Why it cannot be done without (R21). */
  readonly necessity: string;
  readonly retention: string;
  readonly inExport: string;
  readonly onErasure: string;
}

export const DATA_MAP = {
  D2: {
    record: "Who invited Usher into a room, and when Usher said there what it is",
    layer: "manager",
    purpose: "run the service in the room",
    basis: "legitimate interest",
    necessity: "without it the greeting would come twice, and nobody could be told when Usher loses the room",
    retention: "until Usher has left the room",
    inExport: "full",
    onErasure: "delete",
  },
  "D2-owed": {
    record: "What Usher had to say in a room where it may not speak: the sentence, with whoever it is about",
    layer: "manager",
    purpose: "say it when Usher may speak there",
    basis: "legitimate interest",
    necessity: "people would never learn what became of what they asked for",
    retention: "7 days at most; what Usher is, until it has left the room",
    inExport: "if present",
    onErasure: "delete",
  },
  "D2-upgrade": {
    record: "Which room replaces this one, who said so, and how far Usher has followed",
    layer: "manager",
    purpose: "bring what was added into the new room, once",
    basis: "legitimate interest",
    necessity: "without it everything would have to be added anew, or would come twice",
    retention: "until Usher has left the old room",
    inExport: "full",
    onErasure: "delete",
  },
  "D2-bots": {
    record: "Bot set-up: who asked for which bot with which power, in which room and when",
    layer: "manager",
    purpose: "list and remove what was added, and finish what was begun",
    basis: "legitimate interest",
    necessity: "the room's state names Usher as who invited the bot; only this says who asked",
    retention: "until the bot is removed through Usher, or Usher has left the room",
    inExport: "full",
    onErasure: "delete; the bot's membership stays the room's",
  },
  "D2-bots-state": {
    record: "The bot's membership of the room, and the power it was given there",
    layer: "homeserver",
    purpose: "have the bot in the room",
    basis: "legitimate interest",
    necessity: "it is what makes the bot a member",
    retention: "the homeserver's; the power is taken back when the bot is removed",
    inExport: "pointer",
    onErasure: "offer to remove the bot; old state remains in the room's history",
  },
  D7: {
    record: "Widget set-up: who added which address, with which settings, under which name, where and when",
    layer: "manager",
    purpose: "list and remove what was added",
    basis: "legitimate interest",
    necessity: "the room's state names Usher as the sender; only this says who asked",
    retention: "until the widget is removed or Usher has left the room",
    inExport: "full, with a pointer to the state event",
    onErasure: "delete; the state event stays the room's",
  },
  "D7-layout": {
    record: "The state event that says where the room's widgets stand: ids of widgets, nobody's id",
    layer: "homeserver",
    purpose: "show widgets where people want them",
    basis: "no personal data",
    necessity: "it is what pins a widget",
    retention: "the homeserver's",
    inExport: "none",
    onErasure: "nothing to erase",
  },
  "D7-undo": {
    record: "What Usher changed in the room for somebody (widgets, places, bots, power): who asked, when, and what was there before",
    layer: "manager",
    purpose: "undo the last change",
    basis: "legitimate interest",
    necessity: "a change can be taken back only by who knows what was there",
    retention: "30 days, or until Usher has left the room",
    inExport: "full",
    onErasure: "delete",
  },
  "D7-state": {
    record: "The widget's own state event: address, name, Usher's id as its creator; nobody else's id",
    layer: "homeserver",
    purpose: "show the widget in the room",
    basis: "legitimate interest",
    necessity: "it is the widget",
    retention: "the homeserver's; emptied when the widget is removed",
    inExport: "pointer",
    onErasure: "offer to remove the widget; old state remains in the room's history",
  },
  D10: {
    record: "A preview that waits for a yes: who asked, the command line, where",
    layer: "manager",
    purpose: "do nothing that others see without a confirmation",
    basis: "legitimate interest",
    necessity: "the yes comes in another message than the command",
    retention: "five minutes, or the operator's shorter time",
    inExport: "if present",
    onErasure: "delete",
  },
  D11: {
    record: "A command that was begun: who asked, the command line, where",
    layer: "manager",
    purpose: "finish after a crash, and never do anything twice",
    basis: "legitimate interest",
    necessity: "a crash must not lose what somebody confirmed",
    retention: "until the command is done",
    inExport: "if present",
    onErasure: "delete",
  },
  D13: {
    record: "Usher's log: what happened, with keyed pseudonyms in place of people and rooms, whose key dies with the process",
    layer: "integration",
    purpose: "find faults",
    basis: "legitimate interest",
    necessity: "a failure could not be understood without it",
    retention: "written to standard error; the operator's log keeper holds it 14 days at most",
    inExport: "lines cannot be linked to a person after a restart; the statement of the retention time",
    onErasure: "ages out",
  },
  D28: {
    record: "Usher's own account: its id, device and place in the homeserver's stream; ids of events it has answered; the rooms it is in",
    layer: "manager",
    purpose: "hear every command exactly once",
    basis: "no personal data",
    necessity: "without it a restart would repeat or lose commands",
    retention: "overwritten as Usher goes on; a room's part is deleted when Usher leaves it",
    inExport: "none",
    onErasure: "nothing to erase",
  },
  D19: {
    record: "What operators had Usher do: who, which command, the ids it was about, when; no message text",
    layer: "manager",
    purpose: "show afterwards who did what",
    basis: "legitimate interest",
    necessity: "operators can act in rooms that are not theirs, and answer for it",
    retention: "12 months",
    inExport: "the entries about the person, operators shown as such",
    onErasure: "the person's id is replaced by a random word",
  },
  "D19-file": {
    record: "A file with records of D19 that an operator asked for, in the operators' room or a direct chat; encrypted where the room is",
    layer: "homeserver",
    purpose: "let operators see who did what, all of it and not only the last lines",
    basis: "legitimate interest",
    necessity: "the records are of use to operators only if they can read them, and no message holds a year of them",
    retention:
      "the homeserver's: the message until somebody redacts it, the file as long as the media repository keeps it. Usher redacts neither; an encrypted file cannot be opened once its message is redacted",
    inExport: "pointer: that such files may lie in the operators' rooms",
    onErasure: "a file sent before keeps the person's id; the operators are told to remove it",
  },
  "D28-catalogue": {
    record: "What operators changed in the catalogue of widgets and bots by command",
    layer: "manager",
    purpose: "offer in rooms what the operators want to offer",
    basis: "no personal data",
    necessity: "a change would be lost at the next start",
    retention: "until operators change it again",
    inExport: "none",
    onErasure: "nothing to erase",
  },
  "D28-keys": {
    record: "Room keys and devices of the people in encrypted rooms, encrypted at rest; Usher's own cross-signing and backup keys",
    layer: "manager",
    purpose: "read and answer in encrypted rooms",
    basis: "legitimate interest",
    necessity: "end-to-end encryption works only with the keys at hand",
    retention: "while Usher is in the room",
    inExport: "none: keys are not about a person, and would open other people's messages",
    onErasure: "the person's devices are forgotten when no encrypted room is shared",
  },
  "D28-secrets": {
    record: "Usher's access token, recovery key and the key of its stores: files of mode 0600",
    layer: "manager",
    purpose: "run the service",
    basis: "no personal data",
    necessity: "Usher could not log in or read its own store",
    retention: "while Usher is installed",
    inExport: "none",
    onErasure: "nothing to erase",
  },
} as const satisfies Record<string, Entry>;

type EntryId = keyof typeof DATA_MAP;

const roomFields: Record<keyof RoomDocument, EntryId> = {
  id: "D28",
  inviter: "D2",
  invitedAt: "D2",
  invitedAs: "D2",
  silentSince: "D2",
  greetedAt: "D2",
  greetedAs: "D2",
  owed: "D2-owed",
  told: "D28",
  aloneSince: "D28",
  encrypted: "D28",
  hintedAt: "D28",
  handled: "D28",
  pending: "D10",
  spent: "D28",
  journal: "D11",
  working: "D11",
  widgets: "D7",
  changes: "D7-undo",
  bots: "D2-bots",
  upgrade: "D2-upgrade",
};

const accountFields: Record<keyof AccountDocument, EntryId> = {
  userId: "D28",
  deviceId: "D28",
  syncToken: "D28",
  syncedAt: "D28",
  operatorsRoom: "D28",
};

const catalogueFields: Record<string, EntryId> = { changes: "D28-catalogue" };
const auditFields: Record<keyof AuditDocument, EntryId> = { entries: "D19" };
const beginningFields: Record<keyof BeginningDocument, EntryId> = { unfinished: "D28", reading: "D28", suspects: "D28" };

/** Where each kind of stored document stands in the map, field by field. */
export const DOCUMENT_FIELDS: Readonly<Record<string, Readonly<Record<string, EntryId>>>> = {
  room: roomFields,
  account: accountFields,
  beginning: beginningFields,
  audit: auditFields,
  catalogue: catalogueFields,
};

/** What each field of a log line is. */
export const LOG_FIELDS: Record<keyof LogFields, EntryId> = {
  what: "D13",
  who: "D13",
  where: "D13",
  command: "D13",
  code: "D13",
  status: "D13",
  reference: "D13",
  count: "D13",
  ms: "D13",
  stack: "D13",
};

/** State events, account data and files that Usher writes on the homeserver, by type. */
export const HOMESERVER_RECORDS: Readonly<Record<string, EntryId>> = {
  "im.vector.modular.widgets": "D7-state",
  "io.element.widgets.layout": "D7-layout",
  "m.room.member": "D2-bots-state",
  "m.room.power_levels": "D2-bots-state",
  "m.file": "D19-file",
  profile: "D28",
  "m.secret_storage.default_key": "D28-keys",
  "m.secret_storage.key.*": "D28-keys",
  "m.cross_signing.master": "D28-keys",
  "m.cross_signing.self_signing": "D28-keys",
  "m.cross_signing.user_signing": "D28-keys",
  "m.megolm_backup.v1": "D28-keys",
};

/** What is missing from or left over in the map, in words; empty when all is declared. `types` is every document type that the source defines. */
export function checkDataMap(types: readonly Pick<DocumentType<object>, "kind">[]): readonly string[] {
  const kinds = types.map((type) => type.kind);
  return [
    ...kinds
      .filter((kind) => DOCUMENT_FIELDS[kind] === undefined)
      .map((kind) => `stored documents of kind "${kind}" are not in the data map`),
    ...Object.keys(DOCUMENT_FIELDS)
      .filter((kind) => !kinds.includes(kind))
      .map((kind) => `the data map declares documents of kind "${kind}", which nothing stores`),
  ];
}
