import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { loadConfig } from "./load.ts";
import { setUp, type SetupFiles } from "./setupDialogue.ts";
import { setUpInTerminal } from "./setup.ts";

const NOW = Date.UTC(2026, 0, 1, 12);

/** A homeserver at https://matrix.club, found through the server name club.example. */
function homeserver(overrides: Readonly<Record<string, () => Response>> = {}): {
  readonly fetch: typeof fetch;
  readonly requests: Request[];
} {
  const requests: Request[] = [];
  const answers: Readonly<Record<string, () => Response>> = {
    "https://club.example/.well-known/matrix/client": () =>
      Response.json({ "m.homeserver": { base_url: "https://matrix.club/" } }),
    "https://matrix.club/_matrix/client/versions": () => Response.json({ versions: ["v1.11"] }),
    "https://matrix.club/_matrix/client/v3/login": () =>
      Response.json({
        user_id: "@usher:club.example",
        access_token: "syt_token",
        device_id: "ABCDE",
      }),
    "https://matrix.club/_matrix/client/v3/account/whoami": () =>
      Response.json(
        { user_id: "@usher:club.example" },
        { headers: { date: new Date(NOW).toUTCString() } },
      ),
    ...overrides,
  };
  return {
    requests,
    fetch: (input, init) => {
      const request = new Request(input, init);
      requests.push(request);
      const answer = answers[request.url];
      return answer === undefined
        ? Promise.reject(new TypeError("fetch failed"))
        : Promise.resolve(answer());
    },
  };
}

function memory(
  existing: readonly string[] = [],
): SetupFiles & { readonly written: Map<string, { text: string; secret: boolean }> } {
  const written = new Map<string, { text: string; secret: boolean }>();
  return {
    written,
    exists: (path) => existing.includes(path),
    write: async (path, text, { secret }) => void written.set(path, { text, secret }),
    tryFolder: () => Promise.resolve(),
  };
}

async function run(
  answers: readonly string[],
  {
    fetch,
    files = memory(),
    now = NOW,
    dataDir,
  }: { fetch: typeof globalThis.fetch; files?: SetupFiles; now?: number; dataDir?: string },
): Promise<{ code: number; said: string; secretQuestions: string[] }> {
  const said: string[] = [];
  const secretQuestions: string[] = [];
  const left = [...answers];
  const code = await setUp({
    ask: (question, options) => {
      if (options?.secret === true) secretQuestions.push(question);
      return Promise.resolve(left.shift());
    },
    say: (line) => said.push(line),
    fetch,
    files,
    now: () => now,
    configPath: "/srv/usher/config.json",
    dataDir,
  });
  expect(left).toEqual([]);
  return { code, said: said.join("\n"), secretQuestions };
}

