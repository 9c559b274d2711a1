import { randomBytes } from "node:crypto";
import type { Answer } from "../../chat/command.ts";
import type { Rendered } from "../../chat/render.ts";
import { mayPass } from "../../chat/retryTransient.ts";
import { makeFolders } from "../../files/folders.ts";
import { readAll, removeAll } from "../../files/workFiles.ts";
import { Allowance } from "../../kernel/allowance.ts";
import type { Clock } from "../../kernel/clock.ts";
import { DAY_MS, dayOf, minuteOf, HOUR_MS } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import {
  asEventId,
  type EventId,
  type MxcUri,
  type RoomId,
  type UserId,
} from "../../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import type { Part } from "../../matrix/part.ts";
import type { FileContent } from "../../matrix/fileContent.ts";
import type { Media, OwnAccount, Reactions } from "../../matrix/port.ts";
import { declareUpload } from "../../privacy/declared.ts";
import { keptMs, keptSince } from "../../privacy/kept.ts";
import { EXPORT } from "../../privacy/records/exports.ts";
import type { Documents } from "../../store/documents.ts";
import type { Looked } from "../holdings/holding.ts";
import { exportDocument, type ExportDocument } from "./exportDocument.ts";
import type { ExportFiles } from "./exportFiles.ts";
import { exportFolder } from "./folder.ts";
import type { ExportedData } from "./format.ts";
import { makeExport } from "./makeExport.ts";

const FILE = declareUpload("all that is kept about a person, for them", EXPORT);

/** How many files one person gets, an hour and a day: each takes work, and lies in the media repository when its message is gone. */
const AN_HOUR = { times: 1, withinMs: HOUR_MS, most: 5000 };
const A_DAY = { times: 3, withinMs: DAY_MS, most: 5000 };
const MINUTE_MS = 60_000;

interface ExportsDeps {
  readonly matrix: OwnAccount & Pick<Media, "sendFile"> & Pick<Reactions, "redact">;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  readonly dataDir: string;
  readonly holdings: readonly Looked[];
  readonly controller: ExportedData["controller"];
  readonly render: (answer: Answer) => Rendered;
  readonly files: Pick<ExportFiles, "canDelete" | "placed" | "end" | "sweep">;
  /** Told of what somebody asked and did not get, with why, and of everything that was sent. */
  readonly failed: (asked: Asked, code: string) => Promise<void>;
  readonly sent: (person: UserId) => Promise<void>;
}

/** Who asked for a file, in which event. */
export interface Asked {
  readonly person: UserId;
  readonly event: EventId;
}

/** Where the file goes. */
export type ExportPlace = { readonly room: RoomId } & Pick<FileContent, "replyTo" | "thread">;

/** A file that was sent. */
export interface SentExport {
  readonly name: string;
  /** When its message goes; ms since the epoch. */
  readonly until: number;
  /** Whether the file goes then, too. */
  readonly deletes: boolean;
}

/** The files with what is kept about people that they ask for: made, sent, and their messages taken away again when it is time (D26). */
export class Exports implements Part {
  readonly name = "exports";
  readonly #deps: ExportsDeps;
  readonly #running = new Map<UserId, Promise<unknown>>();
  /** In memory alone: no more is kept for it. */
  readonly #had = [AN_HOUR, A_DAY].map((rules) => new Allowance<UserId>(rules));

  constructor(deps: ExportsDeps) {
    this.#deps = deps;
  }

