import type { Answer } from "../../chat/command.ts";
import type { Rendered } from "../../chat/render.ts";
import { mayPass } from "../../chat/retryTransient.ts";
import type { Clock } from "../../kernel/clock.ts";
import { DAY_MS, HOUR_MS, minuteOf } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import { asEventId, type EventId, type RoomId, type UserId } from "../../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import type { Part } from "../../matrix/part.ts";
import type { Media, OwnAccount, Reactions } from "../../matrix/port.ts";
import { keptMs, keptSince } from "../../privacy/kept.ts";
import { EXPORT } from "../../privacy/records/exports.ts";
import type { Documents } from "../../store/documents.ts";
import type { Looked } from "../holdings/holding.ts";
import { isStop, passes, toldOf } from "./exportFailures.ts";
import { exportDocument, isSent, type ExportDocument } from "../../store/exports.ts";
import type { ExportFiles } from "./exportFiles.ts";
import { ExportLimit } from "./exportLimit.ts";
import type { ExportedData } from "./format.ts";
import {
  nameOf,
  placeExport,
  type Asked,
  type ExportPlace,
  type PlacingDeps,
} from "./placeExport.ts";

/** How long Usher tries to send the messages of files that lie on the homeserver; ms. */
const TRIED_MS = DAY_MS;
/** After how long what is neither sent nor being made was cut off, and is not heard again; ms. */
const CUT_OFF_MS = HOUR_MS;

interface ExportsDeps {
  readonly matrix: OwnAccount &
    PlacingDeps["matrix"] &
    Pick<Media, "sendPlaced"> &
    Pick<Reactions, "redact">;
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
  /** Says what belongs to files that came later than they were asked for, or that they do not come. Never rejects. */
  readonly endedLate: (asked: Asked, room: RoomId, sent: SentExport | undefined) => Promise<void>;
}

/** What was sent. */
export interface SentExport {
  /** Of the first file. */
  readonly name: string;
  /** How many there are. */
  readonly files: number;
  /** How many things were too large for a file. */
  readonly leftOut: number;
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
  /** What is tried again, also where the disk does not take that. */
  readonly #again = new Set<EventId>();
  readonly #limit = new ExportLimit();

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
   * Makes the file, or several where it is too large for one, and sends it. Asked again for the same event, also after a crash, it is one message. Rejects with
   * `export-enough` (view: `after`), `export-too-large` (view: `kibibytes`, `most`, `files`), `export-disk-full`, and as `placeFile`: then nothing is left of it;
   * with `export-unsent` (view: `until`) where it is tried again.
   */
  async send(asked: Asked, place: ExportPlace): Promise<SentExport> {
    const { person, event } = asked;
    const { documents, clock } = this.#deps;
    const known = await documents.get(exportDocument, event);
    if (known !== undefined && isSent(known)) return this.#sent(known);
    if (known?.placed === undefined) {
      const at = clock.now();
      if (known === undefined) this.#limit.check(person, at);
      await this.#place(asked, place, at);
    }
    let told: ExportDocument;
    try {
      told = await this.#tell(asked);
    } catch (error) {
      if (!passes(error)) {
        await this.#giveUp(asked, error);
        throw error;
      }
      this.#again.add(event);
      const { at } = await documents.update(exportDocument, event, (one) => ({
        ...one,
        again: true as const,
      }));
      const until = minuteOf(at + TRIED_MS);
      throw new UsherError("export-unsent", { until }, { cause: error });
    }
    return this.#done(person, told);
  }

  /** Takes away the messages whose time is over. Rejects where the homeserver does not let it now; then it is tried again. */
  async sweep(): Promise<void> {
    const { documents, clock, files } = this.#deps;
    const since = keptSince(EXPORT, clock.now());
    await files.sweep();
    for await (const { id, document } of documents.scan(exportDocument))
      if (document.at <= since) await this.#takeAway(id, document);
      else if (!isSent(document)) await this.#sendLate(id, document);
  }

