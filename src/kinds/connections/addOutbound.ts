import { httpsUrl, text } from "../../chat/arguments.ts";
import { defineCommand, required, type Command } from "../../chat/command.ts";
import { quote } from "../../chat/tokenize.ts";
import { added, adding, planned } from "./adding.ts";
import type { SecretDeps } from "./addWebhook.ts";
import { OUTBOUND } from "./sorts.ts";
import { LONGEST_NAME, outboundTarget } from "./webhook.ts";

/** `add outbound <name> <url>`: everything that is written in the room goes to an address. */
export function addOutbound(deps: SecretDeps): Command {
  return defineCommand({
    words: "add outbound",
    aliases: ["add outbound-hook", "add outgoing", "outbound add"],
    parameters: { name: required(text("name", LONGEST_NAME)), url: required(httpsUrl()) },
    signedDevice: true,
    example: "add outbound archive https://archive.example.org/take",
    changes: true,
    needs: () => [{ kind: "invite" }],
    needsHere: (_, { room }) => adding(deps, room, OUTBOUND),
    plan: async ({ name, url }, request) => {
      const target = outboundTarget(name, url);
      const words = `add outbound ${quote(target.key)} ${String(target.url)}`;
      const clear = await deps.letters.areClear(request.person);
      const sealed = (await deps.matrix.encryption(request.room)) !== "none";
      const more = { clear, sealed, url: target.url };
      return planned(deps, { sort: OUTBOUND, target, words, more }, request);
    },
    perform: ({ name, url }, request) =>
      added(deps, { sort: OUTBOUND, target: outboundTarget(name, url) }, request),
  });
}
