import { isDeepStrictEqual } from "node:util";
import type { Answer, Command } from "../chat/command.ts";
import {
  commandDescription,
  descriptionKey,
  DESCRIPTION_TYPE,
} from "../chat/commandDescription.ts";
import { isForEverybody } from "../chat/permit.ts";
import type { OperatorsRoom } from "../chat/place.ts";
import { helpTemplate } from "../chat/usage.ts";
import { UsherError } from "../kernel/errors.ts";
import { digest, type RoomId } from "../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../kernel/log.ts";
import type { Round } from "../kernel/rounds.ts";
import { detached } from "../kernel/tasks.ts";
import type { Batch } from "../matrix/intake.ts";
import type { Part } from "../matrix/part.ts";
import type { Content, OwnAccount, PowerLevels, RequestLimits, RoomState } from "../matrix/port.ts";
import { allowed, POWER_LEVELS } from "../matrix/power.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument, type RoomDocument } from "../store/room.ts";

interface DescribedCommandsDeps {
  readonly matrix: OwnAccount &
    RequestLimits &
    PowerLevels &
    Pick<RoomState, "allState" | "setState">;
  readonly documents: Documents;
  readonly log: Log;
  readonly commands: readonly Command[];
  readonly operators: OperatorsRoom;
  /** Calls back where something else may be offered. */
  readonly follow: (changed: () => void) => void;
  readonly asText: (answer: Answer) => string;
  /** Whether commands are to be described at all. */
  readonly on: boolean;
}

/** By state key. */
type Descriptions = ReadonlyMap<string, Content>;

interface Wanted {
  readonly descriptions: Descriptions;
  /** Undefined where there are to be none. */
  readonly digest: string | undefined;
}

const NOTHING: Wanted = { descriptions: new Map(), digest: undefined };

/** What cannot be done now is tried again each five minutes. */
const AGAIN = "20 */5 * * * *";

/**
 * Describes Usher's commands in the state of rooms (MSC4391), where it may and has said what it is, and keeps that as it should be: with other commands, another
 * catalogue, power that came later, or nothing where it is switched off. Beside all else, one event after another, and not while the homeserver limits Usher. Where it
 * leaves, clients no longer show them.
 */
export class DescribedCommands implements Part {
  readonly name = "described-commands";
  readonly rounds: readonly Round[] = [
    { name: "described-commands", when: AGAIN, work: () => this.#again() },
  ];
  readonly #deps: DescribedCommandsDeps;
  /** Rooms that are to be looked at, and those where that failed. */
  readonly #due = new Set<RoomId>();
  readonly #later = new Set<RoomId>();
  /** Something else may be offered: all rooms are to be looked at. */
  #everywhere = false;
  /** In operators' room, and elsewhere; until something else may be offered. */
  readonly #made = new Map<boolean, Wanted>();
  #working: Promise<void> | undefined;
  #stopped = false;

  constructor(deps: DescribedCommandsDeps) {
    this.#deps = deps;
  }

  found(room: RoomDocument): void {
    if (this.#isOtherwise(room)) this.#due.add(room.id);
  }

  start(): Promise<void> {
    this.#deps.follow(() => {
      this.#made.clear();
      this.#everywhere = true;
      this.#begin();
    });
    return Promise.resolve();
  }

  ready(): Promise<void> {
    this.#begin();
    return Promise.resolve();
  }

  /** Only takes note where something may be otherwise: a crash forgets nothing, for the next start looks at all rooms. */
  handle({ rooms }: Batch): Promise<void> {
    const { on, matrix } = this.#deps;
    if (!on) return Promise.resolve();
    for (const { roomId, gap, joined = false, events } of rooms) {
      const changed = events.some(
        ({ type, sender }) => type === POWER_LEVELS || sender === matrix.me,
      );
      if (gap || joined || changed) this.#due.add(roomId);
    }
    this.#begin();
    return Promise.resolve();
  }

  stop(): Promise<void> | undefined {
    this.#stopped = true;
    return this.#working;
  }

