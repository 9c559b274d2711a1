import { z } from "zod";
import { nodeFiles } from "../files/files.ts";
import { makeFolders } from "../files/folders.ts";
import { replaceFile } from "../files/replaceFile.ts";
import type { Clock } from "../kernel/clock.ts";
import { errorFields, type Log } from "../kernel/log.ts";
import { keptSince } from "../privacy/kept.ts";
import { declareFileAnywhere, folderOf } from "../privacy/declared.ts";
import { AUDIT, AUDIT_END } from "../privacy/records/operators.ts";
import {
  allAudit,
  chainEnd,
  recordAudit,
  sweepAudit,
  verifyAudit,
  type ChainEnd,
} from "./audit.ts";
import type { ChainReport, Deed } from "./auditChain.ts";
import type { Documents } from "./documents.ts";

const endFile = declareFileAnywhere("auditEndFile", AUDIT_END);

const fileSchema = z.strictObject({
  version: z.literal(1),
  end: chainEnd,
  /** Ends from before that were found to be gone. */
  missing: z.array(chainEnd),
  /** The oldest link that has not been kept long enough. */
  start: chainEnd.optional(),
});
type Noted = Omit<z.infer<typeof fileSchema>, "version">;

/** What a look through the record finds. */
export interface AuditReport extends ChainReport {
  /** Whether it stands elsewhere where it ends: without that nobody sees whether something is missing there. */
  readonly noted: boolean;
  /** When what is missing at the end was written; ms since the epoch. */
  readonly missing: readonly number[];
}

interface AuditTrailDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  readonly end: EndFile;
}

/** Where it is noted how the record begins and ends: outside the data directory. */
export interface EndFile {
  /** Undefined where there is none yet. */
  read(): Promise<string | undefined>;
  /** All of it or nothing. */
  write(text: string): Promise<void>;
}

/**
 * The record of what operators had Usher do. Where it ends is noted in a file elsewhere, after each entry and before what it is about is done: who cuts entries off at
 * the end must change that, too, and so it is with the oldest entry that is to be there. A crash between the two leaves an entry more than is noted, which the next one follows on.
 */
export class AuditTrail {
  readonly #deps: AuditTrailDeps;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: AuditTrailDeps) {
    this.#deps = deps;
  }

  /** Writes down what an operator asks for. Rejects where it cannot. Where only its end cannot be noted the log says so: operators must be able to mend that. */
  record(deed: Deed): Promise<void> {
    return this.#inTurn(async () => {
      const { documents, clock, log } = this.#deps;
      const noted = await this.#read();
      const end = await recordAudit(documents, clock, deed, noted?.end);
      if (end === undefined) return;
      try {
        const missing = noted === undefined ? [] : await this.#missing(noted);
        await this.#write({ end, missing, start: await this.#start(noted) });
      } catch (error) {
        log.error({ class: "ops", what: "audit.end-not-noted", ...errorFields(error) });
      }
    });
  }

  /** Looks whether all is as it was written, and nothing missing. */
  verify(): Promise<AuditReport> {
    return this.#inTurn(async () => {
      const noted = await this.#read();
      const missing = noted === undefined ? [] : await this.#missing(noted);
      const start = await this.#start(noted);
      const report = await verifyAudit(this.#deps.documents, missing, start);
      return { ...report, noted: noted !== undefined, missing: missing.map(({ at }) => at) };
    });
  }

  /** What is the oldest entry then is noted before: what else is missing at the beginning was not deleted here. */
  sweep(): Promise<void> {
    return this.#inTurn(async () => {
      const { documents, clock, log } = this.#deps;
      const noted = await this.#read();
      const start = await this.#start(noted);
      try {
        if (noted !== undefined && start?.hash !== noted.start?.hash)
          await this.#write({ ...noted, start });
      } catch (error) {
        log.error({ class: "ops", what: "audit.end-not-noted", ...errorFields(error) });
      }
      await sweepAudit(documents, clock);
    });
  }

  /** As it is noted, as long as that entry is to be there, or else the oldest one that is. */
  async #start(noted: Noted | undefined): Promise<ChainEnd | undefined> {
    const { documents, clock } = this.#deps;
    const since = keptSince(AUDIT, clock.now());
    if (noted?.start !== undefined && noted.start.at >= since) return noted.start;
    const kept = (await allAudit(documents)).filter(({ at }) => at >= since);
    const [first] = kept.flatMap(({ at, chain }) => (chain ? [{ at, hash: chain.hash }] : []));
    return first;
  }

  /** Ends that are gone before their time. */
  async #missing({ end, missing }: Noted): Promise<readonly ChainEnd[]> {
    const { documents, clock } = this.#deps;
    const since = keptSince(AUDIT, clock.now());
    const hashes = new Set((await allAudit(documents)).map(({ chain }) => chain?.hash));
    return [...missing, end].filter(({ at, hash }) => at >= since && !hashes.has(hash));
  }

  /** Undefined where nothing is noted, or nothing that can be read. */
  async #read(): Promise<Noted | undefined> {
    try {
      const text = await this.#deps.end.read();
      return text === undefined ? undefined : fileSchema.parse(JSON.parse(text));
    } catch (error) {
      this.#deps.log.error({ class: "ops", what: "audit.end-unreadable", ...errorFields(error) });
      return undefined;
    }
  }

  async #write(noted: {
    readonly end: ChainEnd;
    readonly missing: readonly ChainEnd[];
    readonly start: ChainEnd | undefined;
  }): Promise<void> {
    await this.#deps.end.write(`${JSON.stringify({ version: 1, ...noted })}\n`);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

/** The record of a data directory, with the file that the configuration names. */
export function openAuditTrail(
  { auditEndFile }: { readonly auditEndFile: string },
  deps: Omit<AuditTrailDeps, "end">,
): AuditTrail {
  const path = endFile(auditEndFile);
  return new AuditTrail({
    ...deps,
    end: {
      read: () => nodeFiles.read(path),
      write: async (text) => {
        makeFolders(folderOf(path));
        await replaceFile(nodeFiles, path, text);
      },
    },
  });
}
