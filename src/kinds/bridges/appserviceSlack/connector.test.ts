import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  startTestServer,
  type SeenRequest,
  type TestAnswer,
  type TestServer,
} from "../../../../test/harness/httpServer.ts";
import { Secret } from "../../../config/secret.ts";
import { EventWaiter } from "../../../integrations/eventWaiter.ts";
import { ManualClock } from "../../../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../../../kernel/ids.ts";
import type { Content } from "../../../matrix/port.ts";
import { Websites } from "../../../net/websites.ts";
import type { Connector, ConnectorDeps, Link } from "../connector.ts";
import { traitsView } from "../views.ts";
import { appserviceSlackEntry } from "./config.ts";
import { appserviceSlack } from "./connector.ts";

const me = "@usher:x" as UserId;
const ann = "@ann:x" as UserId;
const bot = "@slackbot:x" as UserId;
const room = "!r:x" as RoomId;
const link: Link = {
  ...{ room, network: "T0TEAM", channel: "C0CHAN" },
  ...{ person: ann, cause: "$asked" as EventId },
};

/** A bridge that answers what a test says, and the room that it acts on. */
let server: TestServer;
/** What it answers instead of what a sound one would, by the last word of the path. */
let odd: Record<string, TestAnswer>;
let linked: { slack_channel_id: string; team_id: string; status: string } | undefined;
let here: string;
let levels: Content;

const refusal = (errcode: string, status = 400): TestAnswer => ({
  status,
  json: { errcode, error: "No" },
});

function answer({ path, body }: SeenRequest): TestAnswer {
  const what = path.split("/").at(-1) ?? "";
  const given = odd[what];
  if (given !== undefined) return given;
  const said = body as Record<string, string>;
  switch (what) {
    case "getbotid":
      return { json: { bot_user_id: bot } };
    case "getlink":
      return linked === undefined ? refusal("SLACK_UNKNOWN_LINK", 404) : { json: linked };
    case "link":
      linked = {
        ...{ slack_channel_id: said["channel_id"] ?? "", team_id: said["team_id"] ?? "" },
        status: "ready",
      };
      return { json: { status: "ready" } };
    default:
      [linked, here] = [undefined, "leave"];
      return { json: {} };
  }
}

beforeEach(async () => {
  [odd, linked, here] = [{}, undefined, "join"];
  levels = { users: { [me]: 100, [ann]: 100 }, invite: 50, users_default: 0 };
  server = await startTestServer(answer);
});
afterEach(() => server[Symbol.asyncDispose]());

function open(): Connector {
  const entry = appserviceSlackEntry.parse({
    ...{ id: "slack", name: "Slack", connector: "appservice-slack", bot },
    provisioning: { url: server.url, secretFile: "slack" },
  });
  const clock = new ManualClock();
  const deps = {
    ...{ clock, waiter: new EventWaiter(clock), http: new Websites({ clock }) },
    secrets: { read: () => new Secret("s3cr3t") },
    matrix: {
      me,
      state: () => Promise.resolve({ membership: here }),
      power: () => Promise.resolve({ version: "12", creators: new Set(["@bob:x"]), levels }),
    },
  };
  return appserviceSlack.open(entry, deps as unknown as ConnectorDeps);
}

const asked = (what: string): readonly unknown[] =>
  server.seen.filter(({ path }) => path.endsWith(`/${what}`)).map(({ body }) => body);

