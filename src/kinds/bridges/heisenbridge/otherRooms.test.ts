import { expect, it } from "vitest";
import type { RoomId } from "../../../kernel/ids.ts";
import type { ConnectorDeps, Link } from "../connector.ts";
import { heisenbridgeEntry } from "./config.ts";
import { heisenbridge } from "./connector.ts";

const bot = "@heisenbridge:x";
const A = "!a:x" as RoomId;
const B = "!b:x" as RoomId;

/** A heisenbridge with #victim plumbed to A, whose bot is in B for something else. */
function world() {
  const plumbs = new Map<string, RoomId>([
    ["#victim", A],
    ["#own", B],
  ]);
  const there = "!net:x" as RoomId;
  const asked: string[] = [];
  const dialogues = {
    inTurn: (_: unknown, work: () => unknown) => work(),
    ask: ({ ask, values }: { ask: { say: string }; values: Record<string, string> }) => {
      const say = ask.say.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
      asked.push(say);
      const [order, one = "", two = ""] = say.split(" ");
      const done = (v: object = {}) =>
        Promise.resolve({ is: "done", phrase: {}, line: "", values: v });
      if (order === "OPEN") return done({ there });
      if (order === "STATUS") return done({ plumbs: [...plumbs.keys()].join(", ") });
      if (order === "PLUMB") {
        if (plumbs.has(two))
          return Promise.resolve({
            is: "refused",
            phrase: {},
            line: "You are already on",
            values: {},
          });
        plumbs.set(two, one as RoomId);
      }
      if (order === "UNPLUMB") plumbs.delete(one);
      return done();
    },
  };
  const rooms = {
    with: () => Promise.resolve("!control:x"),
    invitedBy: (_: unknown, __: unknown, work: () => unknown) => work(),
    enter: () => Promise.resolve(),
    isShared: () => Promise.resolve(true),
  };
  const matrix = { state: () => Promise.resolve({ membership: "join" }) };
  const entry = heisenbridgeEntry.parse({
    ...{ id: "irc", name: "IRC", connector: "heisenbridge", bot },
    networks: { libera: { servers: ["irc.libera.chat:6697+tls"] } },
  });
  const connector = heisenbridge.open(entry, {
    dialogues,
    rooms,
    matrix,
  } as unknown as ConnectorDeps);
  const link = {
    room: B,
    network: "libera",
    channel: "#victim",
    person: undefined,
    cause: "$c",
    botCame: false,
  } as unknown as Link;
  return { connector, link, plumbs, asked };
}

it("a channel that is another room's is not taken for this room's", async () => {
  const { connector, link } = world();
  expect(await connector.connected(link)).toBe("not yet");
});

it("a channel that the bot has come for is this room's", async () => {
  const { connector, link, plumbs } = world();
  plumbs.set("#victim", B);
  const came = { ...link, botCame: true };
  expect(await connector.connected(came)).toBe("come");
  await connector.disconnect(came);
  expect(plumbs.has("#victim")).toBe(false);
});

it("taking back what could not be linked leaves the other room's link", async () => {
  const { connector, link, plumbs } = world();
  await connector.disconnect(link);
  expect(plumbs.get("#victim")).toBe(A);
});
