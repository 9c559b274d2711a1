import type { Answer } from "../../chat/command.ts";
import type { Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import { errorFields } from "../../kernel/log.ts";
import type { Part } from "../../matrix/part.ts";
import type { Rooms } from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";
import { handWorkDocument, receiptDocument, type HandWorkEntry } from "../../store/erasures.ts";
import { personDocument } from "../../store/people.ts";
import { dueDate } from "../cases/dueDates.ts";
import { remind, type TellOperators } from "../cases/reminders.ts";
import { receiptAfterHandWork } from "./receipts.ts";
import { tellErased, type TellErasedDeps } from "./tellErased.ts";
import { Beside, detached } from "../../kernel/tasks.ts";

interface HandWorkDeps extends TellErasedDeps {
  readonly matrix: TellErasedDeps["matrix"] & Pick<Rooms, "forgetPrivateRooms">;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly tellOperators: TellOperators;
  /** What the person is told when it is done. */
  readonly handDone: (done: HandDone) => Answer;
}

export interface HandDone {
  readonly receipt: string;
  /** The operator's words. */
  readonly text: string;
  /** Whether nothing else is left either. */
  readonly verified: boolean;
}

/** What waits for operators, by the id of its receipt. */
export interface OpenHandWork extends HandWorkEntry {
  readonly id: string;
  /** Before when it must be done; ms since the epoch. */
  readonly due: number;
}

/**
 * What only operators can erase, by hand (R25): kept with the name of whoever it is about, and told of on set days, until they say that it is done; until then
 * the receipt says that the erasure is not whole.
 */
export class HandWork implements Part {
  readonly name = "hand-work";
  readonly rounds = [{ name: "hand-work", when: "50 */5 * * * *", work: () => this.work() }];
  readonly #deps: HandWorkDeps;
  readonly #beside = new Beside();

  constructor(deps: HandWorkDeps) {
    this.#deps = deps;
  }

  start(): Promise<void> {
    this.#beside.add(this.work());
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return this.#beside.settled();
  }

  /** Keeps it and tells operators; safe to repeat. */
  async begin(id: string, entry: HandWorkEntry): Promise<void> {
    await this.#deps.documents.update(handWorkDocument, id, (document) =>
      document.work === undefined ? { work: entry } : document,
    );
    await this.work();
  }

  /** All that waits, what is due first at the head. */
  async waiting(): Promise<readonly OpenHandWork[]> {
    const found: OpenHandWork[] = [];
    for await (const { id, document } of this.#deps.documents.scan(handWorkDocument))
      if (document.work !== undefined)
        found.push({ id, ...document.work, due: dueDate(document.work.at) });
    return found.sort((a, b) => a.due - b.due);
  }

  /** What somebody waits for. */
  async of(person: UserId): Promise<readonly OpenHandWork[]> {
    return (await this.waiting()).filter((one) => one.person === person);
  }

  /**
   * An operator says that it is done, in words for the person, who is told. Whether nothing else is left either. Safe to repeat; rejects with `case-unknown`
   * where there is no such receipt.
   */
  async done(id: string, text: string): Promise<boolean> {
    const { documents, clock, matrix, handDone } = this.#deps;
    const work = (await documents.get(handWorkDocument, id))?.work;
    const { receipt } = await documents.update(receiptDocument, id, (document) =>
      work === undefined || document.receipt === undefined
        ? document
        : { receipt: receiptAfterHandWork(document.receipt, clock) },
    );
    if (receipt === undefined) throw new UsherError("case-unknown", { id, operator: true });
    const verified = receipt.state === "verified";
    if (work === undefined) return verified;
    await tellErased(this.#deps, work, handDone({ receipt: id, text, verified }), "erased by hand");
    // Who has come back since then keeps the room of the two.
    const back = (await documents.get(personDocument, work.person)) !== undefined;
    if (work.all && !back) await matrix.forgetPrivateRooms(work.person);
    await documents.delete(handWorkDocument, id);
    return verified;
  }

  /** Tells operators on the days on which that is told. Never rejects. */
  work(): Promise<void> {
    return detached(() => this.#tellAll());
  }

  async #tellAll(): Promise<void> {
    const { documents, clock, tellOperators, log } = this.#deps;
    try {
      for (const { id, at, due, toldOn } of await this.waiting()) {
        const waiting = { id, at, due, extended: false, toldOn };
        const named = { what: "privacy erase", is: "by-hand" } as const;
        const day = await remind(tellOperators, { ...waiting, ...named }, clock.now());
        if (day === undefined) continue;
        await documents.update(handWorkDocument, id, ({ work }) => ({
          work: work && { ...work, toldOn: day },
        }));
      }
    } catch (error) {
      log.error({ class: "ops", what: "hand-work.failed", ...errorFields(error) });
    }
  }
}
