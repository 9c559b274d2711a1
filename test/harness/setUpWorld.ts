import type { Answer, Request } from "../../src/chat/command.ts";
import { resume } from "../../src/commands/resume.ts";
import { membershipOf } from "../../src/integrations/eventWaiter.ts";
import type { Outcome, SetUpDefinition, Steps } from "../../src/integrations/setUp.ts";
import { SetUps } from "../../src/integrations/setUps.ts";
import { setUpItems } from "../../src/integrations/setUpItems.ts";
import { ManualClock } from "../../src/kernel/clock.ts";
import { UsherError } from "../../src/kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../src/kernel/ids.ts";
import { KeyedQueue } from "../../src/kernel/tasks.ts";
import type { RoomEvent } from "../../src/matrix/port.ts";
import { roomDocument, type SetUp } from "../../src/store/room.ts";
import { memoryDocuments } from "./memoryDocuments.ts";

export const ROOM = "!r:x" as RoomId;
const ANN = "@ann:x" as UserId;
const GUEST = "@guest:x" as UserId;
export const ID = "thing-1";
/** How long the guest is waited for; ms. */
export const LIMIT_MS = 1_000_000;

/** Thrown in place of going on: the process is dead. */
class Crash extends Error {}

/** A command that is not over: it is done again at each start until it is answered. */
interface Begun {
  readonly event: EventId;
  readonly words: "add" | "resume" | "remove";
}

/** What somebody was told under an event, in a word. */
export type Told = "done" | "waiting" | "gone" | "setup/over" | `error ${string}`;

/** Which step is to fail, when it is done or when it is taken back; or where the process dies, before or after an effect. */
export interface Fault {
  readonly is: "fails" | "fails back" | "dies before" | "dies after";
  readonly step: string;
}

/** One thing that is set up in three steps that act and one that waits; its homeserver remembers what it was sent, as real ones do. */
export class SetUpWorld {
  readonly documents = memoryDocuments();
  readonly clock = new ManualClock();
  /** What stands in the room of the steps. */
  readonly effects = new Set<string>();
  /** What was told, by event and step: the homeserver takes each once. */
  readonly told = new Map<string, Told>();
  readonly journal: Begun[] = [];
  /** What was said of what is being done, by event. */
  readonly progress: string[] = [];
  /** Contradictions: something else was to be said under the same transaction id. */
  readonly twice: string[] = [];
  come = false;
  /** Whether nothing is done for Ann. */
  frozen = false;
  /** What is too old could not be deleted, so that nothing new is kept. */
  stops = false;
  /** What is to go wrong; a death does so once. */
  faults: Fault[] = [];
  #dead = false;
  #setUps: SetUps;
  readonly #lasting: ReadonlySet<string>;

  /** `lasting`: the steps that cannot be taken back. */
  constructor(lasting: Iterable<string> = []) {
    this.#lasting = new Set(lasting);
    this.#setUps = this.#live();
  }

  get setUps(): SetUps {
    return this.#setUps;
  }

  /** Its record; undefined where nothing is half done. */
  async record(): Promise<SetUp | undefined> {
    return (await this.documents.get(roomDocument, ROOM))?.setUps?.[0];
  }

  /** Somebody says this, and it is done as far as it goes; at a death, the next life goes on. */
  async say(words: Begun["words"]): Promise<EventId> {
    const event = `$${String(this.told.size)}${words}${String(this.journal.length)}` as EventId;
    this.journal.push({ event, words });
    await this.#alive(() => this.#perform({ event, words }));
    return event;
  }

