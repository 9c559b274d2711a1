import type { DataRecord } from "./record.ts";

/**
 * What Usher writes elsewhere than in its documents: on the homeserver, and in files of its own. Whoever sends such a thing takes the declared
 * type, so that one which is in no record of the data map does not compile. What is merely read may be named by a plain string.
 */
export type StateType = string & { readonly __declaredState: never };
export type EventType = string & { readonly __declaredEvent: never };
export type AccountDataType = string & { readonly __declaredAccountData: never };
export type ProfileField = string & { readonly __declaredProfile: never };
export type UploadType = string & { readonly __declaredUpload: never };
export type FileName = string & { readonly __declaredFile: never };

/** Where something is written. */
export type Elsewhere = "state event" | "event" | "account data" | "profile" | "upload" | "file";

export interface Declared {
  readonly where: Elsewhere;
  readonly name: string;
  readonly record: DataRecord;
}

const declared = new Map<string, Declared>();

/** Throws where the same thing was declared as something else. */
function declare(where: Elsewhere, name: string, record: DataRecord): string {
  const key = `${where} ${name}`;
  const known = declared.get(key);
  if (known !== undefined && known.record !== record)
    throw new TypeError(`The ${key} is in two records: ${known.record.id} and ${record.id}.`);
  declared.set(key, { where, name, record });
  return name;
}

/** A type of state event that Usher sends. */
export function declareState(type: string, record: DataRecord): StateType {
  return declare("state event", type, record) as StateType;
}

/** A type of message or other event in a room's timeline that Usher sends. */
export function declareEvent(type: string, record: DataRecord): EventType {
  return declare("event", type, record) as EventType;
}

/** Types of events that begin alike; they are told apart by whoever makes them. Throws for one that begins otherwise. */
export function declareEventsOf(prefix: string, record: DataRecord): (type: string) => EventType {
  declare("event", `${prefix}*`, record);
  return (type) => {
    if (!type.startsWith(prefix))
      throw new TypeError(`An event that does not begin with ${prefix} was to be sent.`);
    return type as EventType;
  };
}

/** A type of Usher's account data. */
export function declareAccountData<T extends string>(
  type: T,
  record: DataRecord,
): T & AccountDataType {
  return declare("account data", type, record) as T & AccountDataType;
}

/** Types of account data that begin alike and end with an id. */
export function declareAccountDataOf(
  prefix: string,
  record: DataRecord,
): (id: string) => AccountDataType {
  const before = declare("account data", `${prefix}*`, record).slice(0, -1);
  return (id) => (before + id) as AccountDataType;
}

/** A field of Usher's own profile. */
export function declareProfile(field: string, record: DataRecord): ProfileField {
  return declare("profile", field, record) as ProfileField;
}

/** What a file is that goes to the media repository. */
export function declareUpload(what: string, record: DataRecord): UploadType {
  return declare("upload", what, record) as UploadType;
}

/** A file or folder of Usher's own beside its documents. */
export function declareFile(name: string, record: DataRecord): FileName {
  return declare("file", name, record) as FileName;
}

/** The declared type of a state event that is named in what was stored. Throws where Usher sends none of that type. */
export function declaredState(type: string): StateType {
  const known = declared.get(`state event ${type}`);
  if (known === undefined)
    throw new TypeError("A state event that Usher does not send was to be written.");
  return known.name as StateType;
}

/** Everything that the modules loaded so far have declared. */
export function allDeclared(): readonly Declared[] {
  return [...declared.values()];
}
