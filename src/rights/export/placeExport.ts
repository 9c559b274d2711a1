import { randomBytes } from "node:crypto";
import { makeFolders } from "../../files/folders.ts";
import { readAll, removeAll } from "../../files/workFiles.ts";
import { dayOf } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, MxcUri, RoomId, UserId } from "../../kernel/ids.ts";
import type { FileContent, FileMessage } from "../../matrix/fileContent.ts";
import type { Media } from "../../matrix/port.ts";
import { declareUpload } from "../../privacy/declared.ts";
import { EXPORT } from "../../privacy/records/exports.ts";
import type { ExportFiles } from "./exportFiles.ts";
import { exportFolder } from "./folder.ts";
import type { ExportPart } from "./format.ts";
import { makeExport, type ExportParts } from "./makeExport.ts";

const FILE = declareUpload("all that is kept about a person, for them", EXPORT);

/** Who asked for a file, in which event. */
export interface Asked {
  readonly person: UserId;
  readonly event: EventId;
}

/** Where the file goes. */
export type ExportPlace = { readonly room: RoomId } & Pick<FileContent, "replyTo" | "thread">;

export interface PlacingDeps {
  readonly matrix: Pick<Media, "placeFile" | "mostBytes">;
  readonly files: Pick<ExportFiles, "placed" | "end">;
  readonly dataDir: string;
}

/** Files that lie on the homeserver. */
export interface PlacedExport {
  readonly messages: readonly FileMessage[];
  /** How many things were too large for a file. */
  readonly leftOut: number;
}

/**
 * Makes the files with all that is kept about a person and puts them on the homeserver, each no larger than that takes. Nothing stays on the disk. Rejects as
 * `makeExport` and `placeFile`.
 */
export async function placeExport(
  deps: PlacingDeps,
  asked: Asked,
  place: ExportPlace,
  what: Omit<ExportParts, "pathOf" | "person">,
): Promise<PlacedExport> {
  let most = (await deps.matrix.mostBytes()) ?? Infinity;
  for (;;) {
    const refused: { size?: number } = {};
    try {
      return await allPlaced(deps, asked, place, { ...what, most, refused });
    } catch (error) {
      const isRefused = error instanceof UsherError && error.code === "file-too-large";
      if (!isRefused || refused.size === undefined) throw error;
      // A proxy in front of the homeserver takes less than that says, and tells nobody how much.
      await deps.files.end(asked.event);
      most = Math.floor(refused.size / 2);
    }
  }
}

async function allPlaced(
  { matrix, files, dataDir }: PlacingDeps,
  { person, event }: Asked,
  { room, ...relation }: ExportPlace,
  {
    most,
    refused,
    ...what
  }: Omit<ExportParts, "pathOf" | "person"> & {
    readonly most: number;
    /** Told how large the file is that goes out; bytes. */
    readonly refused: { size?: number };
  },
): Promise<PlacedExport> {
  const folder = randomBytes(8).toString("hex");
  const pathOf = (name: string) => exportFolder(dataDir, folder, name);
  makeFolders(exportFolder(dataDir, folder));
  const messages: FileMessage[] = [];
  let left = 0;
  try {
    for await (const made of makeExport({ ...what, person, pathOf }, most)) {
      const { path, size, part, leftOut } = made;
      refused.size = size;
      left = leftOut;
      const file = {
        holds: FILE,
        name: nameOf(what.madeAt, part),
        mimetype: "application/zip",
        bytes: { size, open: () => readAll(path) },
        onlyFor: person,
        placed: (copy: MxcUri) => files.placed(event, copy),
        ...relation,
      };
      messages.push(await matrix.placeFile(room, file));
    }
  } finally {
    await removeAll(exportFolder(dataDir, folder));
  }
  return { messages, leftOut: left };
}

/** What such a file is called. `at`: ms since the epoch. */
export function nameOf(at: number, { number, of }: ExportPart): string {
  const part = of === 1 ? "" : `-part-${String(number)}-of-${String(of)}`;
  return `usher-data-${dayOf(at)}${part}.zip`;
}
