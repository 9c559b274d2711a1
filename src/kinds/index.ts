import type { KindDefinition } from "../integrations/kind.ts";
import { BOTS } from "./bots/kind.ts";
import { BRIDGES } from "./bridges/kind.ts";
import { CONNECTIONS } from "./connections/kind.ts";
import { STICKERS } from "./stickers/kind.ts";
import { WIDGETS } from "./widgets/kind.ts";

/** Every kind of what is put into rooms, in the order in which people meet them. */
export const KINDS: readonly KindDefinition[] = [WIDGETS, BOTS, BRIDGES, CONNECTIONS, STICKERS];
