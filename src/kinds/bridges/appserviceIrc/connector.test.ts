import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  startTestServer,
  type SeenRequest,
  type TestAnswer,
  type TestServer,
} from "../../../../test/harness/httpServer.ts";
import { sentenceOf } from "../../../../test/harness/sentenceOf.ts";
import { Secret } from "../../../config/secret.ts";
import { EventWaiter } from "../../../integrations/eventWaiter.ts";
import { ManualClock } from "../../../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../../../kernel/ids.ts";
import type { Content } from "../../../matrix/port.ts";
import { Websites } from "../../../net/websites.ts";
import type { Connector, ConnectorDeps, Link } from "../connector.ts";
import { appserviceIrcEntry, type AppserviceIrcEntry } from "./config.ts";
import { appserviceIrc } from "./connector.ts";
import { APPSERVICE_IRC } from "./wording.ts";

const me = "@usher:x" as UserId;
const ann = "@ann:x" as UserId;
const bot = "@appservice-irc:x" as UserId;
const room = "!r:x" as RoomId;
const link: Link = { room, channel: "#chan", person: ann, cause: "$asked" as EventId };
const BASE = "/_matrix/provision";
const NETWORK = { network_id: "oftc", fields: { domain: "irc.oftc.net" } };
const LISTED = {
  matrix_room_id: room,
  remote_room_channel: "#chan",
  remote_room_server: "irc.oftc.net",
};

/** A bridge that answers what a test says, and the room that it acts on. */
let server: TestServer;
let clock: ManualClock;
let waiter: EventWaiter;
/** What it answers instead of what a sound one would, by the method and the first word of the path. */
let answers: Record<string, () => TestAnswer>;
let links: object[];
let here: string;
let status: { status: string; at: number; by?: string } | undefined;
let levels: Content;
let invited: number;

function answer({ method, path, body }: SeenRequest): TestAnswer {
  const what = `${method} ${path.slice(BASE.length + 1).split("/")[0] ?? ""}`;
  const given = answers[what]?.();
  if (given !== undefined) return given;
  switch (what) {
    case "GET querynetworks":
      return { json: { servers: [NETWORK] } };
    case "GET listlinks":
      return { json: links };
    case "POST querylink":
      return { json: { operators: ["oper"] } };
    case "POST link":
      status = { status: "pending", at: clock.now(), by: String((body as Content)["user_id"]) };
      waiter.wake(room);
      return { json: {} };
    case "POST unlink":
      [links, here] = [[], "leave"];
      return { json: {} };
    default:
      return { status: 404, json: {} };
  }
}

beforeEach(async () => {
  clock = new ManualClock();
  waiter = new EventWaiter(clock);
  [answers, links, here, status, invited] = [{}, [], "join", undefined, 0];
  levels = {
    ...{ users: { [me]: 100, [ann]: 100 }, invite: 0 },
    events: { "m.room.bridging": 0, "uk.half-shot.bridge": 0, "m.room.power_levels": 100 },
  };
  server = await startTestServer(answer);
});
afterEach(() => server[Symbol.asyncDispose]());

function open(more: Partial<AppserviceIrcEntry> = {}): Connector {
  const provisioning = { url: server.url, secretFile: "irc" };
  const entry = appserviceIrcEntry.parse({
    ...{ id: "oftc", name: "OFTC", connector: "appservice-irc", bot, provisioning },
    ...more,
  });
  const deps = {
    ...{ clock, waiter },
    http: new Websites({ clock: new ManualClock() }),
    secrets: { read: () => new Secret("s3cr3t") },
    matrix: {
      me,
      state: (_: RoomId, type: string) =>
        Promise.resolve(type === "m.room.member" ? { membership: here } : levels),
      allState: () =>
        Promise.resolve(
          status === undefined
            ? []
            : [
                {
                  ...{ type: "m.room.bridging", stateKey: "irc://irc.oftc.net/#chan", sender: bot },
                  originServerTs: status.at,
                  content: { user_id: status.by ?? ann, status: status.status },
                },
              ],
        ),
      power: () => Promise.resolve({ version: "11", creators: new Set([ann]), levels }),
      invite: () => {
        [invited, here] = [invited + 1, "join"];
        return Promise.resolve();
      },
    },
  };
  return appserviceIrc.open(entry, deps as unknown as ConnectorDeps);
}

