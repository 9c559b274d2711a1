import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRenderer } from "../../src/chat/render.ts";
import { loadTemplates } from "../../src/chat/templates.ts";
import { ManualClock } from "../../src/kernel/clock.ts";
import type { EventId, MxcUri, RoomId, UserId } from "../../src/kernel/ids.ts";
import { UsherError } from "../../src/kernel/errors.ts";
import { createLog } from "../../src/kernel/log.ts";
import type { FileContent } from "../../src/matrix/fileContent.ts";
import type { Once } from "../../src/matrix/transaction.ts";
import { exportDocument } from "../../src/store/exports.ts";
import { ExportFiles } from "../../src/rights/export/exportFiles.ts";
import { Exports, type SentExport } from "../../src/rights/export/exports.ts";
import type { Looked } from "../../src/rights/holdings/holding.ts";
import { StoredDocuments } from "../../src/rights/holdings/storedDocuments.ts";
import { memoryDocuments } from "./memoryDocuments.ts";
import { NOBODY } from "./sentenceOf.ts";
import { unzipBytes } from "./unzip.ts";
// Kinds have their parts in rooms' documents.
import "../../src/kinds/index.ts";

export const ANN = "@ann:example.org" as UserId;
export const BOB = "@bob:example.org" as UserId;
export const ROOM = "!two:example.org" as RoomId;
export const EVENT = "$asked" as EventId;
export const asked = { person: ANN, event: EVENT };
export const COPY = "mxc://example.org/copy" as MxcUri;
const renderer = createRenderer(loadTemplates());

/** A file whose message was sent. */
export interface SentFile {
  readonly file: FileContent;
  readonly once: Once;
  /** The ZIP. */
  readonly bytes: Buffer;
}

/** What is in a ZIP that was sent. */
export function filesIn({ bytes }: SentFile): Promise<ReadonlyMap<string, Buffer>> {
  return unzipBytes(bytes);
}

/** Exports on documents in memory, and a homeserver that notes what it is sent and fails as a test has it. */
export class ExportWorld {
  readonly dataDir = mkdtempSync(join(tmpdir(), "usher-exports-"));
  readonly clock = new ManualClock(Date.UTC(2026, 10, 29, 6, 45));
  readonly documents = memoryDocuments();
  readonly sent: SentFile[] = [];
  /** Addresses of files that came to lie on the homeserver. */
  readonly placed: MxcUri[] = [];
  readonly redacted: (readonly [RoomId, EventId, Once])[] = [];
  logged = "";
  /** What became of what was asked. */
  told: (readonly [UserId, string])[] = [];
  /** What was said of what came late, or not at all. */
  readonly late: (SentExport | undefined)[] = [];
  /** What the homeserver's admin API was asked to delete, and what that fails with. */
  readonly deleted: MxcUri[] = [];
  deletionFault: Error | undefined;
  /** What placing a file and redacting fail with. */
  fault: Error | undefined;
  /** What sending a message fails with once the file lies there, from this one of the sent messages on. */
  faultAfter: Error | undefined;
  faultFrom = 0;
  /** What fails once it was sent. */
  faultThen: Error | undefined;
  /** The largest file that the homeserver says it takes, and that it takes; bytes. */
  most: number | undefined;
  takes = Infinity;
  /** Whether Usher can have files deleted. */
  mayDelete = true;
  /** Whether the room is encrypted now: then no file that lies there as it is gets a message. */
  sealedSince = false;
  readonly #byNumber: Omit<SentFile, "once">[] = [];

  end(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  files(): ExportFiles {
    const admin = {
      fault: () =>
        Promise.resolve(this.deletionFault === undefined ? undefined : ("forbidden" as const)),
      deleteMedia: (file: MxcUri) => {
        if (this.deletionFault !== undefined) return Promise.reject(this.deletionFault);
        this.deleted.push(file);
        return Promise.resolve();
      },
    };
    return new ExportFiles({ ...this, admin: this.mayDelete ? admin : undefined, log: this.#log });
  }

  /** Of the documents and of whatever else holds something. As after a restart, where there were some before. */
  exports(...holdings: readonly Looked[]): Exports {
    return new Exports({
      files: this.files(),
      matrix: this.#matrix,
      documents: this.documents,
      clock: this.clock,
      log: this.#log,
      dataDir: this.dataDir,
      holdings: [new StoredDocuments(this.documents), ...holdings],
      failed: (of, code) => {
        this.told.push([of.person, code]);
        return Promise.resolve();
      },
      sent: (person) => {
        this.told.push([person, "sent"]);
        return this.faultThen === undefined ? Promise.resolve() : Promise.reject(this.faultThen);
      },
      endedLate: (_asked, _room, sent) => Promise.resolve(void this.late.push(sent)),
      controller: { name: null, dataProtection: null, support: null, notice: null },
      render: (answer) =>
        renderer.render(answer, { ...NOBODY, usher: "@usher:example.org", calledAs: "" }),
    });
  }

  /** What lies where exports are made. */
  left(): readonly string[] {
    try {
      return readdirSync(join(this.dataDir, "exports"));
    } catch {
      return [];
    }
  }

  stored = (): Promise<unknown> => this.documents.get(exportDocument, EVENT);

  get #log() {
    return createLog("info", { write: (line) => (this.logged += line) });
  }

  get #matrix() {
    return {
      me: "@usher:example.org" as UserId,
      mostBytes: () => Promise.resolve(this.most),
      placeFile: async (_room: RoomId, file: FileContent) => {
        if (this.fault !== undefined) throw this.fault;
        const bytes = Buffer.concat(await Array.fromAsync(file.bytes.open()));
        if (bytes.length !== file.bytes.size) throw new Error("not as long as it was said to be");
        if (bytes.length > this.takes) throw tooLarge(file.name);
        const number = this.#byNumber.length;
        const copy = `${COPY}${number === 0 ? "" : String(number + 1)}` as MxcUri;
        await file.placed?.(copy);
        this.#byNumber.push({ file, bytes });
        this.placed.push(copy);
        return { encrypted: false, content: { number } };
      },
      sendPlaced: (
        _room: RoomId,
        { content }: { readonly content: object },
        once: Once,
        onlyFor?: UserId,
      ) => {
        if (onlyFor !== ANN && onlyFor !== BOB) throw new Error("for anybody");
        if (this.faultAfter !== undefined && this.sent.length >= this.faultFrom)
          return Promise.reject(this.faultAfter);
        if (this.sealedSince) return Promise.resolve(undefined);
        const { number } = content as { readonly number: number };
        const file = this.#byNumber[number];
        if (file === undefined) throw new Error("no such file");
        this.sent.push({ ...file, once });
        const isFirst = this.sent.length === 1;
        return Promise.resolve(`$file${isFirst ? "" : String(this.sent.length)}` as EventId);
      },
      redact: (room: RoomId, message: EventId, once: Once) => {
        if (this.fault !== undefined) return Promise.reject(this.fault);
        this.redacted.push([room, message, once]);
        return Promise.resolve();
      },
    };
  }
}

function tooLarge(name: string): UsherError {
  return new UsherError("file-too-large", { name, kibibytes: undefined, most: undefined });
}
