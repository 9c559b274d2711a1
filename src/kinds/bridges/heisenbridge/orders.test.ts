import { beforeEach, expect, it } from "vitest";
import type { RoomId } from "../../../kernel/ids.ts";
import type { Connector, ConnectorDeps, Link } from "../connector.ts";
import type { Phrase } from "../dialogue/wording.ts";
import { heisenbridgeEntry } from "./config.ts";
import { heisenbridge } from "./connector.ts";

const bot = "@heisenbridge:x";
const room = "!linked:x" as RoomId;

let connector: Connector;
let asked: string[];
/** What is answered to an order, once, in place of a yes. */
let odd: Map<string, { line: string; advice?: string } | "silence" | "unclear">;
let shared: boolean;
let membership: string;

beforeEach(() => {
  [asked, shared, membership] = [[], true, "invite"];
  odd = new Map();
  const dialogues = {
    inTurn: (_: unknown, work: () => unknown) => work(),
    ask: ({ ask, values }: { ask: { say: string }; values: Record<string, string> }) => {
      const said = ask.say.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
      asked.push(said);
      const [order = ""] = said.split(" ");
      const answer = odd.get(order);
      odd.delete(order);
      if (answer === "silence") return Promise.resolve({ is: "unclear", lines: [] });
      if (answer === "unclear") return Promise.resolve({ is: "unclear", lines: ["What?"] });
      const phrase = { ...answer, means: "refused" } as Phrase;
      if (answer !== undefined)
        return Promise.resolve({ is: "refused", phrase, line: answer.line, values: {} });
      return Promise.resolve({ is: "done", phrase, line: "", values: WHAT });
    },
  };
  const deps = {
    ...{ dialogues, matrix: { state: () => Promise.resolve({ membership }) } },
    rooms: {
      with: () => Promise.resolve("!control:x"),
      invitedBy: (_: unknown, __: unknown, work: () => unknown) => work(),
      enter: () => Promise.resolve(),
      isShared: () => Promise.resolve(shared),
    },
  } as unknown as ConnectorDeps;
  const entry = heisenbridgeEntry.parse({
    ...{ id: "irc", name: "IRC", connector: "heisenbridge", bot },
    networks: { libera: { servers: ["irc.libera.chat:6697+tls"], nick: "usher" } },
  });
  connector = heisenbridge.open(entry, deps);
});

const WHAT = { there: "!net:x", plumbs: "#one" };
const link = {
  ...{ room, network: "libera", channel: "#one", cause: "$c" },
  botCame: true,
} as Link;
/** What was asked since the last look, by its first words. */
const orders = (): string => asked.splice(0).join(", ");
const PLUMB = `PLUMB ${room} #one`;

it("opens the network, and comes into it, once; after that it plumbs at once", async () => {
  expect(await connector.connect(link)).toBe("whole");
  expect(orders()).toBe(`OPEN libera, NICK usher, CONNECT, ${PLUMB}`);
  await connector.connect(link);
  expect(orders()).toBe(PLUMB);
});

it("comes into the network again where the bridge is there no more", async () => {
  await connector.connect(link);
  orders();
  const line = "Need to be connected to use this command.";
  odd.set("PLUMB", { line, advice: "server" });
  await connector.connect(link);
  expect(orders()).toBe(`${PLUMB}, NICK usher, CONNECT, ${PLUMB}`);
});

it("opens the network again where the bridge has left its room", async () => {
  await connector.connect(link);
  orders();
  shared = false;
  await connector.connect(link);
  expect(orders()).toBe(`OPEN libera, ${PLUMB}`);
});

it("opens the network again where nothing was answered in its room", async () => {
  await connector.connect(link);
  membership = "join";
  odd.set("STATUS", "silence");
  expect(await connector.connected(link)).toBe("not yet");
  orders();
  await connector.connect(link);
  expect(orders()).toBe(`OPEN libera, ${PLUMB}`);
});

it("takes a channel that is plumbed for this room's only where its bot came for it, and the bridge lists it", async () => {
  const taken = { line: "You are already on #one" };
  odd.set("PLUMB", taken);
  await expect(connector.connect(link)).rejects.toMatchObject({ code: "bridge-refused" });
  membership = "join";
  odd.set("PLUMB", taken);
  expect(await connector.connect(link)).toBe("whole");
  odd.set("PLUMB", taken);
  await expect(connector.connect({ ...link, botCame: false })).rejects.toMatchObject({
    code: "bridge-refused",
  });
});

it.each(["silence", "unclear"] as const)(
  "asks again where what it says of leaving is %s",
  async (said) => {
    membership = "join";
    odd.set("UNPLUMB", said);
    await connector.disconnect(link);
    expect(orders()).toBe("OPEN libera, UNPLUMB #one, UNPLUMB #one");
  },
);