describe("npm run setup", () => {
  const answers = ["club.example", "usher", "hunter2 ", "@ann:club.example, @bob:club.example"];

  it("finds the homeserver, logs in, and writes a configuration that loads", async () => {
    const files = memory();
    const server = homeserver();
    const { code, said, secretQuestions } = await run(answers, { fetch: server.fetch, files });
    expect(said).not.toContain("seconds apart");
    expect(code).toBe(0);
    expect(secretQuestions).toHaveLength(1);

    const login = server.requests.find((request) => request.url.endsWith("/login"));
    expect(await login?.json()).toEqual({
      type: "m.login.password",
      identifier: { type: "m.id.user", user: "usher" },
      password: "hunter2 ",
      initial_device_display_name: "Usher",
    });
    const whoami = server.requests.find((request) => request.url.endsWith("/whoami"));
    expect(whoami?.headers.get("authorization")).toBe("Bearer syt_token");

    expect([...files.written.keys()]).toEqual([
      "/srv/usher/secrets/access-token",
      "/srv/usher/config.json",
    ]);
    expect(files.written.get("/srv/usher/secrets/access-token")).toEqual({
      text: "syt_token\n",
      secret: true,
    });
    expect(JSON.stringify([...files.written])).not.toContain("hunter2");
    expect(said).not.toMatch(/hunter2|syt_token/);
    const config = loadConfig(
      {},
      {
        read: (path) => files.written.get(path)?.text ?? "",
        mode: () => 0o600,
        exists: () => true,
      },
      "/srv/usher",
    );
    expect(config).toMatchObject({
      mode: "trial",
      homeserver: {
        url: "https://matrix.club",
        userId: "@usher:club.example",
        credential: { accessToken: "syt_token" },
      },
      dataDir: "/srv/usher/data",
      operators: ["@ann:club.example", "@bob:club.example"],
    });
  });

  it("takes an address as it is", async () => {
    const { code } = await run(["https://matrix.club/", ...answers.slice(1)], {
      fetch: homeserver().fetch,
    });
    expect(code).toBe(0);
  });

  it("asks again after a wrong answer, three times at most", async () => {
    const good = await run(
      ["nowhere.example", ...answers.slice(0, 3), "ann", "@ann:club.example"],
      { fetch: homeserver().fetch },
    );
    expect(good.said).toContain("https://nowhere.example cannot be reached.");
    expect(good.said).toContain("ann is not a Matrix ID; those look like @name:example.org.");
    expect(good.code).toBe(0);

    const files = memory();
    const refused = homeserver({
      "https://matrix.club/_matrix/client/v3/login": () =>
        Response.json({ errcode: "M_FORBIDDEN" }, { status: 403 }),
    });
    const bad = await run(["club.example", "usher", "a", "usher", "b", "usher", "c"], {
      fetch: refused.fetch,
      files,
    });
    expect(bad.said).toContain(
      "The homeserver refuses the name or the password of usher.\nNothing was written.",
    );
    expect(bad.code).toBe(1);
    expect(files.written.size).toBe(0);
  });

  it("tells at each question what is wrong with its answer, and asks it again", async () => {
    const server = homeserver({
      "https://matrix.club/foo/_matrix/client/versions": () =>
        new Response("Not here", { status: 404 }),
      "https://refused.example/_matrix/client/versions": () => {
        throw new TypeError("fetch failed", {
          cause: Object.assign(new Error("inner"), { code: "ECONNREFUSED" }),
        });
      },
    });
    const fetch: typeof globalThis.fetch = async (input, init) => server.fetch(input, init);
    const { code, said } = await run(
      [
        "https://matrix.club/foo",
        "https://refused.example",
        "club.example",
        "https://matrix.club",
        "usher",
        "hunter2",
        "",
        "@ann:club.example",
      ],
      { fetch },
    );
    expect(said).toContain("What answers at https://matrix.club/foo is no homeserver.");
    expect(said).toContain("try https://matrix.club.");
    expect(said).toContain("Nothing listens at https://refused.example.");
    expect(said).toContain("That is an address. The account is a name");
    expect(said).toContain("Without an operator nobody can ask Usher how it is");
    expect(code).toBe(0);
  });

  it("takes a homeserver behind a path, where one answers, exactly as Usher will ask it", async () => {
    const files = memory();
    const about = (url: string): Record<string, () => Response> => ({
      [`${url}/_matrix/client/versions`]: () => Response.json({ versions: ["v1.11"] }),
      [`${url}/_matrix/client/v3/login`]: () =>
        Response.json({
          user_id: "@usher:club.example",
          access_token: "syt_token",
          device_id: "ABCDE",
        }),
      [`${url}/_matrix/client/v3/account/whoami`]: () =>
        Response.json({ user_id: "@usher:club.example" }),
    });
    const { fetch } = homeserver(about("https://matrix.club/behind"));
    expect(
      (await run(["https://matrix.club/behind/", ...answers.slice(1)], { fetch, files })).code,
    ).toBe(0);
    expect(files.written.get("/srv/usher/config.json")?.text).toContain(
      '"url": "https://matrix.club/behind"',
    );
  });

  it("says where every file is that matters", async () => {
    const { said } = await run(answers, { fetch: homeserver().fetch });
    for (const file of [
      "/srv/usher/config.json",
      "/srv/usher/secrets/access-token",
      "/srv/usher/secrets/data-recovery-key",
      "/srv/usher/data",
    ])
      expect(said).toContain(file);
  });

  it("puts nothing beside the configuration that the environment puts elsewhere", async () => {
    const files = memory();
    const { said } = await run(answers, { fetch: homeserver().fetch, files, dataDir: "/data" });
    expect(said).toContain("/secrets/data-recovery-key");
    expect(files.written.get("/srv/usher/config.json")?.text).toContain('"dataDir": "/data"');
  });

  it("names nobody an operator only where that is said", async () => {
    const files = memory();
    expect(
      (await run([...answers.slice(0, 3), "nobody"], { fetch: homeserver().fetch, files })).code,
    ).toBe(0);
    expect(files.written.get("/srv/usher/config.json")?.text).toContain('"operators": []');
  });

  it("replaces nothing without asking", async () => {
    const files = memory(["/srv/usher/config.json"]);
    const no = await run(["no"], { fetch: homeserver().fetch, files });
    expect(no).toMatchObject({ code: 1, said: "It stays as it is.\nNothing was written." });
    expect(files.written.size).toBe(0);
    expect((await run(["yes", ...answers], { fetch: homeserver().fetch, files })).code).toBe(0);
    expect(files.written.size).toBe(2);
  });

  it("ends with a sentence where the answers end", async () => {
    expect(await run(["club.example"], { fetch: homeserver().fetch })).toMatchObject({
      code: 1,
      said: "The homeserver at https://matrix.club answers.\nThere are no more answers.\nNothing was written.",
    });
  });

  it("says that the clocks disagree, and that the data folder cannot be written", async () => {
    const files = {
      ...memory(),
      tryFolder: () => {
        throw new Error("EACCES");
      },
    };
    expect((await run(answers, { fetch: homeserver().fetch, now: NOW + 90_000 })).said).toContain(
      "90 seconds apart",
    );
    const { code, said } = await run([], { fetch: homeserver().fetch, files });
    expect(said).toContain("The data folder /srv/usher/data cannot be written.");
    expect(code).toBe(1);
  });

  it("stops if the token is not the account's", async () => {
    const other = homeserver({
      "https://matrix.club/_matrix/client/v3/account/whoami": () =>
        Response.json({ user_id: "@eve:club.example" }),
    });
    const { code, said } = await run(answers.slice(0, 3), { fetch: other.fetch });
    expect(said).toContain(
      "The homeserver says that the token does not belong to @usher:club.example.",
    );
    expect(code).toBe(1);
  });
});

