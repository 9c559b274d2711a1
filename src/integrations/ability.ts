import type { Need } from "../matrix/power.ts";

/** Something that Usher does in rooms where its power lets it, and that the people there are told of (R54). */
export interface Ability {
  /** Kept in rooms' documents, to notice when it has come or gone. */
  readonly id: string;
  readonly need: Need;
  /** The template that completes "I may". */
  readonly said: string;
}
