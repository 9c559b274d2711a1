import { mkdtemp, readFile, rm, stat, watch, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { complaint } from "../../scripts/health.mjs";
import { theSynapse } from "../harness/e2eSetup.ts";
import { answerTo, ask, bodyOf } from "../harness/expect.ts";
import { HoldingProxy } from "../harness/holdingProxy.ts";
import { ScriptedTalk } from "../harness/scriptedTalk.ts";
import type { Account } from "../harness/synapse.ts";
import { UsherProcess, type UsherOptions } from "../harness/usherProcess.ts";
import { personIn, TALKS, usherAccount, World } from "../harness/world.ts";
import { eventually } from "../harness/patience.ts";

const WIDGET = "im.vector.modular.widgets";
const OPERATORS = ["@operator:usher.test"];
/** How a process begins and ends shows in one that is Usher's alone. */
const OWN_PROCESS = { reuse: false };

/** What was written for people: everything but the log, which is JSON. */
function words(text: string): string[] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("{"));
}

/** Starts an Usher that must end by itself with exit code 1, and returns its words; none of them may be a stack or the token. */
async function faultOf(usher: UsherProcess): Promise<string[]> {
  usher.spawn();
  expect(await usher.ended()).toEqual({ code: 1, signal: null });
  expect(usher.stdout).toBe("");
  expect(usher.stderr).not.toMatch(/^\s+at /m);
  expect(usher.stderr).not.toContain(usher.accessToken);
  return words(usher.stderr);
}

