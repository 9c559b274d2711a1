import { httpsUrl, restOfLine } from "../../chat/arguments.ts";
import { defineCommand, optional, required, type Command } from "../../chat/command.ts";
import { added, adding, planned, type AddDeps } from "./adding.ts";
import { feedTarget } from "./feed.ts";
import { FEED } from "./sorts.ts";

/** `add feed <url> [label]`: what a website has new is told in the room. */
export function addFeed(deps: AddDeps): Command {
  return defineCommand({
    words: "add feed",
    aliases: ["feed add", "addfeed"],
    parameters: { url: required(httpsUrl()), label: optional(restOfLine("label", 60)) },
    example: "add feed https://example.org/news.xml",
    changes: true,
    needs: () => [{ kind: "invite" }],
    needsHere: (_, { room }) => adding(deps, room, FEED),
    plan: async ({ url, label }, request) => {
      const target = feedTarget(url, label);
      const words = ["add feed", target.key, target.label].filter((one) => one !== undefined);
      return planned(deps, { sort: FEED, target, words: words.join(" ") }, request);
    },
    perform: ({ url, label }, request) =>
      added(deps, { sort: FEED, target: feedTarget(url, label) }, request),
  });
}
