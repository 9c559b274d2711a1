import { readFileSync } from "node:fs";
import { connectAccount, type Person } from "../person.ts";
import type { Account } from "../synapse.ts";
import { Bridgev2 } from "./bridgev2.ts";
import { IrcPerson } from "./irc.ts";

/**
 * A program by itself that does as a real bridge would where `USHER_PEER_BRIDGEV2` names its folder: the stand-in for bridgev2, as an application service, with an IRC
 * channel for its far side. `node standInPeer.ts <homeserver URL>`, in the folder; the tests show with it that such folders work.
 */
const [, , homeserver = ""] = process.argv;
const read = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
const registration = read("registration.yaml");
const {
  bot: described,
  farSide,
  target,
} = read("peer.json") as {
  readonly bot: string;
  readonly farSide: { readonly irc: string; readonly channel: string };
  readonly target: string;
};

async function call(path: string, body: object): Promise<Record<string, string>> {
  const answer = await fetch(`${homeserver}/_matrix/client/v3/${path}`, {
    ...{ method: "POST", body: JSON.stringify(body) },
    headers: { authorization: `Bearer ${String(registration["as_token"])}` },
  });
  return (await answer.json()) as Record<string, string>;
}

/** As application services come by their accounts. */
async function comeIn(localpart: string): Promise<Person> {
  const type = "m.login.application_service";
  await call("register", { type, username: localpart, inhibit_login: true });
  const told = await call("login", { type, identifier: { type: "m.id.user", user: localpart } });
  const account: Account = {
    userId: told["user_id"] ?? "",
    accessToken: told["access_token"] ?? "",
    deviceId: told["device_id"] ?? "",
    password: "",
  };
  return connectAccount(homeserver, account);
}

// Not the sender of the registration: to that one Synapse answers no sync.
const localpart = described.slice(1).split(":")[0] ?? "";
const [bot, ghost] = [await comeIn(localpart), await comeIn(`${localpart}-tina`)];
const standIn = Bridgev2.of(bot, ghost);
standIn.admins.add(`@usher:${bot.userId.split(":")[1] ?? ""}`);
const { irc, channel } = farSide;
const relay = await IrcPerson.join({ port: Number(irc.split(":")[1]) }, "relay", channel);
standIn.arrives = (line) => {
  relay.say(channel, line);
};
relay.listen((line) => {
  const [, text] = new RegExp(`PRIVMSG ${channel} :(.*)$`).exec(line) ?? [];
  const room = standIn.roomOf(target);
  if (text !== undefined && room !== undefined) void standIn.says(room, text);
});
process.on("SIGTERM", () => {
  relay.leave();
  void standIn.stop().finally(() => process.exit(0));
});