describe("linking by matrix-appservice-slack", () => {
  it("is asked for in the person's name, and there when the bridge lists it", async () => {
    const connector = open();
    await connector.check(link);
    expect(await connector.connected(link)).toBe("not yet");
    expect(await connector.connect(link)).toBe("whole");
    await connector.finish(link);
    const place = { matrix_room_id: room, channel_id: "C0CHAN", team_id: "T0TEAM" };
    expect(asked("link")).toEqual([{ ...place, user_id: ann }]);
    expect(await connector.connected(link)).toBe("come");
    here = "invite";
    expect(await connector.connected(link)).toBe("not yet");
  });

  it("is repeated after a crash without a second order, and waits for what is not finished", async () => {
    linked = { slack_channel_id: "C0CHAN", team_id: "T0TEAM", status: "ready" };
    await open().connect(link);
    expect(asked("link")).toEqual([]);
    linked = { ...linked, status: "pending" };
    expect(await open().connected(link)).toBe("not yet");
    linked = { ...linked, slack_channel_id: "C0OTHER", status: "ready" };
    expect(await open().connected(link)).toBe("not yet");
  });

  it.each([
    ["SLACK_UNKNOWN_ACCOUNT", "own-login"],
    ["SLACK_UNKNOWN_CHANNEL", "chat-unknown"],
    ["SLACK_ROOM_NOT_PUBLIC", "room-private"],
    ["SLACK_BRIDGE_AT_LIMIT", "bridge-full"],
    ["SLACK_NOT_ENOUGH_POWER", "asker-power"],
    ["M_AS_BAD_TOKEN", "secret"],
    ["M_AS_UNKNOWN", "bridge-log"],
  ])("is refused (%s) with what to do", async (errcode, advice) => {
    odd["link"] = refusal(errcode);
    await expect(open().connect(link)).rejects.toMatchObject({
      code: "bridge-refused",
      view: { line: `${errcode}: No`, advice: { template: `bridge-advice/${advice}` } },
    });
  });

  it("is refused beforehand where the power levels name nobody whom the bridge would let ask", async () => {
    levels = { users: {} };
    await expect(open().check(link)).rejects.toMatchObject({ code: "bridge-asker-power" });
  });
});

describe("unlinking by matrix-appservice-slack", () => {
  it.each(["ready", "pending"])("takes away what is %s, in Usher's name", async (status) => {
    linked = { slack_channel_id: "C0CHAN", team_id: "T0TEAM", status };
    await open().disconnect(link);
    expect(asked("unlink")).toEqual([{ matrix_room_id: room, user_id: me }]);
  });

  it("leaves alone what is not there, or another, and fails where the link stands", async () => {
    await open().disconnect(link);
    linked = { slack_channel_id: "C0OTHER", team_id: "T0TEAM", status: "ready" };
    await open().disconnect(link);
    expect(asked("unlink")).toEqual([]);
    linked = { ...linked, slack_channel_id: "C0CHAN" };
    odd["unlink"] = { json: {} };
    await expect(open().disconnect(link)).rejects.toMatchObject({ code: "bridge-silent" });
  });
});

describe("what is said of matrix-appservice-slack", () => {
  it("is first that nobody keeps it up", () => {
    const connector = open();
    expect(traitsView(connector.traits)[0]).toEqual({ template: "bridge/given-up", view: {} });
    const link = connector.target(["T0TEAM", "C0CHAN"]);
    expect(link).toEqual({ network: "T0TEAM", channel: "C0CHAN" });
    expect(connector.nameOf(link)).toBe("C0CHAN on T0TEAM");
    for (const words of [[], ["C0CHAN"], ["T0TEAM", "-x"], ["T0TEAM", "C0;X"], ["T0", "C0", "x"]])
      expect(() => connector.target(words)).toThrow(/bridge-target-slack/);
    const power = { version: "11", creators: new Set<UserId>(), levels };
    expect(connector.powers(power)).toEqual({ level: 0, events: {}, invite: 0 });
    expect(connector.rule).toEqual([{ kind: "state", type: "m.room.power_levels" }]);
  });

  it("is how it does", async () => {
    expect(await open().health()).toEqual({ is: "up" });
    odd["getbotid"] = refusal("M_AS_BAD_TOKEN", 401);
    expect(await open().health()).toEqual({ is: "unusable" });
    odd["getbotid"] = { status: 200, text: "no JSON" };
    expect(await open().health()).toEqual({ is: "unusable" });
  });
});