/** How it ends, time passing wherever nothing is asked. */
async function ends<T>(work: Promise<T>): Promise<T | { code: string; view: Content }> {
  const now = { isOver: false, asked: -1 };
  const ended = work
    .catch((error: unknown) => error as { code: string; view: Content })
    .finally(() => {
      now.isOver = true;
    });
  while (!now.isOver) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (server.seen.length === now.asked) clock.advance(1000);
    now.asked = server.seen.length;
  }
  return ended;
}

const bodies = (what: string): readonly unknown[] =>
  server.seen.filter(({ path }) => path.includes(what)).map(({ body }) => body);

describe("linking by matrix-appservice-irc", () => {
  it("asks the channel's operator in the name of who wants it, and is there when the bridge lists it", async () => {
    const connector = open();
    expect(await ends(connector.check(link))).toBeUndefined();
    expect(await ends(connector.connect(link))).toBe("whole");
    expect(bodies("/link")).toEqual([
      {
        ...{ matrix_room_id: room, remote_room_channel: "#chan" },
        ...{ remote_room_server: "irc.oftc.net", op_nick: "oper", user_id: ann },
      },
    ]);
    expect(await ends(connector.connected(link))).toBe("not yet");
    status = { status: "success", at: clock.now() };
    expect(await ends(connector.connected(link))).toBe("not yet");
    links = [LISTED];
    expect(await ends(connector.connected(link))).toBe("come");
    here = "leave";
    expect(await ends(connector.connected(link))).toBe("not yet");
  });

  it("asks in Usher's name where the room's levels do not name the person, as of a creator", async () => {
    levels = { ...levels, users: { [me]: 100 } };
    await ends(open().connect(link));
    expect(bodies("/link")).toMatchObject([{ user_id: me }]);
    levels = { ...levels, users: { [me]: 50 } };
    expect(await ends(open().check(link))).toMatchObject({
      ...{ code: "bridge-asker-power", view: { needed: 100 } },
    });
  });

  it("is repeated after a crash without a second request, whatever it says of the first", async () => {
    links = [LISTED];
    expect(await ends(open().connect(link))).toBe("stood");
    expect(bodies("/link")).toEqual([]);
    links = [];
    status = { status: "pending", at: 0, by: ann };
    answers["POST link"] = refusal(
      ...([
        409,
        "IRC_EXISTING_REQUEST",
        "Bridging request already sent to oper on x from @ann:x",
      ] as const),
    );
    expect(await ends(open().connect(link))).toBe("whole");
    // One for another channel, or by somebody else.
    status = { status: "pending", at: 0, by: "@eve:x" };
    expect(await ends(open().connect(link))).toMatchObject({ code: "bridge-refused" });
    status = undefined;
    expect(await ends(open().connect(link))).toMatchObject({ code: "bridge-refused" });
  });

  it("fails once nobody has said yes in time, and once the bridge has forgotten whom it asked", async () => {
    const connector = open({ requestSeconds: 20 });
    expect(connector.consent?.limitMs).toBe(20_000);
    status = { status: "failure", at: clock.now() };
    expect(await ends(connector.connected(link))).toMatchObject({ code: "bridge-no-consent" });
    status = { status: "pending", at: clock.now() };
    clock.advance(20_000);
    expect(await connector.connected(link)).toBe("not yet");
    clock.advance(1);
    expect(await ends(connector.connected(link))).toMatchObject({ code: "bridge-consent-lost" });
  });

  it("does not take how an earlier request ended for how this one does", async () => {
    status = { status: "failure", at: clock.now() };
    answers["POST link"] = () => {
      setTimeout(() => {
        status = { status: "pending", at: clock.now() };
        waiter.wake(room);
      }, 20);
      return { json: {} };
    };
    const connector = open();
    await connector.connect(link);
    expect(await connector.connected(link)).toBe("not yet");
  });

  it("goes on waiting while the bridge is away, or asks to be left alone", async () => {
    const connector = open();
    answers["GET listlinks"] = refusal(429, "M_AS_LIMIT_EXCEEDED", "Too many requests");
    expect(await ends(connector.connected(link))).toBe("not yet");
    answers["GET listlinks"] = () => (response) => void response.destroy();
    expect(await ends(connector.connected(link))).toBe("not yet");
  });

  it("asks whom somebody has named, and has one named where there are several", async () => {
    answers["POST querylink"] = () => ({ json: { operators: ["Ada", "bob"] } });
    expect(await ends(open().check(link))).toMatchObject({
      code: "bridge-operator",
      view: { operators: ["Ada", "bob"], any: true },
    });
    expect(await ends(open().check({ ...link, consentBy: "eve" }))).toMatchObject({
      code: "bridge-operator",
    });
    expect(await ends(open().check({ ...link, consentBy: "ada" }))).toBeUndefined();
    await ends(open().connect({ ...link, consentBy: "bob" }));
    expect(bodies("/link")).toMatchObject([{ op_nick: "bob" }]);
    answers["POST querylink"] = () => ({ json: { operators: [] } });
    for (const work of ["check", "connect"] as const)
      expect(await ends<unknown>(open()[work](link))).toMatchObject({
        code: "bridge-operator",
        view: { any: false },
      });
  });

  it("names the network by either of its names, and has it named where there are several", async () => {
    const two = { network_id: "libera", fields: { domain: "irc.libera.chat" } };
    answers["GET querynetworks"] = () => ({ json: { servers: [NETWORK, two] } });
    for (const network of ["libera", "irc.libera.chat"]) {
      await ends(open().connect({ ...link, network }));
      expect(bodies("/link").at(-1)).toMatchObject({ remote_room_server: "irc.libera.chat" });
    }
    for (const network of [undefined, "efnet"])
      expect(await ends(open().check({ ...link, network }))).toMatchObject({
        ...{ code: "bridge-network", view: { networks: ["oftc", "libera"], first: "oftc" } },
      });
  });

  it("is not asked for where its bot is absent or lacks power: the bridge would call that a fault of its own", async () => {
    here = "leave";
    expect(await ends(open().connect(link))).toMatchObject({ code: "bridge-absent" });
    here = "invite";
    expect(await ends(open().connect(link))).toBe("whole");
    for (const more of [{ events: {} }, { invite: 50 }]) {
      levels = { ...levels, ...more };
      expect(await ends(open().connect(link))).toMatchObject({ code: "bridge-bot-power" });
    }
  });
});

