import { caseReplied, caseReplyWaits } from "../../src/commands/privacy/caseView.ts";
import { erasureEnd, handDone } from "../../src/commands/privacy/erasureView.ts";
import type { WorkFor } from "../../src/integrations/ownWork.ts";
import { Objections } from "../../src/rights/cases/objections.ts";
import { erasureCommands, KINDS } from "./erasureCommands.ts";
import type { Answer, Request } from "../../src/chat/command.ts";
import type { Speaker } from "../../src/chat/speaker.ts";
import type { ReplyTarget } from "../../src/chat/replyTarget.ts";
import { ManualClock } from "../../src/kernel/clock.ts";
import type { UsherError } from "../../src/kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../src/kernel/ids.ts";
import { heardBy, LogListeners, silentLog } from "../../src/kernel/log.ts";
import { rolesOf, type Officers } from "../../src/config/roles.ts";
import { Cases } from "../../src/rights/cases/cases.ts";
import { HandWork } from "../../src/rights/erasure/handWork.ts";
import { Erasures } from "../../src/rights/erasure/erasures.ts";
import { People } from "../../src/rights/people/people.ts";
import { ByHand } from "../../src/rights/holdings/byHand.ts";
import type { OutwardThings } from "../../src/rights/holdings/outward.ts";
import { OperatorsNamed } from "../../src/rights/holdings/operatorsNamed.ts";
import type { TellOperators } from "../../src/rights/cases/reminders.ts";
import { PrivateRooms } from "../../src/rights/holdings/privateRooms.ts";
import { Restrictions } from "../../src/rights/people/restrictions.ts";
import { StoredDocuments } from "../../src/rights/holdings/storedDocuments.ts";
import type { Documents } from "../../src/store/documents.ts";
import type { Erased } from "../../src/store/tombstones.ts";
import { about, ANN, BOB, CLEAR, DIRECT, ROOM, SAID, type SaidApart } from "./erasurePlaces.ts";
import { memoryAudit } from "./memoryAudit.ts";
import { failingDocuments, memoryDocuments } from "./memoryDocuments.ts";
import { MemoryLinks } from "./memoryLinks.ts";
import { MemoryQuotes } from "./memoryQuotes.ts";
import { MemoryHomeserver } from "./memoryHomeserver.ts";
import { sentenceOf } from "./sentenceOf.ts";

export { ANN, BOB, CLEAR, DIRECT, ROOM };

/** Usher's erasures without a homeserver: a room of Ann and Bob, and one of Ann and Usher alone. `fail`: asked before each thing that is done. */
export class ErasureWorld {
  readonly clock = new ManualClock(Date.UTC(2026, 10, 29));
  readonly stored = memoryDocuments();
  readonly server = new MemoryHomeserver();
  readonly apart: SaidApart[] = [];
  readonly operators: UserId[] = [];
  /** Who is named for what; whoever is not is an operator. */
  officers: Officers["officers"] = { dpo: [], support: [] };
  readonly tombstones: Erased[] = [];
  /** What operators were told; `each`: everybody alone as well. */
  readonly toOperators: { readonly body: string; readonly step: string; readonly each: boolean }[] =
    [];
  /** Sends the file of a case; whether it could. */
  exportByItself: (id: string) => Promise<boolean> = () => Promise.resolve(false);
  readonly quotes = new MemoryQuotes((what) => {
    this.fail(what);
  });
  readonly links = new MemoryLinks(this.stored, (what) => {
    this.fail(what);
  });
  /** The device that asks. */
  device: string | undefined = "PHONE";
  /** What stands below the first line of what is asked next. */
  below = "";
  /** What the log said, of which operators hear. */
  readonly logged: string[] = [];
  readonly lines = new LogListeners();
  /** Whether Usher can encrypt. */
  canEncrypt = true;
  remembered = new Map<UserId, readonly RoomId[]>([[ANN, [DIRECT]]]);
  fail: (what: string) => void = () => undefined;
  readonly people = new People({
    ...{ restrictions: { against: () => undefined }, matrix: this.server, log: silentLog },
    ...{ documents: this.documents, clock: this.clock, language: "en", noticeVersion: "4" },
  });
  cases = this.#openCases();
  restrictions = new Restrictions(this.documents);
  /** What kinds were told to stop, and to go on with. */
  readonly worked: string[] = [];
  objections = this.#openObjections();
  handWork = this.#openHandWork();
  copies: number | undefined;
  audit = memoryAudit(this.documents, this.clock);
  erasures = this.#open();
  #events = 0;

