import type { Adapter } from "lowdb";
import type { Files } from "../files/files.ts";
import { replaceFile } from "../files/replaceFile.ts";
import type { FilePath } from "../privacy/declared.ts";
import { parseEnvelope, type Envelope, type QuarantineReason } from "./envelope.ts";

/** What lowdb reads and writes through. Its own adapters write without fsync and leave a torn file for an empty one. */
export class EnvelopeAdapter implements Adapter<Envelope> {
  readonly #files: Files;
  readonly #path: FilePath;
  readonly #temporary: FilePath;

  constructor(files: Files, path: FilePath, temporary: FilePath) {
    this.#files = files;
    this.#path = path;
    this.#temporary = temporary;
  }

  async read(): Promise<Envelope | null> {
    const text = await this.#files.read(this.#path);
    if (text === undefined) return null;
    const envelope = parseEnvelope(text);
    if (typeof envelope === "string") throw new Unreadable(envelope);
    return envelope;
  }

  write(envelope: Envelope): Promise<void> {
    return replaceFile(this.#files, this.#path, JSON.stringify(envelope), {
      temporary: this.#temporary,
    });
  }
}

/** What is on the disk is no document. */
export class Unreadable extends Error {
  readonly reason: QuarantineReason;

  constructor(reason: QuarantineReason) {
    super(reason);
    this.reason = reason;
  }
}
