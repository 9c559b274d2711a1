import { httpsUrl, restOfLine } from "../../chat/arguments.ts";
import { defineCommand, optional, required, type Command } from "../../chat/command.ts";
import { adding, planned, refuseEarly, type AddDeps } from "./adding.ts";
import { addedAnswer } from "./answers.ts";
import { feedTarget } from "./feed.ts";
import { connectionId } from "./records.ts";
import { FEED } from "./sorts.ts";

/** `add feed <url> [label]`: what a website has new is told in the room. */
export function addFeed(deps: AddDeps): Command {
  const { connections } = deps;
  return defineCommand({
    words: "add feed",
    aliases: ["feed add", "addfeed"],
    parameters: { url: required(httpsUrl()), label: optional(restOfLine("label", 60)) },
    example: "add feed https://example.org/news.xml",
    changes: true,
    needs: () => [{ kind: "invite" }],
    needsHere: (_, { room }) => adding(deps, room, FEED),
    plan: async ({ url, label }, { room, person }) => {
      const target = feedTarget(url, label);
      const words = ["add feed", target.key, target.label].filter((one) => one !== undefined);
      return planned(deps, { sort: FEED, target, words: words.join(" ") }, { room, person });
    },
    perform: async ({ url, label }, { room, person, event }) => {
      const target = feedTarget(url, label);
      await refuseEarly(deps, room, { person, sort: FEED });
      const outcome = await connections.add(room, target, { person, cause: event });
      return addedAnswer(outcome, { ...target, id: connectionId("feed", room, target.key) });
    },
  });
}