  /** Does the work unless some is done for this person already: then it rejects with `export-running`. */
  async oneAtATime<T>(person: UserId, work: () => Promise<T>): Promise<T> {
    if (this.#running.has(person)) throw new UsherError("export-running");
    const working = work();
    this.#running.set(person, working);
    try {
      return await working;
    } finally {
      this.#running.delete(person);
    }
  }

  /**
   * Makes the file and sends it. Asked again for the same event, also after a crash, it is one message. Rejects with `export-enough` (view: `after`),
   * `export-too-large` (view: `kibibytes`, `most`), `export-disk-full`, and as `sendFile`; then nothing is left of it.
   */
  async send({ person, event }: Asked, place: ExportPlace): Promise<SentExport> {
    const { documents, clock } = this.#deps;
    const known = await documents.get(exportDocument, event);
    if (known?.message !== undefined) return this.#sent(known.at);
    const at = clock.now();
    const next = Math.max(...this.#had.map((had) => had.nextAt(person, at)));
    if (known === undefined && next > at)
      throw new UsherError("export-enough", { after: minuteOf(next + MINUTE_MS - 1) });
    // Before it is made: that it was asked for belongs to what is kept.
    await documents.update(exportDocument, event, () => ({ person, room: place.room, at }));
    try {
      const message = await this.#makeAndSend({ person, event }, place, at);
      await documents.update(exportDocument, event, (document) => ({ ...document, message }));
    } catch (error) {
      await this.#deps.files.end(event);
      await documents.delete(exportDocument, event);
      const told = toldOf(error);
      const code = told instanceof UsherError ? told.code : "unexpected";
      // Who has somebody else come in can ask again elsewhere.
      if (code !== "room-not-private") await this.#deps.failed({ person, event }, code);
      throw told;
    }
    // From here on it is theirs until its time is over, whatever fails: nothing else would take it away then.
    for (const had of this.#had) had.take(person, at);
    await this.#deps.sent(person);
    return this.#sent(at);
  }

  /** Takes away the messages whose time is over. Rejects where the homeserver does not let it now; then it is tried again. */
  async sweep(): Promise<void> {
    const { documents, clock, files } = this.#deps;
    const since = keptSince(EXPORT, clock.now());
    await files.sweep();
    for await (const { id, document } of documents.scan(exportDocument))
      if (document.at <= since) await this.#takeAway(id, document);
  }

  /**
   * Takes away all that was sent to a person who is being erased, after what is being made for them. Rejects where the homeserver does not let it now.
   */
  async forget(person: UserId): Promise<void> {
    await Promise.allSettled([this.#running.get(person)]);
    for await (const { id, document } of this.#deps.documents.aboutPerson(exportDocument, person))
      await this.#takeAway(id, document);
  }

  async #makeAndSend({ person, event }: Asked, place: ExportPlace, at: number): Promise<EventId> {
    const { matrix, dataDir, holdings, controller, render, files } = this.#deps;
    const folder = randomBytes(8).toString("hex");
    makeFolders(exportFolder(dataDir, folder));
    try {
      const { path, size } = await makeExport({
        ...{ person, usher: matrix.me, holdings, controller, render, madeAt: at },
        pathOf: (name) => exportFolder(dataDir, folder, name),
      });
      const { room, ...relation } = place;
      const file = {
        holds: FILE,
        name: nameOf(at),
        mimetype: "application/zip",
        bytes: { size, open: () => readAll(path) },
        onlyFor: person,
        placed: (copy: MxcUri) => files.placed(event, copy),
        ...relation,
      };
      return await matrix.sendFile(room, file, { cause: event, step: "export" });
    } finally {
      await removeAll(exportFolder(dataDir, folder));
    }
  }

  async #sent(at: number): Promise<SentExport> {
    const deletes = await this.#deps.files.canDelete();
    return { name: nameOf(at), until: at + keptMs(EXPORT), deletes };
  }

  async #takeAway(id: string, { room, message }: ExportDocument): Promise<void> {
    const { matrix, documents, log, files } = this.#deps;
    const event = asEventId(id);
    if (event !== undefined) await files.end(event);
    try {
      if (room !== undefined && message !== undefined)
        await matrix.redact(room, message, { cause: id, step: "export over" });
    } catch (error) {
      if (mayPass(error) || room === undefined) throw error;
      // Usher is not in the room any more, mostly.
      log.warn({ what: "export.not-taken-away", where: pseudonym(room), ...errorFields(error) });
    }
    await documents.delete(exportDocument, id);
  }
}

function nameOf(at: number): string {
  return `usher-data-${dayOf(at)}.zip`;
}

/** A failure in words that fit what was asked for. */
function toldOf(error: unknown): unknown {
  if (error instanceof UsherError && error.code === "file-too-large") {
    const { kibibytes, most } = error.view;
    return new UsherError("export-too-large", { kibibytes, most }, { cause: error });
  }
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOSPC" || code === "EDQUOT"
    ? new UsherError("export-disk-full", {}, { cause: error })
    : error;
}