  /** The guest comes, or something happens that is worth a look. */
  async hear(): Promise<void> {
    const event = { roomId: ROOM, type: "m.room.member", sender: GUEST, stateKey: GUEST };
    const rooms = [{ roomId: ROOM, gap: false, events: [event as unknown as RoomEvent] }];
    await this.#alive(() =>
      this.#setUps.handle({ rooms, invites: [], departures: [], awayMs: 0, first: false }),
    );
  }

  /** It is looked whether the guest has been waited for too long. */
  async round(): Promise<void> {
    await this.#alive(() => this.#setUps.endWaits());
  }

  /** Does something with its set-ups, and what comes of that. */
  async does(work: () => Promise<void>): Promise<void> {
    await this.#alive(work);
  }

  async restart(): Promise<void> {
    this.#dead = false;
    this.#setUps = this.#live();
    this.#setUps.found((await this.documents.get(roomDocument, ROOM)) ?? roomDocument.empty(ROOM));
    await this.#alive(async () => {
      for (const begun of [...this.journal]) await this.#perform(begun);
      await this.#setUps.start();
    });
  }

  /** Does it to its end, letting time pass where something is waited for, and begins anew where the process dies. */
  async #alive(work: () => Promise<void>): Promise<void> {
    const progress = { over: false };
    const ended = work()
      .catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
        this.#dead = true;
      })
      .then(() => this.#queue.idle())
      .finally(() => (progress.over = true));
    ended.catch(() => undefined);
    while (!progress.over) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      if (this.clock.waiting > 0) this.clock.advance(1000);
    }
    await ended;
    if (this.#dead) await this.restart();
  }

  #queue = new KeyedQueue(() => undefined);

  #live(): SetUps {
    this.#queue = new KeyedQueue((error) => {
      if (!(error instanceof Crash)) throw error;
      this.#dead = true;
    });
    const setUps = new SetUps({
      documents: this.documents,
      clock: this.clock,
      queue: this.#queue,
      speaker: {
        progress: (event, _, { template, view }) => {
          const { step = { template: "" } } = view as { step?: Answer };
          this.progress.push(`${event} ${template} ${step.template}`.trim());
        },
        say: ({ event }, answer, step) => {
          if (answer instanceof UsherError) throw new TypeError("nobody says errors late");
          this.#tell(event, step, answer.template.replace("error/", "error ") as Told);
          return Promise.resolve("$said" as EventId);
        },
      },
      owed: { keep: () => Promise.resolve() },
      calledAs: "!usher",
      isFrozen: () => this.frozen,
      retention: { stops: () => this.stops },
    });
    setUps.define(this.#definition());
    return setUps;
  }

  #tell(event: EventId, step: string, what: Told): void {
    this.#mayDie("before", "tell");
    const key = `${event} ${step}`;
    const before = this.told.get(key);
    if (before === undefined) this.told.set(key, what);
    // What had ended, or was refused, before a crash may look otherwise after it; the homeserver keeps the answer that it has.
    else if (before !== what && what !== "setup/over" && before !== "error setup-exists")
      this.twice.push(`${key}: ${before}, then ${what}`);
    this.#mayDie("after", "tell");
  }

  /** As the runner of commands does it: in the room's turn, and out of the journal when it has been answered. */
  async #perform({ event, words }: Begun): Promise<void> {
    await this.#queue.run(ROOM, async () => {
      let told: Told;
      try {
        told = await this.#do(event, words);
      } catch (error) {
        if (!(error instanceof UsherError)) throw error;
        told = `error ${error.code}`;
      }
      this.#tell(event, "answer", told);
      this.journal.splice(
        this.journal.findIndex((one) => one.event === event),
        1,
      );
    });
  }

  async #do(event: EventId, words: Begun["words"]): Promise<Told> {
    const { setUps } = this;
    switch (words) {
      case "add":
        return said(
          await setUps.run(ROOM, {
            cause: event,
            person: ANN,
            at: this.clock.now(),
            deed: "set-up-thing",
            id: ID,
            name: "Thing",
          }),
        );
      case "resume":
        return (await resumed(setUps, event)).template as Told;
      case "remove": {
        if ((await setUps.find(ROOM, ID)) === undefined) return "gone";
        const request = { room: ROOM, person: ANN } as Parameters<
          ReturnType<typeof setUpItems>["remove"]["perform"]
        >[2];
        await setUpItems(setUps).remove.perform(ID, undefined, request);
        return "gone";
      }
    }
  }

  #definition(): SetUpDefinition {
    const acting = (name: string): Steps<SetUp>[number] => ({
      name,
      said: () => ({ template: name, view: {} }),
      run: () => this.#act("fails", name, () => this.effects.add(name)),
      ...(this.#lasting.has(name)
        ? {}
        : {
            undo: async () => {
              await this.#act("fails back", name, () => this.effects.delete(name));
            },
          }),
    });
    return {
      deed: "set-up-thing",
      steps: [
        acting("first"),
        acting("second"),
        {
          name: "guest",
          said: () => ({ template: "guest", view: {} }),
          until: {
            concerns: (_, event) => membershipOf(GUEST)(event),
            look: () =>
              this.#act("fails", "guest", () => undefined).then(() =>
                this.come ? "come" : "not yet",
              ),
            ms: 1000,
            limitMs: LIMIT_MS,
          },
        },
        acting("third"),
      ],
      // What is there already is not set up again, as kinds see to it: taking that back would take what was there before.
      isDone: () => this.effects.size === 3,
      answer: (_, outcome) => ({ template: said(outcome), view: {} }),
      needs: () => Promise.resolve([]),
    };
  }

  async #act(fails: Fault["is"], step: string, act: () => unknown): Promise<undefined> {
    await Promise.resolve();
    this.#mayDie("before", step);
    if (this.faults.some((one) => one.is === fails && one.step === step)) throw refused();
    act();
    this.#mayDie("after", step);
    return undefined;
  }

  #mayDie(when: "before" | "after", step: string): void {
    const at = this.faults.findIndex((one) => one.is === `dies ${when}` && one.step === step);
    if (at < 0) return;
    this.faults.splice(at, 1);
    throw new Crash();
  }
}

/** What the command itself answers. */
function resumed(setUps: SetUps, event: EventId): Promise<Answer> {
  const command = resume(setUps);
  if (!command.changes) throw new TypeError("resume changes nothing");
  return command.perform({ id: ID } as never, { room: ROOM, event } as Request);
}

function said({ is }: Outcome): Told {
  return is;
}

/** A refusal that does not pass by itself. */
function refused(): UsherError {
  return new UsherError("room-unreachable", {
    action: "state",
    status: 403,
    code: "M_FORBIDDEN",
    passing: false,
  });
}