  constructor() {
    this.lines.add(({ what }) => this.logged.push(what));
    this.server.make(ROOM, { creator: BOB, joined: [ANN, BOB, this.server.me] });
    this.server.make(CLEAR, { creator: ANN, joined: [ANN, this.server.me] });
    const more = [["m.room.encryption", { algorithm: "m.megolm.v1.aes-sha2" }]] as const;
    this.server.make(DIRECT, { creator: ANN, joined: [ANN, this.server.me], more });
  }

  /** What is stored, where each change can fail. */
  get documents(): Documents {
    return failingDocuments(this.stored, (what) => {
      this.fail(what);
    });
  }

  get #matrix() {
    return Object.assign(this.server, {
      peopleOfPrivateRooms: () => Promise.resolve([...this.remembered.keys()]),
      privateRoom: async (_: UserId, only?: "encrypted" | "unencrypted") => {
        await Promise.resolve();
        this.fail("private room");
        return only === "unencrypted" ? CLEAR : DIRECT;
      },
      event: (roomId: RoomId, eventId: EventId) =>
        Promise.resolve({
          ...SAID,
          roomId,
          eventId,
          content: { body: `the command\n${this.below}` },
        }),
      rememberedPrivateRooms: (user: UserId) => Promise.resolve(this.remembered.get(user) ?? []),
      forgetPrivateRooms: async (user: UserId) => {
        await Promise.resolve();
        this.fail("forget rooms");
        this.remembered.delete(user);
      },
    });
  }

  get holdings() {
    return [
      new StoredDocuments(this.documents),
      new OperatorsNamed(this.operators),
      new PrivateRooms(this.#matrix),
      this.#byHand,
      this.#outward,
    ];
  }

  get #byHand(): ByHand {
    return new ByHand(this.documents, KINDS);
  }

  get #outward(): OutwardThings {
    return this.links.things(this.documents, heardBy(silentLog, this.lines));
  }

  #openHandWork(): HandWork {
    const { documents, clock } = this;
    const log = heardBy(silentLog, this.lines);
    const [matrix, speaker, tellOperators] = [this.#matrix, this.#speaker, this.#tellOperators];
    return new HandWork({ documents, clock, log, matrix, speaker, tellOperators, handDone });
  }

  #open(): Erasures {
    return new Erasures({
      documents: this.documents,
      clock: this.clock,
      log: heardBy(silentLog, this.lines),
      queue: { run: async (_, task) => task() },
      speaker: this.#speaker,
      matrix: this.#matrix,
      forgetLast: async (person) => {
        await this.restrictions.lift(person, () => true);
        await this.people.forget(person);
      },
      holdings: this.holdings,
      ...{ byHand: this.#byHand, outward: this.#outward, handWork: this.handWork },
      quotes: this.quotes,
      tombstones: {
        set: async (erased) => {
          await Promise.resolve();
          this.fail("set tombstone");
          this.tombstones.push(erased);
        },
      },
      freeze: async (person) => {
        await Promise.resolve();
        this.fail("freeze");
        await this.cases.forget(person);
      },
      tellOperators: this.#tellOperators,
      ...{ ended: erasureEnd, copiesUntil: () => Promise.resolve(this.copies) },
      partOf: (kind) => KINDS.find((one) => one.kind === kind)?.rights.part,
    });
  }

  get #tellOperators(): TellOperators {
    return async (answer, { step }, to) => {
      await Promise.resolve();
      this.fail("tell operators");
      this.toOperators.push({ body: sentenceOf(answer, about), step, each: to?.each === true });
      return true;
    };
  }

  #openCases(): Cases {
    return new Cases({
      documents: this.documents,
      clock: this.clock,
      log: heardBy(silentLog, this.lines),
      matrix: this.#matrix,
      speaker: this.#speaker,
      canEncrypt: true,
      tellOperators: this.#tellOperators,
      replied: caseReplied,
      replyWaits: caseReplyWaits,
      exportByItself: ({ id }) => this.exportByItself(id),
      ended: (id, facts) => this.objections.ended(id, facts),
    });
  }

  #openObjections(): Objections {
    const { documents, restrictions } = this;
    return new Objections({ documents, restrictions, goOn: (...of) => this.#work.goOn(...of) });
  }

  get #work(): WorkFor {
    const note =
      (what: string): WorkFor["stop"] =>
      async (person, { kind = "everything", room = "" }) => {
        await Promise.resolve();
        this.fail(what);
        this.worked.push(`${what} ${person} ${kind}${room}`);
      };
    return { stop: note("stop"), goOn: note("go on") };
  }

  /** As a new process has it. */
  async restart(): Promise<void> {
    this.restrictions = new Restrictions(this.documents);
    await this.restrictions.open();
    this.objections = this.#openObjections();
    this.cases = this.#openCases();
    this.handWork = this.#openHandWork();
    this.erasures = this.#open();
    await this.objections.start();
  }

  get #speaker(): Pick<Speaker, "say"> {
    return { say: (target, answer, step) => this.#say(target, answer, step) };
  }

  async #say(
    { room, event }: ReplyTarget,
    answer: Answer | UsherError,
    step: string,
  ): Promise<EventId> {
    await Promise.resolve();
    this.fail("say");
    // The homeserver takes the same thing once.
    const said = { room, event, step, body: sentenceOf(answer, about) };
    if (!this.apart.some((one) => one.room === room && one.event === event && one.step === step))
      this.apart.push(said);
    this.fail("said");
    return "$said" as EventId;
  }

  /** What is answered to a line of these words. Rejects as the command does. */
  async ask(
    person: UserId,
    words: string,
    input: Readonly<Record<string, unknown>> = {},
    room: RoomId = DIRECT,
  ): Promise<string> {
    const { command, request } = this.#asked(person, words, room);
    if (!command.changes) return sentenceOf(await command.answer(input as never, request), about);
    const plan = await command.plan(input as never, request);
    const done = "nothing" in plan ? plan.nothing : await command.perform(input as never, request);
    return sentenceOf(done, about);
  }

  /** What is shown before such a line waits for a yes. */
  async preview(
    person: UserId,
    words: string,
    input: Readonly<Record<string, unknown>>,
  ): Promise<string> {
    const { command, request } = this.#asked(person, words, DIRECT);
    if (!command.changes) throw new Error(`"${words}" changes nothing`);
    const plan = await command.plan(input as never, request);
    if (!("preview" in plan)) throw new Error(`"${words}" shows nothing before`);
    return sentenceOf(plan.preview, about);
  }

  #asked(person: UserId, words: string, room: RoomId) {
    this.#events += 1;
    const event = `$${String(this.#events)}` as EventId;
    const deps = {
      ...{ matrix: this.#matrix, speaker: this.#speaker, canEncrypt: this.canEncrypt },
      ...{ log: silentLog, documents: this.documents, audit: this.audit, clock: this.clock },
      ...{ holdings: this.holdings, outward: this.#outward, erasures: this.erasures },
      handWork: this.handWork,
      cases: this.cases,
      restrictions: this.restrictions,
      ...{ work: this.#work, backups: { copiesUntil: () => Promise.resolve(this.copies) } },
      rolesOf: (one: UserId) => rolesOf({ operators: [], officers: this.officers }, one),
      kinds: KINDS,
    };
    const commands = erasureCommands(deps, (deed) => this.audit.record(deed));
    const command = commands.find((one) => one.words === words);
    if (command === undefined) throw new Error(`No command "${words}"`);
    const of = { room, person, event, thread: undefined, direct: false, operator: false };
    const request: Request = { ...of, device: this.device, calledAs: "" };
    return { command, request };
  }
}
