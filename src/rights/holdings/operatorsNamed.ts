import type { UserId } from "../../kernel/ids.ts";
import { isAll, type Fate, type Scope } from "../../privacy/erased.ts";
import type { DataRecord } from "../../privacy/record.ts";
import { SETTINGS } from "../../privacy/records/operators.ts";
import type { HeldThing, Holding } from "./holding.ts";

/** Who is named in the configuration as an operator. */
export class OperatorsNamed implements Holding {
  readonly #operators: readonly UserId[];

  constructor(operators: readonly UserId[]) {
    this.#operators = operators;
  }

  records(): ReadonlySet<DataRecord> {
    return new Set([SETTINGS]);
  }

  async *people(): AsyncIterable<UserId> {
    yield* await Promise.resolve(this.#operators);
  }

  async *about(person: UserId): AsyncIterable<HeldThing> {
    if (this.#operators.includes(person))
      yield await Promise.resolve({
        record: SETTINGS,
        room: undefined,
        handedOut: { operator: person },
      });
  }

  async *fates(person: UserId, scope: Scope): AsyncIterable<Fate> {
    if (isAll(scope) && this.#operators.includes(person))
      yield await Promise.resolve({ record: SETTINGS, is: "kept" });
  }

  /** Only the operators can change the configuration. */
  erase(): Promise<void> {
    return Promise.resolve();
  }
}
