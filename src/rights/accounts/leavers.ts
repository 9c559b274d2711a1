import { HOUR_MS } from "../../kernel/days.ts";
import type { Clock } from "../../kernel/clock.ts";
import { serverOf, type RoomId, type UserId } from "../../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import { eachInTurn } from "../../kernel/tasks.ts";
import type { Batch } from "../../matrix/intake.ts";
import type { Part } from "../../matrix/part.ts";
import type { OwnAccount, Profiles, RoomEvent, RoomMembers, Rooms } from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";
import type { AccountQuestions } from "./accountQuestions.ts";
import type { Deactivations } from "./deactivations.ts";
import type { KnownPeople } from "./knownPeople.ts";

/** How old the answer may be to who is known: strangers come and go all the time; ms. */
const KNOWN_MS = HOUR_MS;

interface LeaversDeps {
  readonly matrix: OwnAccount &
    RoomMembers &
    Pick<Profiles, "account"> &
    Pick<Rooms, "rememberedPrivateRooms">;
  /** Undefined where Usher may not ask its homeserver. */
  readonly questions: Pick<AccountQuestions, "ask"> | undefined;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  readonly knownPeople: Pick<KnownPeople, "has">;
  readonly deactivations: Pick<Deactivations, "heard" | "inDoubt">;
}

/**
 * Follows who leaves rooms: whoever deactivates their account leaves all of them. On its own homeserver Usher asks at once. Of other accounts there is no
 * certain sign: who has left every room that Usher knows them from, and has no profile any more, may have deactivated theirs, and no more than that.
 */
export class Leavers implements Part {
  readonly name = "leavers";
  readonly #deps: LeaversDeps;
  /** Of whom it is known or suspected: what they do is a sign of life. As of the last look. */
  #inDoubt: ReadonlySet<UserId> = new Set();
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(deps: LeaversDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#inDoubt = await this.#deps.deactivations.inDoubt();
  }

  stop(): Promise<void> {
    this.#stopped = true;
    return this.#looking;
  }

  /** Looks beside what else is done with the batch, and nothing waits for it: what is lost of it the daily question finds. */
  handle(batch: Batch): Promise<void> {
    const events = batch.rooms.flatMap((room) => room.events);
    const left = new Set(events.filter(isLeaving).map(({ sender }) => sender));
    left.delete(this.#deps.matrix.me);
    const back = new Map(
      events
        .filter((event) => this.#inDoubt.has(event.sender) && !isLeaving(event))
        .map(({ sender, originServerTs }) => [sender, originServerTs]),
    );
    if (left.size + back.size > 0)
      this.#looking = this.#looking
        .then(() => this.#look(left, back))
        .catch((error: unknown) => {
          if (!this.#stopped)
            this.#deps.log.warn({ class: "ops", what: "leavers.failed", ...errorFields(error) });
        });
    return Promise.resolve();
  }

  /** When all that was begun has been looked at. */
  idle(): Promise<void> {
    return this.#looking;
  }

  async #look(left: ReadonlySet<UserId>, back: ReadonlyMap<UserId, number>): Promise<void> {
    const { knownPeople, deactivations } = this.#deps;
    await eachInTurn(back, ([person, at]) => this.#lookAt(person, () => this.#back(person, at)));
    const known: UserId[] = [];
    for (const person of left) if (await knownPeople.has(person, KNOWN_MS)) known.push(person);
    await eachInTurn(known, (person) => this.#lookAt(person, () => this.#left(person)));
    this.#inDoubt = await deactivations.inDoubt();
  }

  /** One that cannot be looked at now is passed over. */
  async #lookAt(person: UserId, work: () => Promise<void>): Promise<void> {
    if (this.#stopped) return;
    try {
      await work();
    } catch (error) {
      if (this.#stopped) return;
      this.#deps.log.warn({
        class: "bot",
        what: "account.not-asked",
        who: pseudonym(person),
        ...errorFields(error),
      });
    }
  }

  /** Somebody does something who should be gone. `sentAt`: as their server says. */
  async #back(person: UserId, sentAt: number): Promise<void> {
    const { questions, clock, deactivations } = this.#deps;
    if (!this.#isOwn(person)) return deactivations.heard(person, { is: "active", at: clock.now() });
    if (questions !== undefined) return questions.ask(person);
    // What was sent before the account was deactivated may be heard after.
    return deactivations.heard(person, { is: "active", at: sentAt });
  }

  async #left(person: UserId): Promise<void> {
    const { questions, clock, matrix, deactivations } = this.#deps;
    if (questions !== undefined && this.#isOwn(person)) return questions.ask(person);
    const at = clock.now();
    if (await this.#isStillIn(person)) return;
    if ((await matrix.account(person)).is === "unknown")
      await deactivations.heard(person, { is: "suspected", at });
  }

  /** Whether they are in, or invited into, one of the rooms that Usher knows them from. */
  async #isStillIn(person: UserId): Promise<boolean> {
    const { matrix, documents } = this.#deps;
    const rooms = new Set<RoomId>(await matrix.rememberedPrivateRooms(person));
    for await (const { document } of documents.aboutPerson(roomDocument, person))
      rooms.add(document.id);
    for (const room of rooms) {
      const { joined, invited } = await matrix.members(room);
      if (joined.has(person) || invited.has(person)) return true;
    }
    return false;
  }

  #isOwn(person: UserId): boolean {
    return serverOf(person) === serverOf(this.#deps.matrix.me);
  }
}

/** Whether somebody leaves a room of their own will. */
function isLeaving({ type, sender, stateKey, content }: RoomEvent): boolean {
  return type === "m.room.member" && stateKey === sender && content["membership"] === "leave";
}
