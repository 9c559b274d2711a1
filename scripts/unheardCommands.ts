import type { Command } from "../src/chat/command.ts";
import { botKind } from "../src/commands/bots/parts.ts";
import { allCommands } from "../src/commands/index.ts";
import type { KindParts } from "../src/commands/kind.ts";
import { widgetKind } from "../src/commands/widgets/parts.ts";
import { Offer } from "../src/integrations/offer.ts";

/** Every command, for what it says of itself: none can be run, so none has what it would need for that. */
export function unheardCommands(): readonly Command[] {
  const offer = new Offer({ definitions: {}, bots: [] });
  const kinds = [widgetKind({ offer } as KindParts), botKind({ offer } as KindParts, 1)];
  return allCommands({ offer, kinds } as unknown as Parameters<typeof allCommands>[0]);
}