  /**
   * Takes away all that was sent to a person who is being erased, after what is being made for them. Rejects where the homeserver does not let it now.
   */
  async forget(person: UserId): Promise<void> {
    await Promise.allSettled([this.#running.get(person)]);
    for await (const { id, document } of this.#deps.documents.aboutPerson(exportDocument, person))
      await this.#takeAway(id, document);
  }

  /** Makes the files and puts them on the homeserver; their messages are stored before the first is sent, so that a crash never makes two sets of them. */
  async #place(asked: Asked, place: ExportPlace, at: number): Promise<void> {
    const { person, event } = asked;
    const { documents, matrix, holdings, controller, render } = this.#deps;
    const begun = { person, room: place.room, at, messages: [], leftOut: 0 };
    // Before it is made: that it was asked for belongs to what is kept.
    await documents.update(exportDocument, event, () => begun);
    try {
      const what = { usher: matrix.me, holdings, controller, render, madeAt: at };
      const { messages: placed, leftOut } = await placeExport(this.#deps, asked, place, what);
      await documents.update(exportDocument, event, () => ({
        ...begun,
        placed: [...placed],
        leftOut,
      }));
    } catch (error) {
      const told = toldOf(error);
      await this.#giveUp(asked, told);
      throw told;
    }
  }

  /** Sends the messages that are not sent yet. Rejects as `sendPlaced`, and as the store does. */
  async #tell({ person, event }: Asked): Promise<ExportDocument> {
    const { documents, matrix } = this.#deps;
    const { room, placed = [], messages = [] } = (await documents.get(exportDocument, event)) ?? {};
    for (const [index, message] of placed.entries()) {
      if (room === undefined || index < messages.length) continue;
      const once = { cause: event, step: `export${numbered(index)}` };
      const sent = await matrix.sendPlaced(room, message, once, person);
      // The chat was not encrypted when the file was placed there.
      if (sent === undefined) throw new UsherError("room-not-private");
      await documents.update(exportDocument, event, (before) => ({
        ...before,
        messages: [...before.messages, sent],
      }));
    }
    const told = await documents.update(
      exportDocument,
      event,
      ({ placed: _, again: __, ...rest }) => rest,
    );
    this.#again.delete(event);
    return told;
  }

  /** From here on it is theirs until its time is over, whatever fails: nothing else would take it away then. */
  async #done(person: UserId, told: ExportDocument): Promise<SentExport> {
    this.#limit.sent(person, told.at);
    await this.#deps.sent(person);
    return this.#sent(told);
  }

  /** Sends what could not be sent when it was asked for, or was cut off by the end of Usher and is not heard again. */
  async #sendLate(id: string, { person, room, at, placed, again }: ExportDocument): Promise<void> {
    const event = asEventId(id);
    if (event === undefined || person === undefined || room === undefined) return;
    const { log, clock, endedLate } = this.#deps;
    const cutOff = clock.now() >= at + CUT_OFF_MS;
    if (this.#running.has(person) || !(cutOff || again === true || this.#again.has(event))) return;
    const asked = { person, event };
    if (placed === undefined) {
      if (!cutOff) return;
      await this.#giveUp(asked, new UsherError("unexpected", { reference: undefined }));
      return endedLate(asked, room, undefined);
    }
    let told: ExportDocument;
    try {
      told = await this.oneAtATime(person, () => this.#tell(asked));
    } catch (error) {
      log.warn({
        class: "bot",
        what: "export.not-sent",
        who: pseudonym(person),
        ...errorFields(error),
      });
      if (isStop(error) || (passes(error) && clock.now() < at + TRIED_MS)) return;
      await this.#giveUp(asked, error);
      return endedLate(asked, room, undefined);
    }
    await endedLate(asked, room, await this.#done(person, told));
  }

  /**
   * Leaves nothing of it, and has operators learn that it failed; what cannot be taken away now is with the next sweeps. Nothing where Usher is only being
   * stopped: the next start goes on.
   */
  async #giveUp({ person, event }: Asked, error: unknown): Promise<void> {
    const { documents, clock, log, failed } = this.#deps;
    if (isStop(error)) return;
    this.#again.delete(event);
    try {
      const over = await documents.update(exportDocument, event, ({ placed: _, ...document }) => ({
        ...document,
        at: 0,
      }));
      await this.#takeAway(event, over);
    } catch (fault) {
      log.warn({ class: "ops", what: "export.not-taken-away", ...errorFields(fault) });
    }
    const code = error instanceof UsherError ? error.code : "unexpected";
    const given = code === "room-not-private";
    this.#limit.failed(person, { given }, clock.now());
    // Who has somebody else come in can ask again elsewhere.
    if (!given) await failed({ person, event }, code);
  }

  async #sent({ at, messages, leftOut }: ExportDocument): Promise<SentExport> {
    const deletes = await this.#deps.files.canDelete();
    const files = messages.length;
    const name = nameOf(at, { number: 1, of: files });
    return { name, files, leftOut, until: at + keptMs(EXPORT), deletes };
  }

  async #takeAway(id: string, { room, messages }: ExportDocument): Promise<void> {
    const { matrix, documents, log, files } = this.#deps;
    const event = asEventId(id);
    if (event !== undefined) await files.end(event);
    for (const [index, message] of messages.entries()) {
      if (room === undefined) break;
      try {
        await matrix.redact(room, message, { cause: id, step: `export over${numbered(index)}` });
      } catch (error) {
        if (mayPass(error)) throw error;
        // Usher is not in the room any more, mostly.
        log.warn({
          class: "bot",
          what: "export.not-taken-away",
          where: pseudonym(room),
          ...errorFields(error),
        });
      }
    }
    await documents.delete(exportDocument, id);
  }
}

/** What tells the second file and those after it from the first. */
function numbered(index: number): string {
  return index === 0 ? "" : ` ${String(index + 1)}`;
}
