import type { View } from "../../kernel/errors.ts";
import { sortOf, type Details, type Sort } from "./sorts.ts";

/** What a person types, word for word, where hookshot does it for nobody else: in the room, and in a chat with its bot where they are not logged in. */
export function handWords(sort: Sort, details: Details): View {
  return {
    here: ["!hookshot", ...sort.words(details, 0)].join(" "),
    logIn: sort.logIn,
    token: sort.id === "gitlab",
  };
}

/** Whether hookshot connects it for nobody but whoever types that. */
export function isByHand({ entry }: { readonly entry: string }): boolean {
  return sortOf(entry)?.logIn !== undefined;
}

/** What is said to Usher to have such a one back. */
export function addWords({ entry, key, url }: Details & { readonly entry: string }): string {
  // Of what others set up at GitLab it is not known at which.
  const place = entry === "gitlab" ? url : key;
  return ["add", entry, ...(place === undefined ? [] : [place])].join(" ");
}
