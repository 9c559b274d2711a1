import { z } from "zod";
import { endFileAt, type EndFile } from "../files/endFile.ts";
import type { Clock } from "../kernel/clock.ts";
import { errorFields, type Log } from "../kernel/log.ts";
import { earlierOf } from "../kernel/otherClock.ts";
import { keptSince } from "../privacy/kept.ts";
import { declareFileAnywhere } from "../privacy/declared.ts";
import { AUDIT, AUDIT_END } from "../privacy/records/operators.ts";
import {
  allAudit,
  chainEnd,
  recordAudit,
  sweepAudit,
  verifyAudit,
  type ChainEnd,
} from "./audit.ts";
import { followedOn, type ChainReport, type Deed } from "./auditChain.ts";
import { sha256, type AuditEntry } from "./auditEntry.ts";
import type { Documents } from "./documents.ts";

const endFile = declareFileAnywhere("auditEndFile", AUDIT_END);

const fileSchema = z.strictObject({
  version: z.literal(1),
  end: chainEnd,
  /** Ends from before that were found to be gone. */
  missing: z.array(chainEnd),
  /** Links that were kept long enough and deleted, on which one that is kept follows: usually the one before the oldest. Nothing is known of it where it is absent. */
  passed: z.array(sha256).optional(),
  /** In its place, as it was noted before: the oldest link that had not been kept long enough. */
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

/**
 * The record of what operators had Usher do. Where it ends is noted in a file elsewhere, after each entry and before what it is about is done: who cuts entries off at
 * the end must change that, too. What the oldest entry follows on is noted by the sweep that deletes it, and by nothing else, so that a cut at the beginning is seen as well. A crash between the two leaves an entry more than is noted, which the next one follows on.
 */
export class AuditTrail {
  readonly #deps: AuditTrailDeps;
  /** Links that were deleted since something could be noted. */
  readonly #gone: string[] = [];
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
        await this.#write({ end, missing, passed: await this.#passed(noted) });
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
      const passed = noted && (await this.#passed(noted));
      const report = await verifyAudit(this.#deps.documents, passed);
      return { ...report, noted: noted !== undefined, missing: missing.map(({ at }) => at) };
    });
  }

  /** What goes is noted before: whatever else is missing was not deleted here. Where that cannot be noted now, it is with the next entry or sweep. */
  sweep(): Promise<void> {
    return this.#inTurn(async () => {
      const { documents, clock, log } = this.#deps;
      const noted = await this.#read();
      const since = keptSince(AUDIT, earlierOf(clock));
      const old = (await allAudit(documents)).filter(({ at }) => at < since);
      this.#gone.push(...old.flatMap(({ chain }) => chain?.hash ?? []));
      try {
        if (noted !== undefined && (old.length > 0 || noted.passed === undefined))
          await this.#write({ ...noted, passed: await this.#passed(noted, since) });
      } catch (error) {
        log.error({ class: "ops", what: "audit.end-not-noted", ...errorFields(error) });
      }
      await sweepAudit(documents, clock);
    });
  }

  /** Hashes of links that are rightly gone, or told of otherwise, as far as one that is kept follows on them. `since`: when those that are kept were made. */
  async #passed(noted: Noted | undefined, since = Number.NEGATIVE_INFINITY): Promise<string[]> {
    const all = await allAudit(this.#deps.documents);
    const known = noted?.passed ?? this.#before(all, noted?.start);
    const ends = noted === undefined ? [] : [...noted.missing, noted.end].map(({ hash }) => hash);
    const kept = all.filter(({ at }) => at >= since);
    return [...followedOn([...known, ...ends, ...this.#gone], kept)];
  }

  /** On what the oldest follows, where nothing was noted of that, or only which it is. */
  #before(all: readonly AuditEntry[], start: ChainEnd | undefined): readonly string[] {
    const chains = all.flatMap(({ chain }) => chain ?? []);
    const isThere = start === undefined || chains.some(({ hash }) => hash === start.hash);
    const isOld = start !== undefined && start.at < keptSince(AUDIT, earlierOf(this.#deps.clock));
    return (isThere || isOld) && chains[0] !== undefined ? [chains[0].prev] : [];
  }

  /** Ends that are gone before their time. */
  async #missing({ end, missing }: Noted): Promise<readonly ChainEnd[]> {
    const { documents, clock } = this.#deps;
    const since = keptSince(AUDIT, earlierOf(clock));
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
    readonly passed: readonly string[];
  }): Promise<void> {
    const { end, missing, passed } = noted;
    await this.#deps.end.write(`${JSON.stringify({ version: 1, end, missing, passed })}\n`);
    this.#gone.length = 0;
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
  return new AuditTrail({ ...deps, end: endFileAt(endFile(auditEndFile)) });
}