describe("a start", () => {
  let bot: Account;

  beforeAll(async () => {
    bot = await usherAccount();
  });

  async function fault(options: Partial<UsherOptions>): Promise<string[]> {
    const usher = await UsherProcess.prepare({
      homeserver: theSynapse().url,
      account: bot,
      operators: OPERATORS,
      ...options,
    });
    try {
      return await faultOf(usher);
    } finally {
      if (options.folder === undefined) await rm(usher.folder, { recursive: true });
    }
  }

  it("says that it is ready, in one line, when it answers, and not before", async () => {
    const talk = await ScriptedTalk.prepare(OWN_PROCESS);
    try {
      const room = talk.room();
      const held = talk.server.fault("GET /_matrix/client/v3/sync", { kind: "hang" });
      talk.usher.spawn();
      await talk.server.waitForSync(undefined);
      expect(talk.usher.stdout).toBe("");
      held.release();
      await talk.server.waitForSync("s0");
      expect(await talk.ask(room, "!usher status")).toContain("I am well");
      expect(
        talk.usher.stdout.split("\n").filter((line) => line.includes("Usher is ready")),
      ).toHaveLength(1);
    } finally {
      await talk.end();
    }
  });

  it("with a command for a word that means yes ends with a sentence", async () => {
    const [sentence, ...more] = await fault({
      config: { confirmation: { yes: ["ja", "list"], no: [] } },
    });
    expect(sentence).toBe("confirmation.yes[1] must not be a command or the beginning of one.");
    expect(more).toEqual([]);
  });

  it("with a token that the homeserver does not know ends with a sentence", async () => {
    const [sentence, ...more] = await fault({
      account: { ...bot, accessToken: "syt_nobody_knows_me" },
    });
    expect(sentence).toBe(
      "The homeserver does not accept Usher's access token. Run `npm run setup` to log in again.",
    );
    expect(more).toEqual([]);
  });

  it("with the token of another user ends with a sentence that names both", async () => {
    const other = "@alice:usher.test";
    const [sentence, ...more] = await fault({ env: { USHER_USER_ID: other } });
    expect(sentence).toContain(
      `The access token belongs to \`${bot.userId}\`, but the configuration names \`${other}\`.`,
    );
    expect(more).toEqual([]);
  });

  it("with a data directory that cannot be written ends with a sentence that names it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "usher-"));
    await writeFile(join(folder, "data"), "a file where a folder should be");
    const [sentence, ...more] = await fault({ folder });
    expect(sentence).toContain(`The data directory \`${join(folder, "data")}\` cannot be written.`);
    expect(more).toEqual([]);
    expect(await readFile(join(folder, "data"), "utf8")).toBe("a file where a folder should be");
    await rm(folder, { recursive: true });
  });

  it("with a configuration full of faults tells all of them at once, each with its path and the name that was meant", async () => {
    const config = {
      prefixs: ["!usher"],
      limits: { pageByte: 3 },
      minimumAge: "old",
      access: { inviters: { perHour: 0 } },
      homeserver: { url: "not an address" },
    };
    const faults = await fault({
      config,
      env: {
        USHER_HOMESERVER_URL: undefined,
        USHER_USER_ID: "nobody",
        USHER_OPERATORS: "@a:b.example,who",
        USHER_MODE: "play",
      },
    });
    expect(faults).toHaveLength(8);
    const all = faults.join("\n");
    expect(all).toContain("prefixs is not a setting. Did you mean prefixes?");
    expect(all).toContain("limits.pageByte is not a setting. Did you mean limits.pageBytes?");
    expect(all).toContain("minimumAge must be a number.");
    expect(all).toContain("access.inviters.perHour must be at least 1.");
    expect(all).toContain("homeserver.url must be an address");
    expect(all).toContain("homeserver.userId (from USHER_USER_ID) must be a Matrix ID");
    expect(all).toContain("operators[1] (from USHER_OPERATORS) must be a Matrix ID");
    expect(all).toContain('mode (from USHER_MODE) must be one of "production", "trial".');
  });

  it.each([
    ["is not JSON", "{ mode: trial", /config\.json is not well-formed JSON/],
    ["is no group of settings", "[]", /config\.json must hold one group of settings/],
  ])("with a configuration that %s ends with a sentence", async (_, text, sentence) => {
    const usher = await UsherProcess.prepare({
      homeserver: theSynapse().url,
      account: bot,
      operators: OPERATORS,
    });
    await writeFile(join(usher.folder, "config.json"), text);
    const said = await faultOf(usher);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(sentence);
    await rm(usher.folder, { recursive: true });
  });

  it("in production with facts left out ends with a sentence for each that is missing", async () => {
    const faults = await fault({
      env: { USHER_MODE: "production" },
      config: { operator: { legalName: "Example Association" } },
    });
    for (const setting of [
      "operator.legalName",
      "operator.contacts.support",
      "operator.noticeUrl",
      "notice.hosting",
    ])
      expect(faults.filter((line) => line.includes(setting))).toHaveLength(1);
    expect(faults.at(-1)).toContain("I could not tell people who answers for their data");
  });

  it("R74 in production with another controller, whom nobody was told of, ends with a sentence; announced, it begins on its day", async () => {
    const policy = "https://policy.test/privacy";
    const successors = [{ name: "Neuer Verein", contact: "neu@verein.test", from: "2026-01-01" }];
    const config = (name: string, more: object = {}): object => ({
      operator: {
        legalName: "Verein",
        controller: { name, address: "Am Markt 1" },
        contacts: { support: "hilfe@verein.test" },
        noticeUrl: policy,
        ...more,
      },
      notice: {
        supervisoryAuthority: { name: "Aufsicht", url: policy, guidanceUrl: policy },
        homeserver: { federated: false, policyUrl: policy },
        hosting: [{ name: "Rechner", location: "Bonn", policy }],
      },
    });
    const usher = await UsherProcess.prepare({
      homeserver: theSynapse().url,
      account: await usherAccount(),
      operators: OPERATORS,
      env: { USHER_MODE: "production" },
      reuse: false,
      config: config("Verein") as Record<string, unknown>,
    });
    const says = (said: object): Promise<void> =>
      writeFile(join(usher.folder, "config.json"), JSON.stringify(said));
    const begins = async (said: object): Promise<void> => {
      await says(said);
      await usher.start();
      await usher.stop({ keep: true });
    };
    await begins(config("Verein"));
    await says(config("Neuer Verein"));
    usher.spawn();
    expect(await usher.ended()).toEqual({ code: 1, signal: null });
    expect(usher.stderr).toContain("nobody was told: it was Verein");
    await begins(config("Verein", { successors }));
    await begins(config("Neuer Verein"));
    await rm(usher.folder, { recursive: true });
  });

  it("without an answer of the homeserver tries for a while, then ends with a sentence that names the address", async () => {
    const homeserver = "http://127.0.0.1:9";
    const [sentence, ...more] = await fault({ homeserver });
    expect(sentence).toContain(`There is no answer from a homeserver at \`${homeserver}\``);
    expect(more).toEqual([]);
  });

  it("with a homeserver that is just starting waits for it", async () => {
    const talk = await ScriptedTalk.prepare(OWN_PROCESS);
    try {
      const down = talk.server.fault("whoami", { kind: "html", status: 502 }, 2);
      await talk.usher.start();
      expect(down.struck).toBe(2);
    } finally {
      await talk.end();
    }
  });

  it.each(TALKS)(
    "with the data directory of an Usher that runs ends with a sentence, and the other goes on, %s",
    async (_, talk) => {
      const account = await usherAccount();
      const { world, alice } = await World.of(talk, ["alice"], { account });
      try {
        const { dataDir } = world.usher;
        const [sentence, ...more] = await fault({ account, env: { USHER_DATA_DIR: dataDir } });
        expect(sentence).toContain(
          `Another Usher is working with the data directory \`${dataDir}\`.`,
        );
        expect(more).toEqual([]);
        const room = await world.room(alice);
        expect(bodyOf(await ask(alice, room, "!usher status"))).toContain("I am well");
        // A lock that a crash left behind locks nobody out.
        await world.usher.kill();
        await world.usher.start();
        expect(bodyOf(await ask(alice, room, "!usher status"))).toContain("I am well");
      } finally {
        await world.end();
      }
    },
  );

  it("with the data directory of another account ends with a sentence that names both", async () => {
    const folder = await mkdtemp(join(tmpdir(), "usher-"));
    const options = {
      homeserver: theSynapse().url,
      operators: OPERATORS,
      folder,
      config: { crypto: { engine: "off" } },
    };
    const first = await (await UsherProcess.prepare({ ...options, account: bot })).start();
    await first.stop();
    const other = await usherAccount();
    const said = await fault({ ...options, account: other });
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(
      `The data directory belongs to \`${bot.userId}\`, and the access token to \`${other.userId}\`.`,
    );
    await rm(folder, { recursive: true });
  });
});

