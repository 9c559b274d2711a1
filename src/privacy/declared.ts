import { dirname, join } from "node:path";
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
/** The path of a file that Usher writes, or of a folder that it makes for such files. */
export type FilePath = string & { readonly __declaredFile: never };

/** Where something is written. */
export type Elsewhere =
  "state event" | "event" | "account data" | "profile" | "upload" | "file" | "integration";

export interface Declared {
  readonly where: Elsewhere;
  readonly name: string;
  readonly record: DataRecord | typeof DOCUMENTS;
}

/** In place of a record, of a file that holds documents: each of their fields is in a record of its own. */
export const DOCUMENTS = "documents";

const declared = new Map<string, Declared>();

/** Throws where the same thing was declared as something else. */
function declare(where: Elsewhere, name: string, record: Declared["record"]): string {
  const key = `${where} ${name}`;
  const known = declared.get(key);
  if (known !== undefined && known.record !== record)
    throw new TypeError(`The ${key} is in two records: ${idOf(known.record)} and ${idOf(record)}.`);
  declared.set(key, { where, name, record });
  return name;
}

function idOf(record: Declared["record"]): string {
  return record === DOCUMENTS ? DOCUMENTS : record.id;
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

/** A file of this name; its path is asked for by the folder it lies in. */
export function declareFile(
  name: string,
  record: Declared["record"],
): (folder: string) => FilePath {
  declare("file", name, record);
  return (folder) => join(folder, name) as FilePath;
}

/** Files and folders in a folder of this name: paths are asked for by the folder that is in, and by the names from there on. */
export function declareFilesIn(
  name: string,
  record: Declared["record"],
): (folder: string, ...names: readonly string[]) => FilePath {
  declare("file", `${name}/`, record);
  return (folder, ...names) => join(folder, name, ...names) as FilePath;
}

/** Files whose names begin alike: paths are asked for by the folder and by the rest of the name. */
export function declareFilesStarting(
  prefix: string,
  record: DataRecord,
): (folder: string, rest: string) => FilePath {
  declare("file", `${prefix}*`, record);
  return (folder, rest) => join(folder, prefix + rest) as FilePath;
}

/** A file whose place the operator chooses. `what` is the setting that says it, or its usual name. */
export function declareFileAnywhere(what: string, record: DataRecord): (path: string) => FilePath {
  declare("file", what, record);
  return (path) => path as FilePath;
}

/** What an integration keeps by itself, which Usher neither writes nor reads. */
export function declareByIntegration(what: string, record: DataRecord): void {
  declare("integration", what, record);
}

/** The folder that a declared file is to lie in, which may be made. */
export function folderOf(path: FilePath): FilePath {
  return dirname(path) as FilePath;
}

/** Where the text stands that is to become a declared file. */
export function newBeside(path: FilePath): FilePath {
  return `${path}.new` as FilePath;
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
