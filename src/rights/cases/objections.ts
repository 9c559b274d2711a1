import type { UserId } from "../../kernel/ids.ts";
import type { Part } from "../../matrix/part.ts";
import { caseDocument, type CaseFacts } from "../../store/cases.ts";
import type { Documents } from "../../store/documents.ts";
import type { Doing, Restrictions } from "../people/restrictions.ts";

interface ObjectionsDeps {
  readonly documents: Documents;
  readonly restrictions: Pick<Restrictions, "all" | "of" | "lift">;
  /** Goes on with what was stopped. */
  readonly goOn: (person: UserId, doing: Doing) => Promise<void>;
}

/** What became of a case. */
type Decided = Pick<CaseFacts, "person" | "state">;

/**
 * What follows from the end of an objection (R39; GDPR article 21(1)): refused with a reason, or withdrawn by its person, what was stopped goes on; answered, it
 * stays stopped until the person themselves lifts it. As long as nobody decides, it is stopped.
 */
export class Objections implements Part {
  readonly name = "objections";
  readonly #deps: ObjectionsDeps;

  constructor(deps: ObjectionsDeps) {
    this.#deps = deps;
  }

  /** A crash may have come between the end of a case and what follows from it. */
  async start(): Promise<void> {
    const { documents, restrictions } = this.#deps;
    for (const { case: id } of restrictions.all()) {
      const facts = id && (await documents.get(caseDocument, id))?.facts;
      if (id !== undefined && facts) await this.ended(id, facts);
    }
  }

  /** Safe to repeat. What is no objection is left alone. */
  async ended(id: string, { person, state }: Decided): Promise<void> {
    if (person === undefined || (state !== "refused" && state !== "withdrawn")) return;
    const { restrictions, goOn } = this.#deps;
    // One thing may be in several rooms.
    const stopped = restrictions.of(person).filter((one) => one.case === id);
    if (stopped.length === 0) return;
    await restrictions.lift(person, (one) => one.case === id);
    for (const one of stopped) await goOn(person, one);
  }
}
