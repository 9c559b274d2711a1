import type { Answer } from "../../chat/command.ts";
import type { Speaker } from "../../chat/speaker.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import { Beside, type KeyedQueue } from "../../kernel/tasks.ts";
import type { Part } from "../../matrix/part.ts";
import type { Rooms } from "../../matrix/port.ts";
import { isAll, makeStandIn, type Scope } from "../../privacy/erased.ts";
import type { Documents } from "../../store/documents.ts";
import type { Tombstones } from "../../store/tombstones.ts";
import {
  erasureDocument,
  receiptDocument,
  type ErasureRequest,
  type FateCount,
} from "../../store/erasures.ts";
import {
  isDue,
  isStill,
  makeReceipt,
  putOff,
  sweepQuestions,
  unasked,
  withDeactivation,
  withReport,
} from "./erasureRequest.ts";
import { dueDate, LAST_CALL } from "../cases/dueDates.ts";
import { ErasureLimit } from "./erasureLimit.ts";
import { fateCounts, leftOf } from "./fates.ts";
import type { Holding } from "../holdings/holding.ts";
import type { Quotes } from "./quotes.ts";
import { remind, type TellOperators } from "../cases/reminders.ts";
import type { ByHand } from "../holdings/byHand.ts";
import type { OutwardThings } from "../holdings/outward.ts";
import type { HandWork } from "./handWork.ts";
import { isByHand, receiptAfter, saidCount } from "./receipts.ts";
import { tellErased, type ErasureEnd } from "./tellErased.ts";

interface ErasuresDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  /** Shared with whoever else acts on rooms. Keys are room ids. */
  readonly queue: Pick<KeyedQueue, "run">;
  readonly speaker: Pick<Speaker, "say">;
  readonly matrix: Pick<Rooms, "privateRoom" | "forgetPrivateRooms">;
  /** Forgets what goes last of a person. */
  readonly forgetLast: (person: UserId) => Promise<void>;
  /** In the order in which they are erased. */
  readonly holdings: readonly Holding[];
  /** What operators must erase by hand, and who sees to it that they do. */
  readonly byHand: Pick<ByHand, "things">;
  readonly handWork: Pick<HandWork, "begin">;
  /** What is taken away at other services, before anything is forgotten. */
  readonly outward: Pick<OutwardThings, "things" | "takeAway" | "keeps">;
  /** Where it is kept that somebody was erased, so that no backup brings them back. */
  readonly tombstones: Pick<Tombstones, "set">;
  readonly quotes: Pick<Quotes, "find" | "takeAway">;
  /** Ends whatever goes on for a person and would write about them again. What cannot be ended is not waited for. */
  readonly freeze: (person: UserId, scope: Scope) => Promise<void>;
  /** What a kind keeps of rooms. */
  readonly partOf: (kind: string) => Scope["part"];
  readonly tellOperators: TellOperators;
  /** What the person is told at the end. `secret`: of the receipt; undefined where they have it already. */
  readonly ended: (end: ErasureEnd) => Answer;
  readonly copiesUntil: (at: number) => Promise<number | undefined>;
}

type Work = NonNullable<ErasureRequest["work"]>;
type Working = ErasureRequest & { readonly work: Work };

/**
 * Carries out erasures that were confirmed, each when it is due, step by step in one order. Each step may be repeated, so that after a crash the whole
 * is: what was fixed before the first is stored with the request, which goes last.
 */
export class Erasures implements Part {
  readonly name = "erasures";
  readonly rounds = [{ name: "erasures", when: "30 * * * * *", work: () => this.runDue() }];
  readonly #deps: ErasuresDeps;
  readonly #running = new Set<UserId>();
  readonly #beside = new Beside();
  #stopped = false;
  readonly limit: ErasureLimit;

  constructor(deps: ErasuresDeps) {
    this.#deps = deps;
    this.limit = new ErasureLimit(deps.clock);
  }

