import { advised } from "../../../src/chat/advice.ts";
import type { Answer, Command, Request } from "../../../src/chat/command.ts";
import type { Letters } from "../../../src/chat/letters.ts";
import { NAME_OR_ID } from "../../../src/chat/nameOrId.ts";
import { parseLine } from "../../../src/chat/parse.ts";
import { remove } from "../../../src/commands/remove.ts";
import { set } from "../../../src/commands/set.ts";
import { show } from "../../../src/commands/show.ts";
import { UsherError } from "../../../src/kernel/errors.ts";
import type { EventId, UserId } from "../../../src/kernel/ids.ts";
import { connectionCommands } from "../../../src/kinds/connections/commands.ts";
import { connectionEntries } from "../../../src/kinds/connections/entries.ts";
import { connectionItems } from "../../../src/kinds/connections/items.ts";
import {
  hookshotSettings,
  type HookshotSettings,
} from "../../../src/kinds/connections/settings.ts";
import { sentenceOf } from "../sentenceOf.ts";
import { ROOM, WHO } from "./connectionRooms.ts";
import type { ConnectionWorld } from "./connectionWorld.ts";

/** What Usher says of connections to people in a room of the world. */
export class ConnectionTalk {
  settings: HookshotSettings = hookshotSettings.parse({ bot: WHO.bot });
  encryption: "none" | "encrypted" = "none";
  /** Their letters go out unencrypted. */
  clear = false;
  /** What went to one person alone, as they read it. */
  readonly letters: string[] = [];
  readonly #world: ConnectionWorld;
  #asked = 0;

  constructor(world: ConnectionWorld) {
    this.#world = world;
  }

  /** What Usher says to a line, or asks before it does something. */
  said(line: string, person = WHO.ann): Promise<string> {
    return this.#answer(line, person, "planned");
  }

  /** The same, of what is done at once. */
  done(line: string, person = WHO.ann): Promise<string> {
    return this.#answer(line, person, "done");
  }

  async #answer(line: string, person: UserId, how: "planned" | "done"): Promise<string> {
    const request: Request = {
      ...{ room: ROOM, person, event: `$asked${String((this.#asked += 1))}` as EventId },
      ...{ thread: undefined, direct: false, operator: false, calledAs: "!usher" },
    };
    const understood = parseLine(line, this.#commands(), "!usher");
    if ("error" in understood) {
      const { error, command } = understood;
      const { label } = error.view;
      const more = label === NAME_OR_ID ? await command?.missing?.(label, ROOM) : undefined;
      return sentenceOf(more ?? error);
    }
    const { command, input } = understood;
    const answered = async (): Promise<Answer> => {
      if (!command.changes) return command.answer(input, request);
      if (how === "done") return command.perform(input, request);
      const plan = await command.plan(input, request);
      if ("nothing" in plan) return plan.nothing;
      if ("preview" in plan) return plan.preview;
      throw new Error(`${line} asks nothing`);
    };
    try {
      return sentenceOf(await answered());
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      return sentenceOf(advised(error, line));
    }
  }

  #commands(): readonly Command[] {
    const { connections, clock, rooms } = this.#world;
    const { settings } = this;
    const entries = connectionEntries(settings);
    const matrix = {
      state: rooms.homeserver.state.bind(rooms.homeserver),
      encryption: () => Promise.resolve(this.encryption),
    };
    const letters: Pick<Letters, "send" | "areClear"> = {
      areClear: () => Promise.resolve(this.clear),
      send: (_, answer) => {
        this.letters.push(sentenceOf(answer));
        return Promise.resolve();
      },
    };
    const items = [connectionItems({ connections, entries, clock })];
    const deps = { matrix, connections, entries, settings, letters, clock };
    const { adding, more } = connectionCommands(deps);
    return [adding, ...more, show(items), set(items), remove(items, ["connection"])];
  }
}