describe("a token that becomes invalid", () => {
  it("ends Usher with the sentence, and what runs is taken up when it has a good one again", async () => {
    const talk = await ScriptedTalk.prepare({ operators: OPERATORS, ...OWN_PROCESS });
    try {
      await talk.usher.start();
      const room = talk.room();
      await talk.ask(room, "!usher status");
      talk.server.tokens.clear();
      talk.hear({});
      expect(await talk.usher.ended()).toEqual({ code: 1, signal: null });
      expect(words(talk.usher.stderr)).toEqual([
        "The homeserver does not accept Usher's access token. Run `npm run setup` to log in again.",
      ]);
      talk.server.tokens.add(talk.server.token);
      const missed = talk.say(room, "!usher status");
      await talk.usher.start();
      expect((await talk.answer(missed)).body).toContain("I am well");
    } finally {
      await talk.end();
    }
  });
});

describe("a stop", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "by %s hears no more, finishes what runs, and ends with 0",
    async (signal) => {
      const talk = await ScriptedTalk.begin(OWN_PROCESS);
      try {
        const room = talk.room();
        const write = talk.server.fault("PUT /_matrix/client/v3/rooms/" + room + "/state/", {
          kind: "hang",
        });
        const running = talk.say(room, "!usher add widget https://running.example.org/ --yes");
        await talk.server.waitForRequest(
          ({ method, path }) => method === "PUT" && path.includes(WIDGET),
        );
        const listening = await talk.server.waitForSync("s1");
        process.kill(talk.usher.pid ?? 0, signal);
        await listening.over;
        const late = talk.say(room, "!usher add widget https://late.example.org/ --yes");
        write.release();
        expect(await talk.usher.ended()).toEqual({ code: 0, signal: null });
        expect(talk.answersTo(running)).toEqual([expect.stringContaining("Added")]);
        expect(talk.answersTo(late)).toEqual([]);
        expect(talk.widgets(room)).toEqual(["https://running.example.org/"]);

        await talk.usher.start();
        expect((await talk.answer(late)).body).toContain("Added");
        await talk.ask(room, "!usher status");
        expect(talk.answersTo(running)).toHaveLength(1);
        expect(talk.answersTo(late)).toHaveLength(1);
        expect(talk.widgets(room)).toEqual([
          "https://running.example.org/",
          "https://late.example.org/",
        ]);
      } finally {
        await talk.end();
      }
    },
  );
});

