import { defineCommand, type Command } from "../../../chat/command.ts";
import { permit } from "../../../chat/permit.ts";
import type { OwnAccount, PowerLevels } from "../../../matrix/port.ts";
import type { Collections } from "../collecting/collections.ts";
import type { Cancellable } from "../cancelling.ts";
import { packNeeds } from "../needs.ts";

interface CancelDeps {
  readonly collections: Pick<Collections, "end">;
  /** Imports, and all else that goes on with packs. */
  readonly going: Cancellable;
  readonly matrix: OwnAccount & PowerLevels;
}

/** `stickers cancel`: pictures that somebody is sending for a pack are forgotten, and a pack that is being imported does not come. Who asked for it may say so, and whoever may change packs. */
export function cancelImport({ going, collections, matrix }: CancelDeps): Command {
  return defineCommand({
    words: "stickers cancel",
    aliases: ["sticker cancel", "cancel stickers", "cancel import"],
    parameters: {},
    example: "stickers cancel",
    changes: false,
    answer: async (_, { room, person }) => {
      const forgotten = await collections.end(person, room);
      // Whoever takes back pictures of theirs does not mean what somebody else imports.
      if (!going.goesOn(room) || (forgotten && !going.goesOn(room, person)))
        return { template: forgotten ? "sticker/forgotten" : "sticker/cancel-none", view: {} };
      if (!going.cancel(room, person)) {
        const deed = { deed: "add-pack", needs: packNeeds() };
        const denied = permit(deed, await matrix.power(room), person, matrix.me);
        if (denied !== undefined) throw denied;
        going.cancel(room);
      }
      return { template: "sticker/cancelling", view: {} };
    },
  });
}
