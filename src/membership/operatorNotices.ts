import { HOUR_MS } from "../kernel/days.ts";
import type { Answer } from "../chat/command.ts";
import { officeFaults, officeView } from "../chat/officeFaults.ts";
import type { OperatorsRoom } from "../chat/place.ts";
import type { Clock } from "../kernel/clock.ts";
import { errorFields, type Log, type LogFields } from "../kernel/log.ts";
import type { Part } from "../matrix/part.ts";
import { allOfficers, officersFor, type Officers, type Role } from "../config/roles.ts";
import type { MessageContent, RoomState, Sending } from "../matrix/port.ts";
import type { Once } from "../matrix/transaction.ts";
import type { TellPrivately } from "./tellPrivately.ts";

/** Beginnings of names of log lines that operators must learn of without reading the log. */
const ALARMS: readonly string[] = [
  "document.quarantined.",
  "crypto.engine-broken",
  "crypto.flush-failed",
  "sweep.failed",
  "clock.",
  "audit.end-",
  "log.",
  "sync.batch-given-up",
  "room.events-given-up",
  "catalogue.changes-refused",
  "erasure.failed",
  "erasure.partial",
  "erasure.kept",
  "erasure.late",
  "tombstones.",
  "account-questions.unanswered",
];
/** The same trouble is told of once in this time; ms. */
const EVERY_MS = HOUR_MS;

interface OperatorNoticesDeps {
  readonly operators: OperatorsRoom;
  readonly config: Officers;
  readonly tell: TellPrivately;
  readonly matrix: Sending & Pick<RoomState, "allState">;
  readonly clock: Clock;
  readonly log: Log;
  readonly render: (answer: Answer) => MessageContent;
  readonly version: string;
}

/** Tells the operators, in their room, of starts, stops and troubles. Never rejects: what cannot be told there is in the log. */
export class OperatorNotices implements Part {
  readonly name = "operators";
  readonly #deps: OperatorNoticesDeps;
  readonly #startedAt: number;
  readonly #toldAt = new Map<string, number>();
  /** The last time nobody could be told of something that waits for them. */
  #unheard = false;
  /** Troubles that could not be told. */
  readonly #untold = new Set<string>();

  constructor(deps: OperatorNoticesDeps) {
    this.#deps = deps;
    this.#startedAt = deps.clock.now();
  }

  /** Tells of the start, with what is wrong with the room that it is told in. */
  async ready(): Promise<void> {
    const { operators, matrix, version } = this.#deps;
    const state =
      operators.room === undefined ? [] : await matrix.allState(operators.room).catch(() => []);
    const faults = officeFaults(state);
    if (faults.length > 0)
      this.#deps.log.warn({ class: "ops", what: "operators-room.open", code: faults[0] ?? "" });
    await this.#tell(
      {
        template: "operators/started",
        view: { version, faults: faults.length === 0 ? undefined : officeView(faults) },
      },
      "started",
    );
    const untold = [...this.#untold];
    this.#untold.clear();
    for (const what of untold) this.logged({ what });
  }

  stop(): void {
    void this.#tell({ template: "operators/stopping", view: {} }, "stopping");
  }

  /** Hears the log. */
  readonly listener = (line: Pick<LogFields, "what">): void => {
    this.logged(line);
  };

  /** A line was logged. */
  logged({ what }: Pick<LogFields, "what">): void {
    const { clock } = this.#deps;
    if (!ALARMS.some((alarm) => what.startsWith(alarm))) return;
    const now = clock.now();
    if (now - (this.#toldAt.get(what) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return;
    this.#toldAt.set(what, now);
    void this.#tell(
      { template: "operators/alarm", view: { what } },
      `alarm ${what} ${String(now)}`,
    ).then((told) => {
      if (told) return;
      this.#toldAt.delete(what);
      this.#untold.add(what);
    });
  }

  /**
   * Tells them something of their work: in their room, or where that cannot be, each alone whom the configuration names for one of the roles; `each`: both. Whether
   * anybody was told.
   */
  readonly tell = async (
    answer: Answer,
    once: Once,
    { roles, each: alsoAlone = false }: { roles?: readonly Role[]; each?: boolean } = {},
  ): Promise<boolean> => {
    const { config, tell } = this.#deps;
    const inRoom = await this.#say(answer, once);
    const each = inRoom && !alsoAlone ? [] : officersFor(config, roles);
    const alone = await Promise.all(each.map((person) => tell(person, answer, once)));
    const told = inRoom || alone.includes(true);
    this.#unheard = !told;
    return told;
  };

  /** Whether nobody is there who could be told of what waits for them, or the last time nobody could be. */
  readonly unheard = (): boolean => {
    const { operators, config } = this.#deps;
    return this.#unheard || (operators.room === undefined && allOfficers(config).length === 0);
  };

  #tell(answer: Answer, step: string): Promise<boolean> {
    const cause = `${String(this.#deps.operators.room)} ${String(this.#startedAt)}`;
    return this.#say(answer, { cause, step });
  }

  /** Whether it was told in their room. */
  async #say(answer: Answer, once: Once): Promise<boolean> {
    const { operators, matrix, render, log } = this.#deps;
    const { room } = operators;
    if (room === undefined) return false;
    try {
      await matrix.send(room, render(answer), once);
      return true;
    } catch (error) {
      log.debug({ class: "ops", what: "operators.untold", ...errorFields(error) });
      return false;
    }
  }
}