describe("unlinking by matrix-appservice-irc", () => {
  it("is done in Usher's name, and proven by the bridge's own list", async () => {
    links = [LISTED];
    expect(await ends(open().disconnect(link))).toBeUndefined();
    expect(bodies("/unlink")).toMatchObject([{ user_id: me, remote_room_server: "irc.oftc.net" }]);
    expect(await ends(open().disconnect(link))).toBeUndefined();
    expect(bodies("/unlink")).toHaveLength(1);
  });

  it("is done where the bridge fails and does it all the same, and not where the link stands", async () => {
    links = [LISTED];
    answers["POST unlink"] = () => {
      links = [];
      return {
        status: 500,
        json: { errcode: "M_AS_UNKNOWN", error: "An internal error occurred" },
      };
    };
    expect(await ends(open().disconnect(link))).toBeUndefined();
    links = [LISTED];
    answers["POST unlink"] = refusal(500, "M_AS_UNKNOWN", "An internal error occurred");
    expect(await ends(open().disconnect(link))).toMatchObject({ code: "bridge-refused" });
    answers["POST unlink"] = () => ({ json: {} });
    expect(await ends(open().disconnect(link))).toMatchObject({ code: "bridge-silent" });
  });

  it("has its bot back first where somebody put it out, for it cannot unlink what it does not see", async () => {
    [links, here] = [[LISTED], "leave"];
    expect(await ends(open().disconnect(link))).toBeUndefined();
    expect(invited).toBe(1);
    expect(links).toEqual([]);
  });

  it("leaves other channels of the room alone", async () => {
    const other = { ...LISTED, remote_room_channel: "#other" };
    links = [other, { ...LISTED, remote_room_server: "irc.libera.chat" }, LISTED];
    answers["POST unlink"] = () => {
      links = [other];
      return { json: {} };
    };
    expect(await ends(open().disconnect({ ...link, network: "oftc" }))).toBeUndefined();
    expect(bodies("/unlink")).toMatchObject([{ remote_room_server: "irc.oftc.net" }]);
  });
});