  /** Takes up what the last run left, beside all else. */
  start(): Promise<void> {
    const due = this.runDue().catch((error: unknown) => {
      if (!this.#stopped)
        this.#deps.log.error({ class: "ops", what: "erasure.failed", ...errorFields(error) });
    });
    this.#beside.add(due);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#stopped = true;
    return this.#beside.settled();
  }

  /** Begins what was confirmed in this room, once the command has been answered. */
  begin(person: UserId, room: RoomId): void {
    const turn = this.#deps.queue.run(room, () => Promise.resolve());
    this.#beside.add(turn.then(() => this.#try(person)));
  }

  /** Erases everything about somebody who did not ask for it, and is not told by it. What goes on of it already goes on. */
  async eraseReported(person: UserId): Promise<void> {
    await this.#ordered(person, (request, at) => withReport(request, person, at));
  }

  /** Erases everything about somebody whose account is deactivated since then; ms since the epoch. What goes on of it already goes on. */
  async eraseDeactivated(person: UserId, deactivatedAt: number): Promise<void> {
    await this.#ordered(person, (request) => withDeactivation(request, person, deactivatedAt));
  }

  /** Erases everything about somebody who has not used Usher for long: nobody asked, and nobody is told. What goes on of it already goes on. */
  async eraseUnused(person: UserId): Promise<void> {
    await this.#ordered(person, (request, at) => request ?? unasked(person, at));
  }

  async #ordered(
    person: UserId,
    next: (request: ErasureRequest | undefined, now: number) => ErasureRequest,
  ): Promise<void> {
    const now = this.#deps.clock.now();
    await this.#deps.documents.update(erasureDocument, person, (document) => {
      const request = next(document.request, now);
      return request === document.request ? document : { request };
    });
    await this.#try(person);
  }

  async runDue(): Promise<void> {
    const { documents, clock } = this.#deps;
    const due: UserId[] = [];
    for await (const { document } of documents.scan(erasureDocument)) {
      const { request } = document;
      if (request === undefined) continue;
      if ((await this.#remind(request)) || isDue(request, clock.now())) due.push(request.person);
    }
    for (const person of due) await this.#try(person);
  }

  /**
   * Tells operators of what is asked and not done, on the days on which that is told. Whether it is tried at once, however long it was put off: on the
   * last of them. Of accounts that were deactivated they hear otherwise.
   */
  async #remind(request: ErasureRequest): Promise<boolean> {
    const { documents, clock, tellOperators } = this.#deps;
    const { person, at, toldOn = 0, state, work, deactivatedAt } = request;
    const isLate = state === "running" || state === "partial";
    if (work === undefined || !isLate || deactivatedAt !== undefined) return false;
    const waiting = { at, due: dueDate(at), extended: false, toldOn };
    const named = { id: work.receipt, what: "privacy erase", is: "erasure" } as const;
    const day = await remind(tellOperators, { ...waiting, ...named }, clock.now());
    if (day === undefined) return false;
    await documents.update(erasureDocument, person, (document) => ({
      request: document.request && {
        ...document.request,
        toldOn: day,
        ...(day === LAST_CALL ? { due: clock.now() } : {}),
      },
    }));
    return day === LAST_CALL;
  }

  /** Forgets questions that can be confirmed no longer. */
  sweep(): Promise<void> {
    return sweepQuestions(this.#deps.documents, this.#deps.clock);
  }

  /** Never rejects: what fails is tried again in the next minute. */
  async #try(person: UserId): Promise<void> {
    if (this.#running.has(person) || this.#stopped) return;
    this.#running.add(person);
    try {
      const request = await this.#prepared(person);
      if (request !== undefined) await this.#erase(request);
    } catch (error) {
      const who = pseudonym(person);
      if (!this.#stopped)
        this.#deps.log.error({ class: "bot", what: "erasure.failed", who, ...errorFields(error) });
    } finally {
      this.#running.delete(person);
    }
  }

  /** The request with what is fixed before anything goes; undefined where it is not due, or was called off: another one has its own turn. */
  async #prepared(person: UserId): Promise<Working | undefined> {
    const { documents, clock } = this.#deps;
    const known = (await documents.get(erasureDocument, person))?.request;
    if (known === undefined || !isDue(known, clock.now())) return undefined;
    const work = known.work ?? (await this.#fixed(known));
    const { request } = await documents.update(erasureDocument, person, (document) =>
      isStill(known, document.request) && isDue(document.request, clock.now())
        ? { request: { ...document.request, state: "running" as const, work } }
        : document,
    );
    return isStill(known, request) && request.work !== undefined
      ? { ...request, work: request.work }
      : undefined;
  }

  async #fixed(request: ErasureRequest): Promise<Work> {
    const { holdings, quotes } = this.#deps;
    const { person } = request;
    const scope = this.#scope(request);
    const said = [...(await quotes.find(person, scope))];
    const byHand = [...(await this.#deps.byHand.things(person, scope))];
    const outward = [...(await this.#deps.outward.things(person, scope))];
    const { id, secret } = makeReceipt();
    const began = [...(await fateCounts(person, holdings, scope)), ...saidCount(said.length)];
    const named = { standIn: makeStandIn(), receipt: id, secret };
    return { ...named, quotes: said, byHand, outward, began, tries: 0 };
  }

  async #erase(request: Working): Promise<void> {
    const { documents, clock, log, matrix, holdings, quotes, freeze, forgetLast, tombstones } =
      this.#deps;
    const { person, work } = request;
    const who = pseudonym(person);
    const failed = (error: unknown): void => {
      log.warn({ class: "bot", what: "erasure.step-failed", who, ...errorFields(error) });
    };
    const scope = this.#scope(request);
    await tombstones.set({ person, erasure: work.receipt, only: request.only ?? {} });
    await freeze(person, scope);
    const stays = await this.#deps.outward.takeAway(person, work.outward ?? []);
    for (const holding of holdings)
      await holding.erase({ person, standIn: work.standIn }, scope).catch(failed);
    const unsaid = await quotes.takeAway(work.quotes ?? []);
    const still = await leftOf(person, holdings, scope, failed);
    const found = [...stays, ...still, ...saidCount(unsaid)];
    await this.#begunByHand(request, isAll(scope));
    const { receipt } = await documents.update(receiptDocument, work.receipt, (document) => ({
      receipt: receiptAfter(document.receipt, work, found, clock),
    }));
    const left = receipt?.left ?? [];
    if (found.length === 0 || work.secret !== undefined) await this.#tell(request, left);
    if (found.length > 0) {
      await this.#putOff(request);
      log.error({ class: "audit", what: "erasure.partial", who, count: found.length });
      return;
    }
    // The answer may have needed a room of the two.
    if (isAll(scope)) {
      await matrix.forgetPrivateRooms(person);
      await forgetLast(person);
    }
    if (isStill(request, (await documents.get(erasureDocument, person))?.request))
      await documents.delete(erasureDocument, person);
    log.info({ class: "audit", what: left.length === 0 ? "erasure.verified" : "erasure.by-hand" });
    const kept = work.began.filter(({ is }) => is === "kept");
    if (kept.length > 0) log.warn({ class: "audit", what: "erasure.kept", count: kept.length });
  }

  /** What operators are to erase by hand is theirs from the first time on; they may have done it by the next. */
  async #begunByHand(request: Working, all: boolean): Promise<void> {
    const { documents, handWork } = this.#deps;
    const { person, event, room, at, deactivatedAt, work } = request;
    const { byHand: things = [], receipt } = work;
    if (things.length === 0 || (await documents.get(receiptDocument, receipt))) return;
    const told = deactivatedAt === undefined && event && room ? { event, room } : {};
    await handWork.begin(receipt, { person, at, all, things, ...told });
  }

  /** Whoever can be told: of a deactivated account nobody is left. */
  async #tell(request: Working, left: readonly FateCount[]): Promise<void> {
    if (request.deactivatedAt !== undefined) return;
    const { receipt, secret, began, byHand: things = [], outward = [] } = request.work;
    const keeps = this.#deps.outward.keeps(outward);
    const byHand = left.some(isByHand) ? { things, due: dueDate(request.at) } : undefined;
    const copiesUntil = await this.#deps.copiesUntil(this.#deps.clock.now());
    const answer = this.#deps.ended({ receipt, secret, began, left, byHand, keeps, copiesUntil });
    const step = secret === undefined ? "erased at last" : "erased";
    await tellErased(this.#deps, request, answer, step);
  }

  #scope({ only = {} }: ErasureRequest): Scope {
    const { room, kind, item } = only;
    return { room, item, part: kind === undefined ? undefined : this.#deps.partOf(kind) };
  }

  async #putOff(then: Working): Promise<void> {
    const { documents, clock } = this.#deps;
    await documents.update(erasureDocument, then.person, (document) =>
      isStill(then, document.request)
        ? { request: putOff(document.request, then.work, clock.now()) }
        : document,
    );
  }
}
