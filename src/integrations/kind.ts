import type { Answer, Command } from "../chat/command.ts";
import type { OwedWords } from "../chat/owed.ts";
import type { Speaker } from "../chat/speaker.ts";
import type { Carrier } from "./roomUpgrade.ts";
import type { CatalogueEntry } from "./catalogue.ts";
import type { Undoing } from "./history.ts";
import type { Offer } from "./liveCatalogue.ts";
import type { Clock } from "../kernel/clock.ts";
import type { KeyedQueue } from "../kernel/tasks.ts";
import type { Part } from "../matrix/part.ts";
import type { MatrixPort } from "../matrix/port.ts";
import type { Documents } from "../store/documents.ts";
import type { Placed } from "./itemCommands.ts";

/** What every kind of integration is built on. */
export interface KindParts {
  readonly matrix: MatrixPort;
  readonly documents: Documents;
  readonly clock: Clock;
  /** Shared with whoever else acts on rooms. Keys are room ids. */
  readonly queue: KeyedQueue;
  readonly speaker: Speaker;
  readonly owed: OwedWords;
  readonly calledAs: string;
  readonly offer: Offer;
}

/** All that one kind of what is put into rooms brings along; made in the file `parts.ts` of its folder. */
export interface Kind {
  readonly kind: CatalogueEntry["kind"];
  /** What `info` tells of one of its entries. */
  info(entry: CatalogueEntry): Answer;
  /** The command that adds one, which help lists among the first. */
  readonly adding: Command;
  /** What else can be said about this kind alone. */
  readonly more: readonly Command[];
  readonly placed: Placed;
  readonly carrier: Carrier;
  readonly undoing: Undoing<never>;
  /** For a kind that follows what happens in rooms by itself. */
  readonly part?: Part;
}