  #begin(): void {
    if (this.#due.size === 0 && !this.#everywhere) return;
    void detached(() =>
      this.#work().catch((error: unknown) => {
        this.#deps.log.error({
          class: "ops",
          what: "described-commands.failed",
          ...errorFields(error),
        });
      }),
    );
  }

  #again(): Promise<void> {
    for (const room of this.#later) this.#due.add(room);
    this.#later.clear();
    return this.#work();
  }

  /** All that is due, once; asked again meanwhile, it is the same. */
  #work(): Promise<void> {
    this.#working ??= this.#all().finally(() => (this.#working = undefined));
    return this.#working;
  }

  async #all(): Promise<void> {
    const { matrix, documents, log } = this.#deps;
    if (this.#everywhere) {
      this.#everywhere = false;
      for await (const { document } of documents.scan(roomDocument)) this.found(document);
    }
    const notYet: RoomId[] = [];
    // What comes meanwhile is among them.
    for (const room of this.#due) {
      if (this.#stopped || matrix.limits.now) break;
      this.#due.delete(room);
      try {
        if ((await this.#look(room)) === "not yet") notYet.push(room);
      } catch (error) {
        if (!(error instanceof UsherError)) throw error;
        if (this.#stopped) break;
        this.#later.add(room);
        const where = pseudonym(room);
        log.warn({ class: "bot", what: "commands.not-described", where, code: error.code });
      }
    }
    for (const room of notYet) this.#due.add(room);
  }

  /** Makes the room's descriptions what they should be. */
  async #look(room: RoomId): Promise<"not yet" | undefined> {
    const { matrix, documents } = this.#deps;
    const document = await documents.get(roomDocument, room);
    if (document === undefined) return undefined;
    if (document.greetedAt === undefined) return "not yet";
    if (!this.#isOtherwise(document)) return undefined;
    const need = { kind: "state", type: DESCRIPTION_TYPE } as const;
    if (!allowed(await matrix.power(room), matrix.me, need)) return undefined;
    const { descriptions, digest: described } = this.#wanted(room);
    const there = await this.#descriptionsIn(room);
    const changes = [
      ...[...descriptions].filter(([key, content]) => !isDeepStrictEqual(there.get(key), content)),
      ...[...there.keys()].filter((key) => !descriptions.has(key)).map((key) => [key, {}] as const),
    ];
    for (const [key, content] of changes) {
      if (this.#stopped || matrix.limits.now) return "not yet";
      await matrix.setState(room, DESCRIPTION_TYPE, key, content);
    }
    await documents.update(roomDocument, room, ({ described: _, ...current }) => ({
      ...current,
      ...(described === undefined ? {} : { described }),
    }));
    return undefined;
  }

  /** Where Usher has not said what it is, nobody gives it commands; what was replaced is nobody's room any more. */
  #isOtherwise({ id, greetedAt, upgrade, described }: RoomDocument): boolean {
    if (upgrade !== undefined || greetedAt === undefined) return false;
    return described !== this.#wanted(id).digest;
  }

  #wanted(room: RoomId): Wanted {
    const { on, operators } = this.#deps;
    if (!on) return NOTHING;
    const isOffice = room === operators.room;
    const made = this.#made.get(isOffice) ?? this.#make(isOffice);
    this.#made.set(isOffice, made);
    return made;
  }

  #make(isOffice: boolean): Wanted {
    const { commands, matrix, asText } = this.#deps;
    const here = commands.filter(
      (command) => command.unlisted !== true && (isOffice || isForEverybody(command)),
    );
    const contents = here.map((command) =>
      commandDescription(command, asText({ template: helpTemplate(command), view: {} })),
    );
    return {
      descriptions: new Map(
        contents.map((content) => [descriptionKey(content.command, matrix.me), content]),
      ),
      digest: digest(...contents.map((content) => JSON.stringify(content))),
    };
  }

  /** Usher's own that stand there now. */
  async #descriptionsIn(room: RoomId): Promise<Descriptions> {
    const { matrix } = this.#deps;
    const own = (await matrix.allState(room)).filter(
      ({ type, sender, content }) =>
        type === DESCRIPTION_TYPE && sender === matrix.me && Object.keys(content).length > 0,
    );
    return new Map(own.map(({ stateKey, content }) => [stateKey, content]));
  }
}
