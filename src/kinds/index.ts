import type { Config } from "../config/load.ts";
import { botKind } from "./bots/kind.ts";
import type { Kind, KindParts } from "../integrations/kind.ts";
import { widgetKind } from "./widgets/kind.ts";

/** Every kind of what is put into rooms, in the order in which people meet them. */
export function allKinds(parts: KindParts, { bots }: Pick<Config, "bots">): readonly Kind[] {
  return [widgetKind(parts), botKind(parts, bots.joinSeconds)];
}
