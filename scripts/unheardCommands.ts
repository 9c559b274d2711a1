import type { Command } from "../src/chat/command.ts";
import { allCommands } from "../src/commands/index.ts";
import type { KindParts } from "../src/integrations/kind.ts";
import { allKinds } from "../src/kinds/index.ts";
import { Offer } from "../src/integrations/liveCatalogue.ts";

/** Every command, for what it says of itself: none can be run, so none has what it would need for that. */
export function unheardCommands(): readonly Command[] {
  const offer = new Offer({ definitions: {}, bots: [] });
  const kinds = allKinds({ offer } as KindParts, { bots: { joinSeconds: 1, catalogue: [] } });
  return allCommands({ offer, kinds } as unknown as Parameters<typeof allCommands>[0]);
}
