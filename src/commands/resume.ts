import { defineCommand, required, type Command } from "../chat/command.ts";
import { nameOrId } from "../chat/nameOrId.ts";
import { asTyped } from "../chat/tokenize.ts";
import { ambiguous, whichOf } from "../integrations/itemCommands.ts";
import { matching, type Named } from "../integrations/match.ts";
import type { HalfDone } from "../integrations/halfDone.ts";
import type { SetUps } from "../integrations/setUps.ts";
import { setUpView } from "../integrations/setUpWords.ts";
import { UsherError } from "../kernel/errors.ts";
import type { RoomId } from "../kernel/ids.ts";

/** `resume <id>`: goes on with something that is half set up, where it stopped or waits. */
export function resume(setUps: Pick<SetUps, "of" | "find" | "resume" | "resumable">): Command {
  const things = async (room: RoomId): Promise<readonly Named[]> =>
    (await setUps.of(room)).map(({ setUp: { id, name } }) => ({ id, name }));

  const meant = async (room: RoomId, said: string): Promise<HalfDone> => {
    const found = matching(await things(room), said);
    if (found.length > 1) throw ambiguous(said, found);
    return setUps.resumable(room, found[0]?.id ?? said);
  };

  return defineCommand({
    words: "resume",
    aliases: ["retry", "continue"],
    parameters: { id: required(nameOrId("several words")) },
    example: "resume jitsi-7k2m4q",
    missing: whichOf(things, "resume"),
    changes: true,
    needs: () => [],
    needsHere: async ({ id: said }, { room }) => {
      const [one, ...others] = matching(await things(room), said);
      const found =
        one === undefined || others.length > 0 ? undefined : await setUps.find(room, one.id);
      // Where nothing is meant, or several things, `plan` says so; after a crash, `perform`.
      return {
        deed: "resume",
        needs: found === undefined ? [] : await found.definition.needs(found.setUp, room),
      };
    },
    plan: async ({ id: said }, { room }) => {
      const { setUp, definition } = await meant(room, said);
      const view = setUpView(definition, setUp);
      return {
        preview: { template: "setup/resume-preview", view },
        exactly: `resume ${asTyped(setUp.id)}`,
      };
    },
    perform: async ({ id }, { room, event }) => {
      try {
        return await setUps.resume(room, id, event);
      } catch (error) {
        // Done before a crash, or by another command since the preview.
        if (error instanceof UsherError && error.code === "setup-none")
          return { template: "setup/over", view: { id: asTyped(id) } };
        throw error;
      }
    },
  });
}
