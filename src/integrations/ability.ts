import type { Need } from "../matrix/power.ts";
import type { Right } from "../store/room.ts";

/** Something that Usher does in rooms where its power lets it, and that the people there are told of (R54). */
export interface Ability {
  /** Kept in rooms' documents, to notice when it has come or gone. */
  readonly id: Right;
  readonly need: Need;
  /** The template that completes "I may". */
  readonly said: string;
}
