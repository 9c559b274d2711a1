import { randomBytes } from "node:crypto";
import { z } from "zod";
import { eventId } from "../../../kernel/idSchemas.ts";
import type { EventId } from "../../../kernel/ids.ts";
import type { FileMessage } from "../../../matrix/fileContent.ts";
import { held, mixed, ownWords } from "../../../privacy/fields.ts";
import { defineDocument, type DocumentOf, type Documents } from "../../../store/documents.ts";
import { CODES } from "../dataMap.ts";
import { batchOf, codeText, hashOf, newSecret, type Code } from "./codeText.ts";

/** The codes that one command of an operator made; its id is their common beginning. */
const codesDocument = defineDocument({
  kind: "sticker-codes",
  version: 1,
  shape: {
    /** Of the catalogue. */
    pack: held(CODES, ownWords(z.string()).optional()),
    /** How many were made. */
    made: held(CODES, z.number()),
    /** In hex. */
    salt: held(CODES, z.string()),
    /** Those that are not used up. */
    codes: held(
      CODES,
      z.array(
        z.strictObject({
          hash: z.string(),
          /** The command that is redeeming it. */
          taken: eventId.optional(),
        }),
      ),
    ),
    /** The message with the file of them, until it is sent. */
    placed: held(
      CODES,
      z
        .strictObject({
          encrypted: z.boolean(),
          content: mixed(z.record(z.string(), z.unknown())),
        })
        .optional(),
    ),
  },
  empty: () => ({ made: 0, salt: "", codes: [] }),
  migrations: {},
});

type CodesDocument = DocumentOf<typeof codesDocument>;

/** A code as it is kept. */
export interface KnownCode {
  readonly batch: string;
  readonly hash: string;
}

/** Codes for packs that cost something: kept as hashes, each to be used once. */
export class Codes {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /**
   * Makes codes for a command, has them sent as a file, and forgets what they are. Safe to repeat: once a file has been placed, that one is sent, under the same
   * transaction, and no other codes are made; what was placed before a crash and is not kept holds no codes that open anything. `send` gives undefined where the file cannot
   * be sent as it was placed.
   */
  async make(
    { event, pack, count }: { event: EventId; pack: string; count: number },
    place: (lines: readonly string[]) => Promise<FileMessage>,
    send: (message: FileMessage) => Promise<EventId | undefined>,
  ): Promise<void> {
    const batch = batchOf(event);
    for (;;) {
      const known = await this.#documents.get(codesDocument, batch);
      if (known !== undefined && known.placed === undefined) return;
      const message = known?.placed ?? (await this.#placed(batch, { pack, count }, place));
      const sent = await send(message);
      if (sent !== undefined) break;
      await this.#documents.delete(codesDocument, batch);
    }
    await this.#documents.update(codesDocument, batch, ({ placed: _, ...rest }) => rest);
  }

  /** What is kept of a code, whether it can be used or not, and for which pack it is; undefined where no such batch was made. */
  async find({
    batch,
    secret,
  }: Code): Promise<(KnownCode & { readonly pack: string }) | undefined> {
    const known = await this.#documents.get(codesDocument, batch);
    if (known?.pack === undefined) return undefined;
    return { batch, hash: await hashOf(secret, known.salt), pack: known.pack };
  }

  /** Whether it was made and is not taken. */
  async isFree({ batch, hash }: KnownCode): Promise<boolean> {
    const known = await this.#documents.get(codesDocument, batch);
    return known?.codes.some((one) => one.hash === hash && one.taken === undefined) === true;
  }

  /** Takes a code for a command. The pack that it is for; undefined where it is another's, used up, or was never made. Safe to repeat. */
  async take({ batch, hash }: KnownCode, event: EventId): Promise<string | undefined> {
    const { pack, codes } = await this.#update(batch, (document) => ({
      ...document,
      codes: document.codes.map((one) =>
        one.hash === hash && one.taken === undefined ? { ...one, taken: event } : one,
      ),
    }));
    return codes.some((one) => one.hash === hash && one.taken === event) ? pack : undefined;
  }

  /** What this command took is used up: which command that was stands nowhere any more. Safe to repeat. */
  async spend({ batch, hash }: KnownCode, event: EventId): Promise<void> {
    await this.#update(batch, (document) => ({
      ...document,
      codes: document.codes.filter((one) => one.hash !== hash || one.taken !== event),
    }));
  }

  /** Nothing is made where nothing is known. */
  async #update(
    batch: string,
    change: (document: CodesDocument) => CodesDocument,
  ): Promise<CodesDocument> {
    const known = await this.#documents.get(codesDocument, batch);
    if (known === undefined) return { made: 0, salt: "", codes: [] };
    return this.#documents.update(codesDocument, batch, change);
  }

  async #placed(
    batch: string,
    { pack, count }: { readonly pack: string; readonly count: number },
    place: (lines: readonly string[]) => Promise<FileMessage>,
  ): Promise<FileMessage> {
    const salt = randomBytes(16).toString("hex");
    const secrets = Array.from({ length: count }, newSecret);
    const codes: { hash: string }[] = [];
    for (const secret of secrets) codes.push({ hash: await hashOf(secret, salt) });
    const message = await place(secrets.map((secret) => codeText({ batch, secret })));
    const { encrypted, content } = message;
    const placed = { encrypted, content: { ...content } };
    // At once: a code that was handed out is known, and one that is known is on its way.
    await this.#documents.update(codesDocument, batch, () => ({
      ...{ pack, made: count, salt, codes, placed },
    }));
    return placed;
  }
}