describe("the environment overrides the file", () => {
  it.each(TALKS)("with each of its variables, %s", async (_, talk) => {
    const [bot, operator, other] = await Promise.all([
      usherAccount(),
      personIn(talk, "operator"),
      personIn(talk, "other"),
    ]);
    const folder = await mkdtemp(join(tmpdir(), "usher-"));
    const config = {
      mode: "production",
      homeserver: {
        url: "http://127.0.0.1:1",
        userId: "@nobody:nowhere.example",
        accessTokenFile: "./none",
      },
      dataDir: "./elsewhere",
      operators: [other.userId],
      prefixes: ["!nobody"],
      logLevel: "silent",
    };
    const named = join(folder, "named.json");
    await writeFile(named, JSON.stringify(config));
    await writeFile(join(folder, "password"), `${bot.password}\n`, { mode: 0o600 });
    const world = await World.begin(talk, {
      ...OWN_PROCESS,
      people: [operator, other],
      account: bot,
      folder,
      env: {
        USHER_CONFIG: named,
        USHER_ACCESS_TOKEN_FILE: undefined,
        USHER_PASSWORD_FILE: join(folder, "password"),
        USHER_DATA_DIR: join(folder, "given"),
        USHER_OPERATORS: `${operator.userId}, @second:usher.test`,
        USHER_PREFIXES: "!porter,!doorman",
        USHER_LOG_LEVEL: "info",
      },
    });
    const { usher } = world;
    try {
      expect(usher.stdout).toContain(`${bot.userId} on ${theSynapse().url}`);
      const [mine, theirs] = await Promise.all([world.direct(operator), world.direct(other)]);
      expect(bodyOf(await ask(operator, mine, "!doorman admin crypto"))).toContain("ncrypt");
      expect(bodyOf(await ask(other, theirs, "!porter admin crypto"))).toContain(
        "is for the people who run me",
      );
      expect(bodyOf(await ask(operator, mine, "!porter privacy"))).toMatch(
        /trial|not been said|not said/i,
      );
      expect((await stat(join(folder, "given", "health.json"))).isFile()).toBe(true);
      await expect(stat(join(folder, "elsewhere"))).rejects.toThrow("ENOENT");
      // The password was needed once: its session is kept, for its owner only.
      expect((await stat(join(folder, "given", "session.json"))).mode & 0o777).toBe(0o600);
      await writeFile(join(folder, "password"), "another one by now");
      await usher.restart();
      expect(bodyOf(await ask(operator, mine, "!porter status"))).toContain("I am well");
      expect(usher.stderr.split("\n").some((line) => line.startsWith("{"))).toBe(true);
    } finally {
      await world.end();
      await rm(folder, { recursive: true });
    }
  });

  it("and a wrong password ends the start with a sentence", async () => {
    const bot = await usherAccount();
    const folder = await mkdtemp(join(tmpdir(), "usher-"));
    await writeFile(join(folder, "password"), "not-the-password", { mode: 0o600 });
    const usher = await UsherProcess.prepare({
      homeserver: theSynapse().url,
      account: bot,
      operators: OPERATORS,
      folder,
      env: { USHER_ACCESS_TOKEN_FILE: undefined, USHER_PASSWORD_FILE: join(folder, "password") },
    });
    expect(await faultOf(usher)).toEqual([
      `The homeserver refuses the name or the password of ${bot.userId}.`,
    ]);
    expect(usher.stderr).not.toContain("not-the-password");
    await rm(folder, { recursive: true });
  });

  it("and USHER_LOG_LEVEL=silent leaves nothing to read", async () => {
    const talk = await ScriptedTalk.begin({
      operators: OPERATORS,
      env: { USHER_LOG_LEVEL: "silent" },
    });
    await talk.ask(talk.room(), "!usher add widget https://a.example.org/ --yes");
    await talk.end();
    expect(talk.usher.stderr).toBe("");
  });
});

