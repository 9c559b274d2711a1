import type { Answer } from "../../chat/command.ts";
import type { Outcome } from "../../integrations/setUp.ts";
import { handWords } from "./handWords.ts";
import type { ConnectionSetUp } from "./records.ts";
import { sortOf } from "./sorts.ts";

/** What came of setting up a connection, in words. */
export function addedAnswer(
  { is }: Outcome,
  asked: Pick<
    ConnectionSetUp,
    "id" | "name" | "entry" | "key" | "bot" | "label" | "until" | "url" | "person"
  >,
): Answer {
  const { id, name, entry, bot, url, person: to } = asked;
  const sort = sortOf(entry);
  switch (is) {
    case "done":
      return { template: `connection-added/${entry}`, view: { id, name, url, to } };
    case "waiting":
      if (sort?.logIn === undefined) return { template: "connection/waiting", view: { id, name } };
      return {
        template: "connection/by-hand",
        view: { id, name, bot, hand: handWords(sort, asked) },
      };
    case "gone":
      return { template: "connection/already-gone", view: { name } };
  }
}
