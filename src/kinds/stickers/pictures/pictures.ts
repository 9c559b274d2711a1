import type { Clock } from "../../../kernel/clock.ts";
import { UsherError } from "../../../kernel/errors.ts";
import { silentLog, type Log } from "../../../kernel/log.ts";
import { ChildProcess, ProcessError, type ProcessLimits } from "./childProcess.ts";
import type { Answer, Job } from "./jobs.ts";
import { kindOf } from "./kinds.ts";
import { withinBytes } from "./limits.ts";
import type { Sheet, SheetTile, StickerPicture } from "./picture.ts";

export type { Sheet, SheetTile, StickerPicture } from "./picture.ts";

/**
 * Strangers' pictures, made into stickers and drawn on contact sheets. They are decoded in a process of their own, one after another: what is hostile or
 * breaks it costs one picture and nothing of Usher's.
 */
export interface Pictures {
  /**
   * A PNG, APNG, JPEG, GIF, WebP, TGS, Lottie or WebM as a sticker; what moves is of the format, what does not is WebP. Rejects with an `UsherError`:
   * `picture-unknown`, `picture-svg`, `picture-too-large` (its view says which of the limits it passes), `picture-broken` or `picture-slow` (what it may take
   * of time or memory was over); with an `AbortError` after `close`.
   */
  sticker(bytes: Uint8Array, format: "webp" | "gif"): Promise<StickerPicture>;
  /**
   * A contact sheet of up to `SHEET_TILES`, 1080 pixels wide, four in a row, each on light and dark with its number and shortcode. One whose picture cannot be
   * read is drawn empty. Throws a RangeError for more.
   */
  sheet(tiles: readonly SheetTile[]): Promise<Sheet>;
  /** Ends the process; what is asked for meanwhile rejects with an `AbortError`. */
  close(): Promise<void>;
}

/** How many pictures a contact sheet shows at most. */
export const SHEET_TILES = 20;

/** How long the process lives, and what one picture may cost it. */
export interface PictureLimits extends ProcessLimits {
  /** After so many jobs it is replaced by a new one. */
  readonly jobs: number;
  /** With nothing to do it ends after so many ms. */
  readonly idleMs: number;
}

const LIMITS: PictureLimits = {
  busyMs: 30_000,
  hangingMs: 120_000,
  memory: 900e6,
  jobs: 200,
  idleMs: 60_000,
};

/** Starts nothing: the process is started for the first picture. */
export function openPictures(deps: {
  readonly clock: Clock;
  readonly log?: Log;
  readonly limits?: Partial<PictureLimits>;
}): Pictures {
  return new DecodedElsewhere(deps.clock, deps.log ?? silentLog, { ...LIMITS, ...deps.limits });
}

interface Answered {
  readonly answer: Answer;
  readonly body: Buffer;
}

class DecodedElsewhere implements Pictures {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #limits: PictureLimits;
  #child: ChildProcess | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #notIdle = (): void => undefined;
  #closed = false;

  constructor(clock: Clock, log: Log, limits: PictureLimits) {
    this.#clock = clock;
    this.#log = log;
    this.#limits = limits;
  }

  async sticker(bytes: Uint8Array, format: "webp" | "gif"): Promise<StickerPicture> {
    withinBytes(bytes);
    const { answer, body } = await this.#inTurn(
      { task: "sticker", kind: kindOf(bytes), format },
      bytes,
    );
    if (answer.is !== "sticker") throw new UsherError("picture-broken");
    const { mimetype, width, height, animated } = answer;
    return { bytes: body, mimetype, width, height, animated };
  }

  async sheet(tiles: readonly SheetTile[]): Promise<Sheet> {
    if (tiles.length > SHEET_TILES) throw new RangeError("There are too many tiles for a sheet.");
    // Each is decoded by itself, so that one which breaks the process leaves the others on the sheet.
    const pictures: Uint8Array[] = [];
    for (const { picture } of tiles) pictures.push(await this.#tile(picture));
    const { answer, body } = await this.#inTurn(
      {
        task: "sheet",
        tiles: tiles.map(({ number, shortcode }, index) => ({
          number,
          shortcode,
          bytes: pictures[index]?.length ?? 0,
        })),
      },
      ...pictures,
    );
    if (answer.is !== "sheet") throw new UsherError("picture-broken");
    return { bytes: body, mimetype: "image/jpeg", width: answer.width, height: answer.height };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#notIdle();
    await this.#child?.kill("closed");
    await this.#last;
  }

  /** Empty for a picture that cannot be read. */
  async #tile(picture: Uint8Array): Promise<Uint8Array> {
    try {
      withinBytes(picture);
      const { answer, body } = await this.#inTurn({ task: "tile" }, picture);
      return answer.is === "tile" ? body : Buffer.alloc(0);
    } catch (error) {
      if (error instanceof UsherError) return Buffer.alloc(0);
      throw error;
    }
  }

  #inTurn(job: Job, ...body: readonly Uint8Array[]): Promise<Answered> {
    const done = this.#last.then(() => this.#answered(job, body));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #answered(job: Job, body: readonly Uint8Array[]): Promise<Answered> {
    this.#notIdle();
    try {
      const answered = await this.#asked(job, body);
      if (answered.answer.is !== "refused") return answered;
      throw new UsherError(answered.answer.code, answered.answer.view);
    } finally {
      this.#notIdle = this.#clock.after(this.#limits.idleMs, () => {
        this.#retire();
      });
    }
  }

  async #asked(job: Job, body: readonly Uint8Array[]): Promise<Answered> {
    const child = this.#ready();
    const isFirst = child.asked === 0;
    try {
      return await child.ask(job, ...body);
    } catch (error) {
      if (!(error instanceof ProcessError)) throw error;
      if (this.#child === child) this.#child = undefined;
      if (this.#closed) throw aborted();
      // It may have ended for what was there before.
      if (error.fault === "ended" && !isFirst) return this.#asked(job, body);
      throw this.#told(error, child);
    }
  }

  /** The process for the next job. */
  #ready(): ChildProcess {
    if (this.#closed) throw aborted();
    if (this.#child !== undefined && this.#child.asked >= this.#limits.jobs) this.#retire();
    if (this.#child === undefined || this.#child.hasEnded)
      this.#child = new ChildProcess({ clock: this.#clock, limits: this.#limits });
    return this.#child;
  }

  #retire(): void {
    this.#child?.end();
    this.#child = undefined;
  }

  #told({ fault }: ProcessError, { exitCode }: ChildProcess): Error {
    this.#log.warn({
      class: "ops",
      what: "pictures.process-ended",
      code: fault,
      ...(exitCode === undefined ? {} : { status: exitCode }),
    });
    if (fault === "start") return new Error("The process that decodes pictures does not start.");
    return new UsherError(
      fault === "time" || fault === "memory" ? "picture-slow" : "picture-broken",
    );
  }
}

function aborted(): DOMException {
  return new DOMException("Pictures are decoded no more.", "AbortError");
}
