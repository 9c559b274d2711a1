import type { Content, Encryption } from "../matrix/port.ts";

/**
 * Whether one that is invited reads what was written before: not where that is encrypted, nor where the room shows it only to who was there
 * (specification, room history visibility). `visibility`: the content of that event.
 */
export function seesPast(encryption: Encryption, visibility: Content | undefined): boolean {
  const shownTo = visibility?.["history_visibility"];
  return encryption === "none" && shownTo !== "joined" && shownTo !== "invited";
}