describe("the terminal", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "usher-setup-"));
    vi.stubGlobal("fetch", homeserver().fetch);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    rmSync(folder, { recursive: true });
  });

  /** Types each answer once its question is shown. */
  async function through(
    terminal: boolean,
    conversation: readonly (readonly [question: string, answer: string])[],
  ): Promise<{ code: number; shown: string }> {
    const input: PassThrough & { isTTY?: boolean } = new PassThrough();
    input.isTTY = terminal;
    let shown = "";
    const left = [...conversation];
    const output = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        shown += chunk.toString();
        const next = left[0];
        if (next !== undefined && shown.includes(next[0])) {
          left.shift();
          setImmediate(() => input.write(next[1]));
        }
        done();
      },
    });
    const code = await setUpInTerminal(
      { USHER_CONFIG: join(folder, "config.json") },
      input,
      output,
    );
    return { code, shown };
  }

  it("takes one answer a line from a pipe, all at once, and keeps the token from others", async () => {
    const { code, shown } = await through(false, [
      ["homeserver", "club.example\nusher\nhunter2\n@ann:club.example\n"],
    ]);
    expect(shown).toContain("Start it with: npm start");
    expect(code).toBe(0);
    expect(statSync(join(folder, "secrets", "access-token")).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "data")).isDirectory()).toBe(true);
    expect(readFileSync(join(folder, "config.json"), "utf8")).toContain(
      '"userId": "@usher:club.example"',
    );
  });

  it("replaces what a link points at, and leaves the link", async () => {
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "usher.json"), "{}");
    symlinkSync(join(elsewhere, "usher.json"), join(folder, "config.json"));
    const { code } = await through(false, [
      ["?", "yes\nclub.example\nusher\nhunter2\n@ann:club.example\n"],
    ]);
    expect(code).toBe(0);
    expect(lstatSync(join(folder, "config.json")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(elsewhere, "usher.json"), "utf8")).toContain("@usher:club.example");
  });

  it("shows what is typed, but not the password", async () => {
    const { code, shown } = await through(true, [
      ["homeserver", "club.example\r"],
      ["account", "usher\r"],
      ["password of usher", "hunter2\r"],
      ["Operators", "@ann:club.example\r"],
    ]);
    expect(code).toBe(0);
    expect(shown).toContain("club.example");
    expect(shown).toContain("The password of usher");
    expect(shown).not.toContain("hunter2");
  });

  it("loses nothing that is typed before it is asked for", async () => {
    const { code } = await through(true, [
      ["homeserver", "club.example\rush"],
      ["account there", "er\r"],
      ["password of usher", "hunter2\r"],
      ["Operators", "@ann:club.example\r"],
    ]);
    expect(code).toBe(0);
  });

  it("ends when the input does", async () => {
    const { code, shown } = await through(true, [["homeserver", "\u0004"]]);
    expect(code).toBe(1);
    expect(shown).toContain("There are no more answers.");
  });
});
