import type { RoomId } from "../kernel/ids.ts";
import type { OwnAccount, Profiles, RoomEvent, RoomMembers } from "../matrix/port.ts";
import { addressed, type Addressed } from "./address.ts";
import type { Command } from "./command.ts";
import type { Company } from "./company.ts";
import { isAnswer, type AnswerWords } from "./confirmation.ts";
import type { Spoken } from "./gate.ts";
import { beginsWithCommand } from "./commandIn.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument } from "../store/room.ts";
import { isPair } from "./place.ts";

interface SpokenToDeps {
  readonly matrix: OwnAccount & RoomMembers & Pick<Profiles, "displayName">;
  readonly commands: readonly Command[];
  readonly answers: AnswerWords;
  readonly prefixes: readonly string[];
  readonly company: Company;
  readonly documents: Pick<Documents, "get">;
}

/** Tells what is said to Usher from people's talk. */
export class SpokenTo {
  readonly #deps: SpokenToDeps;
  #displayName: string | undefined;

  constructor(deps: SpokenToDeps) {
    this.#deps = deps;
  }

  /** Learns what Usher is called; until then it is called by its other names. */
  async learnName(): Promise<void> {
    const { matrix } = this.#deps;
    this.#displayName = await matrix.displayName(matrix.me);
  }

  /** In a room of two nothing needs to be said to be heard; who else is there is looked up only for what was not said to Usher by name. */
  async what(
    event: RoomEvent,
    spoken: Pick<Spoken, "line" | "mentions">,
  ): Promise<Addressed | undefined> {
    const { matrix, prefixes, commands, answers, company } = this.#deps;
    const names = {
      me: matrix.me,
      displayName: this.#displayName,
      prefixes,
      isCommand: (line: string) => beginsWithCommand(line, commands) || isAnswer(line, answers),
    };
    const byName = addressed(spoken, { ...names, direct: false });
    if (byName !== undefined) return byName;
    const asDirect = addressed(spoken, { ...names, direct: true });
    if (asDirect === undefined) return undefined;
    // What is no command is hardly said to Usher, and waits for nothing that others could hold up.
    const members = names.isCommand(asDirect.line)
      ? await matrix.members(event.roomId)
      : await company.soon(event.roomId);
    const here =
      members?.joined.size === 2 &&
      members.joined.has(event.sender) &&
      members.joined.has(matrix.me) &&
      (isPair(members) || (await this.#isDirectStill(event.roomId)));
    return here ? asDirect : undefined;
  }

  /** Whether it was a direct chat when Usher said what it is: who is only invited has time, and whoever is there goes on as before. */
  async #isDirectStill(room: RoomId): Promise<boolean> {
    return (await this.#deps.documents.get(roomDocument, room))?.greetedAs === "direct";
  }
}