describe("what a matrix-appservice-irc says", () => {
  const lines = Object.entries(APPSERVICE_IRC.asks).flatMap(([ask, { answers: phrases }]) =>
    phrases.flatMap(({ line, advice, means }) =>
      means === "refused" ? [[ask, line.replaceAll("{*}", "x"), advice] as const] : [],
    ),
  );
  const PATHS: Readonly<Record<string, string>> = {
    ...{ networks: "GET querynetworks", operators: "POST querylink", links: "GET listlinks" },
    ...{ link: "POST link", unlink: "POST unlink" },
  };

  it.each(lines)(
    "to %s: %s, becomes a sentence that says what to do (%s)",
    async (ask, line, advice) => {
      const [errcode = "", error = ""] = line.split(": ");
      answers[PATHS[ask] ?? ""] = refusal(500, errcode, error);
      if (ask === "unlink") links = [LISTED];
      const failed = await ends<unknown>(
        ask === "unlink" ? open().disconnect(link) : open().connect(link),
      );
      expect(failed).toMatchObject({
        code: "bridge-refused",
        view: {
          line,
          advice: advice === undefined ? undefined : { template: `bridge-advice/${advice}` },
        },
      });
      expect(sentenceOf(failed)).toContain(line);
      expect(sentenceOf(failed)).not.toContain("s3cr3t");
    },
  );

  it("that nobody foresaw is shown as it is", async () => {
    answers["POST link"] = refusal(418, "IRC_NEW", "Something new");
    expect(await ends(open().connect(link))).toMatchObject({
      ...{ code: "bridge-unclear", view: { lines: ["IRC_NEW: Something new"] } },
    });
  });

  it.each([
    ["up", { json: { servers: [] } }],
    ["unusable", { status: 401, json: { errcode: "M_AS_BAD_TOKEN", error: "x" } }],
    ["unusable", { text: "<html>" }],
    ["down", (response: { destroy: () => unknown }) => void response.destroy()],
  ] as const)("tells how it is: %s", async (is, given) => {
    answers["GET querynetworks"] = () => given;
    expect(await ends(open().health())).toEqual({ is });
  });

  it("has its bot get the levels of its own events, and none of its own", () => {
    const power = { version: "11", creators: new Set([ann]), levels: { invite: 50 } };
    expect(open().powers(power)).toEqual({
      level: 0,
      events: { "m.room.bridging": 0, "uk.half-shot.bridge": 0 },
      invite: 0,
    });
  });
});

function refusal(code: number, errcode: string, error: string): () => TestAnswer {
  return () => ({ status: code, json: { errcode, error } });
}

it("leaves the same channel of another network linked", async () => {
  links = [LISTED];
  answers["GET querynetworks"] = () => ({
    json: { servers: [NETWORK, { network_id: "libera", fields: { domain: "irc.libera.chat" } }] },
  });
  const connector = open();
  await ends(connector.disconnect({ ...link, network: "libera" }));
  expect(server.seen.filter(({ path }) => path.includes("unlink")).map(({ body }) => body)).toEqual(
    [],
  );
});
