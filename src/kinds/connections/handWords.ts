import type { View } from "../../kernel/errors.ts";
import type { Details, Sort } from "./sorts.ts";

/** What a person types, word for word, where hookshot does it for nobody else: in the room, and in a chat with its bot where they are not logged in. */
export function handWords(sort: Sort, details: Details): View {
  return {
    here: ["!hookshot", ...sort.words(details, 0)].join(" "),
    logIn: sort.logIn,
    token: sort.id === "gitlab",
  };
}