// Each of these waits for times that Usher keeps, so they wait together.
describe.concurrent("in the long run", () => {
  it("a stop ends with 0 also where something does not finish; that is taken up at the next start, and answered once", async () => {
    const talk = await ScriptedTalk.begin(OWN_PROCESS);
    try {
      const rooms = { writes: talk.room(), reads: talk.room(), plans: talk.room() };
      talk.server.fault(`PUT /_matrix/client/v3/rooms/${rooms.writes}/state/`, { kind: "hang" });
      talk.server.fault(`GET /_matrix/client/v3/rooms/${rooms.reads}/state`, { kind: "hang" });
      talk.server.fault(`GET /_matrix/client/v3/rooms/${rooms.plans}/state`, { kind: "hang" });
      const write = talk.say(rooms.writes, "!usher add widget https://a.example.org/ --yes");
      const read = talk.say(rooms.reads, "!usher list");
      const plan = talk.say(rooms.plans, "!usher add widget https://b.example.org/");
      for (const [method, room] of [
        ["PUT", rooms.writes],
        ["GET", rooms.reads],
        ["GET", rooms.plans],
      ] as const)
        await talk.server.waitForRequest(
          (one) => one.method === method && one.path.includes(`${room}/state`),
        );
      expect(await talk.usher.stop({ keep: true })).toEqual({ code: 0, signal: null });

      await talk.usher.start();
      for (const room of Object.values(rooms)) await talk.ask(room, "!usher status");
      const finished = (event: string): readonly string[] => talk.finalAnswersTo(event);
      expect(finished(write)).toEqual([expect.stringMatching(/stopped in the middle[^]*Added/)]);
      expect(finished(read)).toEqual([expect.stringContaining("no widgets")]);
      expect(finished(plan)).toEqual([expect.stringContaining("https://b.example.org/")]);
      expect(talk.widgets(rooms.writes)).toEqual(["https://a.example.org/"]);
    } finally {
      await talk.end();
    }
  });

  it("a stop while the homeserver fails forgets nothing that still had to be answered", async () => {
    const talk = await ScriptedTalk.begin(OWN_PROCESS);
    try {
      const room = talk.room();
      const failing = talk.server.fault(
        `PUT /_matrix/client/v3/rooms/${room}/send/`,
        { kind: "html", status: 502 },
        6,
      );
      const question = talk.say(room, "!usher status");
      // The sixth try comes after a pause, when the outbox has given up once.
      await eventually(() => {
        expect(failing.struck).toBe(5);
      });
      const command = talk.say(room, "!usher add widget https://a.example.org/ --yes");
      await talk.server.waitForSync("s2");
      expect(await talk.usher.stop({ keep: true })).toEqual({ code: 0, signal: null });
      await talk.usher.start();
      expect((await talk.answer(command)).body).toContain("Added");
      await talk.ask(room, "!usher status");
      expect(talk.answersTo(question)).toEqual([expect.stringContaining("I am well")]);
      expect(talk.answersTo(command)).toHaveLength(1);
    } finally {
      await talk.end();
    }
  });

  it.each(TALKS)(
    "a stop on a real homeserver, %s, forgets no question that it had to leave",
    async (_, talk) => {
      const proxy = await HoldingProxy.start(theSynapse().url);
      const { world, alice } = await World.of(talk, ["alice"], { homeserver: proxy.url });
      const { usher } = world;
      try {
        const room = await world.room(alice);
        expect(bodyOf(await ask(alice, room, "!usher status"))).toContain("I am well");
        const slow = proxy.hold(`PUT /_matrix/client/v3/rooms/${room}/send/`);
        const question = await alice.say(room, "!usher list");
        await slow.came;
        expect(await usher.stop({ keep: true })).toEqual({ code: 0, signal: null });
        slow.release();
        await usher.start();
        await ask(alice, room, "!usher status");
        expect(
          alice.messagesFrom(usher.userId, room).filter(answerTo(question)).map(bodyOf),
        ).toEqual([expect.stringContaining("no widgets")]);
      } finally {
        await world.end();
        await proxy.stop();
      }
    },
  );

  it("health.json shows a stuck sync: it is written on, and what it says of the homeserver grows old", async () => {
    const talk = await ScriptedTalk.begin(OWN_PROCESS);
    try {
      await talk.ask(talk.room(), "!usher status");
      const file = join(talk.usher.dataDir, "health.json");
      const atFirst = await readFile(file, "utf8");
      const { lastHeard } = JSON.parse(atFirst) as { lastHeard: number };
      expect(complaint(atFirst, lastHeard + 60_000)).toBeUndefined();
      // The homeserver holds the next request for ever.
      const changes = watch(talk.usher.dataDir);
      for await (const { filename } of changes) if (filename === "health.json") break;
      const later = await readFile(file, "utf8");
      const heard = (JSON.parse(later) as { lastHeard: number }).lastHeard;
      expect(heard).toBeGreaterThanOrEqual(lastHeard);
      expect(heard).toBeLessThan((await stat(file)).mtimeMs);
      expect(complaint(later, heard + 151_000)).toContain("has not heard the homeserver for 151 s");
    } finally {
      await talk.end();
    }
  });
});
