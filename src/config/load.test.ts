import { describe, expect, it } from "vitest";
import type { ConfigFiles } from "./configFiles.ts";
import { renderSampleConfig } from "./describe.ts";
import { configPath, loadConfig, redactedConfig, type Environment } from "./load.ts";
import { ConfigError } from "./problems.ts";

function filesOf(contents: Readonly<Record<string, string>>, mode = 0o600): ConfigFiles {
  return {
    read: (path) => {
      const text = contents[path];
      if (text === undefined) throw Object.assign(new Error("none"), { code: "ENOENT" });
      return text;
    },
    mode: () => mode,
    exists: (path) => contents[path] !== undefined,
  };
}

const good = {
  mode: "trial",
  homeserver: {
    url: "https://matrix.example.org/",
    userId: "@usher:example.org",
    accessToken: "s3cret-token",
  },
  operators: ["@ann:example.org"],
};

function load(
  config: unknown,
  env: Environment = {},
  more: Readonly<Record<string, string>> = {},
): ReturnType<typeof loadConfig> {
  return loadConfig(
    env,
    filesOf({ "/etc/usher/config.json": JSON.stringify(config), ...more }),
    "/etc/usher",
  );
}

function refusal(action: () => unknown): ConfigError {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("nothing was wrong");
}

function problems(action: () => unknown): readonly string[] {
  return refusal(action).problems;
}

function codeOf(action: () => unknown): string | undefined {
  return refusal(action).code;
}

describe("loadConfig", () => {
  it("fills in defaults, and paths start at the folder of the file", () => {
    const config = load({ ...good, dataDir: "store" });
    expect(config).toMatchObject({
      mode: "trial",
      homeserver: {
        url: "https://matrix.example.org",
        userId: "@usher:example.org",
        credential: { kind: "token", accessToken: "s3cret-token" },
      },
      dataDir: "/etc/usher/store",
      prefixes: ["!usher", "!im"],
      language: "en",
      confirmation: { yes: [], no: [] },
      minimumAge: 16,
      access: { inviters: { allow: ["example.org"] } },
      limits: { confirmationMinutes: 5, staleCommandMinutes: 5, pageBytes: 30_000 },
      crypto: {
        engine: "wasm",
        recoveryKeyFile: "/etc/usher/secrets/store-recovery-key",
        storeKeyFile: "/etc/usher/secrets/store-store-key",
      },
      warnings: [],
    });
  });

  it("is frozen, all the way down", () => {
    const config = load(good);
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.access.inviters.allow)).toBe(true);
  });

  it("lets an empty list of inviters mean nobody", () => {
    expect(load({ ...good, access: { inviters: { allow: [] } } }).access.inviters.allow).toEqual(
      [],
    );
  });

  it("reads the token from its file, and warns if others can read it", () => {
    const homeserver = {
      url: "https://matrix.example.org",
      userId: "@usher:example.org",
      accessTokenFile: "secrets/token",
    };
    const contents = {
      "/etc/usher/config.json": JSON.stringify({ ...good, homeserver }),
      "/etc/usher/secrets/token": "from-file\n",
    };
    const safe = loadConfig({}, filesOf(contents), "/etc/usher");
    expect(safe.homeserver.credential).toEqual({ kind: "token", accessToken: "from-file" });
    expect(safe.warnings).toEqual([]);
    const open = loadConfig({}, filesOf(contents, 0o644), "/etc/usher");
    expect(open.warnings).toEqual([
      "/etc/usher/secrets/token holds the access token, and others on this machine can read it: chmod 600 it.",
    ]);
    expect(
      problems(() =>
        loadConfig(
          {},
          filesOf({ ...contents, "/etc/usher/secrets/token": "two words" }),
          "/etc/usher",
        ),
      ),
    ).toEqual([
      "/etc/usher/secrets/token, named by homeserver.accessTokenFile, must hold the access token and nothing else.",
    ]);
  });

  it("warns if others can read the password, while there is one", () => {
    const homeserver = {
      url: "https://matrix.example.org",
      userId: "@usher:example.org",
      passwordFile: "password",
    };
    const contents = { "/etc/usher/config.json": JSON.stringify({ ...good, homeserver }) };
    const there = { ...contents, "/etc/usher/password": "secret" };
    expect(loadConfig({}, filesOf(there, 0o644), "/etc/usher").warnings).toEqual([
      "/etc/usher/password holds the password, and others on this machine can read it: chmod 600 it.",
    ]);
    expect(loadConfig({}, filesOf(there), "/etc/usher").warnings).toEqual([]);
    expect(loadConfig({}, filesOf(contents, 0o644), "/etc/usher").warnings).toEqual([]);
  });

  it("warns if others can read the keys of the encryption, once they are there", () => {
    const config = { "/etc/usher/config.json": JSON.stringify({ ...good, dataDir: "data" }) };
    const keys = {
      "/etc/usher/secrets/data-recovery-key": "EsTx",
      "/etc/usher/secrets/data-store-key": "00",
    };
    const open = loadConfig({}, filesOf({ ...config, ...keys }, 0o640), "/etc/usher").warnings;
    expect(open).toEqual(
      expect.arrayContaining([
        "/etc/usher/secrets/data-recovery-key holds the recovery key, and others on this machine can read it: chmod 600 it.",
        "/etc/usher/secrets/data-store-key holds the key of the encryption store, and others on this machine can read it: chmod 600 it.",
      ]),
    );
    expect(loadConfig({}, filesOf({ ...config, ...keys }), "/etc/usher").warnings).toEqual([]);
  });

  it("warns if a token stands in a file that others can read", () => {
    const files = filesOf(
      { "/etc/usher/config.json": JSON.stringify({ ...good, operators: [] }) },
      0o644,
    );
    expect(loadConfig({}, files, "/etc/usher").warnings).toEqual([
      "/etc/usher/config.json holds the access token, and others on this machine can read it: chmod 600 it.",
    ]);
  });

  describe("the environment", () => {
    const env = {
      USHER_MODE: "trial",
      USHER_HOMESERVER_URL: "http://127.0.0.1:8008",
      USHER_USER_ID: "@usher:localhost",
      USHER_PASSWORD_FILE: "password",
      USHER_DATA_DIR: "data",
      USHER_OPERATORS: "@ann:localhost, @bob:localhost",
      USHER_PREFIXES: "!u",
      USHER_LOG_LEVEL: "debug",
    };

    it("is enough without a file, and its paths start at the working directory", () => {
      expect(loadConfig(env, filesOf({}), "/home/ann")).toMatchObject({
        mode: "trial",
        homeserver: {
          url: "http://127.0.0.1:8008",
          userId: "@usher:localhost",
          credential: { kind: "password", passwordFile: "/home/ann/password" },
        },
        dataDir: "/home/ann/data",
        operators: ["@ann:localhost", "@bob:localhost"],
        prefixes: ["!u"],
        logLevel: "debug",
        access: { inviters: { allow: ["localhost"] } },
      });
    });

    it("says where systemd gives the service its credentials: there alone the group's bit opens nothing", () => {
      const at = (file: string, folder?: string): boolean =>
        load({ ...good, keys: { file } }, { CREDENTIALS_DIRECTORY: folder }).keys.groupMayRead;
      expect(at("/run/credentials/usher/ring", "/run/credentials/usher")).toBe(true);
      expect(at("/run/credentials/usher-2/ring", "/run/credentials/usher")).toBe(false);
      expect(at("/run/credentials/usher/../ring", "/run/credentials/usher")).toBe(false);
      expect(at("/run/credentials/usher/ring")).toBe(false);
    });

    it("overrides the file, its credential included; an empty variable does not", () => {
      const config = load(good, {
        ...env,
        USHER_MODE: "",
        USHER_USER_ID: " ",
        USHER_CONFIG: "/etc/usher/config.json",
      });
      expect(config.homeserver).toEqual({
        url: "http://127.0.0.1:8008",
        userId: "@usher:example.org",
        credential: { kind: "password", passwordFile: "/etc/usher/password" },
      });
    });

    it("names the variable that a wrong value came from", () => {
      expect(
        problems(() =>
          load(good, { USHER_OPERATORS: "@ann:localhost,bob", USHER_LOG_LEVEL: "loud" }),
        ),
      ).toEqual([
        "operators[1] (from USHER_OPERATORS) must be a Matrix ID such as @name:example.org.",
        'logLevel (from USHER_LOG_LEVEL) must be one of "debug", "info", "warn", "error", "silent".',
      ]);
    });

    it("says how to begin where there is neither a file nor enough of it", () => {
      expect(
        problems(() =>
          loadConfig({ USHER_HOMESERVER_URL: "http://localhost" }, filesOf({}), "/home/ann"),
        ),
      ).toEqual([
        "There is no /home/ann/config.json. `npm run setup` writes one.",
        "homeserver.userId is missing. Usher's own account. It can also be given as USHER_USER_ID.",
      ]);
    });

    it("says that a named file is missing", () => {
      expect(
        problems(() =>
          loadConfig({ ...env, USHER_CONFIG: "other.json" }, filesOf({}), "/home/ann"),
        ),
      ).toEqual(["There is no file /home/ann/other.json, which USHER_CONFIG names."]);
      expect(configPath({ USHER_CONFIG: "other.json" }, "/home/ann")).toBe("/home/ann/other.json");
    });
  });

  it("tells everything that is wrong at once, with the setting that was likely meant", () => {
    const wrong = {
      mode: "test",
      homeserver: { url: "matrix.example.org", userId: "usher", acessToken: "s3cret-token" },
      userId: "@usher:example.org",
      operators: "@ann:example.org",
      operatorsRoom: "room",
      prefixes: [],
      access: { inviters: { alow: ["example.org"], perHour: 0 } },
      limits: { pageBytes: 60_000, confirmationMinutes: 0 },
      crypto: { engine: "Wasm" },
      confirmation: { yes: ["ja", "NO", "oh yes"], no: ["nein", "Confirm", "Ja"] },
      minimumAge: 15.5,
      weather: "fine",
    };
    expect(problems(() => load(wrong)).toSorted()).toEqual(
      [
        'mode must be one of "production", "trial".',
        "homeserver.url must be an address that begins with https:// or http://, without a user name in it.",
        "homeserver.userId must be a Matrix ID such as @name:example.org.",
        "homeserver.acessToken is not a setting. Did you mean homeserver.accessToken?",
        "operators must be a list in square brackets.",
        "operatorsRoom must be a room id such as !abc:example.org, or an address such as #name:example.org.",
        "prefixes must name at least one.",
        "access.inviters.alow is not a setting. Did you mean access.inviters.allow?",
        "access.inviters.perHour must be at least 1.",
        "limits.pageBytes must be at most 50000: an event holds 65536 bytes, and encryption takes its share.",
        "limits.confirmationMinutes must be more than 0.",
        'crypto.engine must be one of "wasm", "native", "off".',
        "confirmation.yes[0] must not mean both yes and no.",
        "confirmation.yes[1] must not mean both yes and no.",
        "confirmation.yes[2] must be one word of at most 32 letters.",
        "confirmation.no[1] must not mean both yes and no.",
        "confirmation.no[2] must not mean both yes and no.",
        "minimumAge must be a whole number.",
        "userId is not a setting. Did you mean homeserver.userId?",
        "weather is not a setting.",
      ].toSorted(),
    );
  });

  it("wants exactly one credential", () => {
    const { accessToken: _, ...none } = good.homeserver;
    const sentence = [
      "homeserver needs exactly one of accessToken, accessTokenFile and passwordFile.",
    ];
    expect(problems(() => load({ ...good, homeserver: none }))).toEqual(sentence);
    expect(
      problems(() => load({ ...good, homeserver: { ...good.homeserver, passwordFile: "p" } })),
    ).toEqual(sentence);
  });

  it("quotes no value in a complaint", () => {
    const text = '{"homeserver": {"accessToken": "s3cret-token" "userId": 1}}';
    const torn = problems(() =>
      loadConfig({}, filesOf({ "/etc/usher/config.json": text }), "/etc/usher"),
    );
    expect(torn).toEqual(["/etc/usher/config.json is not well-formed JSON (line 1 column 47)."]);
    const wrong = problems(() =>
      load({
        ...good,
        homeserver: { url: "s3cret-token", userId: "s3cret-token", accessToken: ["s3cret-token"] },
      }),
    );
    expect(wrong).toHaveLength(3);
    expect(wrong.join()).not.toContain("s3cret-token");
    expect(problems(() => load([]))).toEqual([
      "/etc/usher/config.json must hold one group of settings in curly brackets.",
    ]);
  });

  describe("placeholders", () => {
    const operator = {
      legalName: "Verein Beispiel e.V.",
      contacts: { support: "help@matrix.club", dpo: "privacy@matrix.club" },
      noticeUrl: "https://matrix.club/privacy",
      controller: { address: "Am Dorfplatz 1, 12345 Neustadt" },
    };
    const notice = {
      supervisoryAuthority: {
        name: "Aufsicht",
        url: "https://aufsicht.club/beschwerde",
        guidanceUrl: "https://aufsicht.club/rechte",
      },
      homeserver: { federated: true, policyUrl: "https://matrix.club/homeserver" },
      hosting: [{ name: "Rechner GmbH", location: "Bonn", policy: "https://rechner.club/privacy" }],
    };
    const production = {
      mode: "production",
      homeserver: { url: "https://matrix.club", userId: "@usher:my-example.org", accessToken: "t" },
      operators: ["@ann:matrix.club"],
      operator,
      notice,
    };
    /** What is said first of each problem: the setting. */
    const named = (said: readonly string[]): readonly (string | undefined)[] =>
      said.map((sentence) => sentence.split(" ")[0]);

    it("R83 are refused in production mode, which is the default", () => {
      expect(load(production)).toMatchObject({ operator, notice, warnings: [] });
      expect(load({ ...production, operators: [] }).warnings).toEqual([
        "No operators are named, so nobody can give Usher operators' commands: see the setting operators.",
        "There is no operators' room either, so nobody is told when people ask for their rights, which must be answered within a month: see the setting operatorsRoom.",
      ]);
      const withRoom = { ...production, operators: [], operatorsRoom: "!office:matrix.club" };
      expect(load(withRoom).warnings).toHaveLength(1);
      const sample = { ...(JSON.parse(renderSampleConfig()) as object), dataDir: "./data" };
      const said = problems(() => load(sample, {}, { "/etc/usher/secrets/access-token": "t" }));
      expect(named(said)).toEqual([
        "homeserver.url",
        "homeserver.userId",
        "operators[0]",
        "access.inviters.allow[0]",
        "operator.legalName",
        "operator.tradingName",
        "operator.controller.name",
        "operator.controller.address",
        "operator.controller.contact",
        "operator.contacts.support",
        "operator.contacts.dpo",
        "operator.contacts.complaints",
        "operator.contacts.security",
        "operator.noticeUrl",
        "notice.supervisoryAuthority.name",
        "notice.supervisoryAuthority.url",
        "notice.supervisoryAuthority.guidanceUrl",
        "notice.homeserver.name",
        "notice.homeserver.policyUrl",
        "notice.hosting[0].name",
        "notice.hosting[0].location",
        "notice.hosting[0].policy",
        "notice.ddosProvider.name",
        "notice.ddosProvider.policy",
        "notice.transfers",
        "notice.reviewedBy",
      ]);
      expect(said[0]).toContain("is still a placeholder.");
    });

    it("R5 production mode needs to know who answers for Usher, but not a data-protection officer", () => {
      const { contacts } = operator;
      const without = { ...operator, contacts: { support: contacts.support } };
      const { operator: found } = load({ ...production, operator: without });
      expect(found.contacts.dpo).toBeUndefined();
      expect(found.controller).toEqual({
        name: operator.legalName,
        address: operator.controller.address,
        contact: contacts.support,
      });
    });

    it("R83 asks the support, and the officer, where a role has no contact of its own", () => {
      expect(load(production).operator.controller.contact).toBe(operator.contacts.dpo);
      expect(load(production).operator.contacts).toEqual({
        ...operator.contacts,
        complaints: operator.contacts.support,
        security: operator.contacts.support,
      });
      const contacts = {
        ...operator.contacts,
        complaints: "c@matrix.club",
        security: "s@matrix.club",
      };
      const own = load({ ...production, operator: { ...operator, contacts } });
      expect(own.operator.contacts).toEqual(contacts);
    });

    it("R5 production mode names each fact of the notice that is missing, with a code of its own", () => {
      const nothing = (): unknown => load({ ...production, operator: {}, notice: {} });
      const said = problems(nothing);
      expect(named(said)).toEqual([
        "operator.legalName",
        "operator.controller.address",
        "operator.contacts.support",
        "operator.noticeUrl",
        "notice.supervisoryAuthority.name",
        "notice.supervisoryAuthority.url",
        "notice.supervisoryAuthority.guidanceUrl",
        "notice.homeserver.federated",
        "notice.homeserver.policyUrl",
        "notice.hosting",
      ]);
      expect(said.every((one) => one.includes(" is missing. "))).toBe(true);
      expect(codeOf(nothing)).toBe("notice-incomplete");
      const url = { ...production.homeserver, url: "https://example.org" };
      expect(codeOf(() => load({ ...production, homeserver: url }))).toBeUndefined();
    });

    it("R83 finds a placeholder wherever one stands in the notice, also in what may be left out", () => {
      const more = {
        ...notice,
        safeguards: [{ statement: "<how>", attestedOn: "2026-11-01" }],
        reviewedBy: "TODO",
        ddosProvider: { name: "Schild", policy: "https://example.com/privacy" },
      };
      expect(named(problems(() => load({ ...production, notice: more })))).toEqual([
        "notice.ddosProvider.policy",
        "notice.safeguards[0].statement",
        "notice.reviewedBy",
      ]);
      const trial = load({ ...production, mode: "trial", notice: more }).notice;
      expect(trial).toMatchObject({ safeguards: [], hosting: notice.hosting });
      expect([trial.ddosProvider, trial.reviewedBy]).toEqual([undefined, undefined]);
    });

    it("R3 names this Usher where no instances are named, and those that are", () => {
      expect(load(production).notice.instances).toEqual([
        { name: "Usher", userId: production.homeserver.userId },
      ]);
      const instances = [{ name: "Porter", userId: "@porter:matrix.club" }];
      expect(load({ ...production, notice: { ...notice, instances } }).notice.instances).toEqual(
        instances,
      );
    });

    it("R72 takes a day for when a safeguard was vouched for, and no other text", () => {
      const on = (attestedOn: string): object => ({
        ...production,
        notice: { ...notice, safeguards: [{ statement: "Disks are encrypted.", attestedOn }] },
      });
      expect(load(on("2026-02-28")).notice.safeguards).toHaveLength(1);
      for (const wrong of ["2026-02-30", "28.2.2026", "2026-2-28", ""])
        expect(problems(() => load(on(wrong)))).toEqual([
          "notice.safeguards[0].attestedOn must be a day such as 2026-11-29.",
        ]);
    });

    it("count as not said in trial mode", () => {
      const config = load({
        ...good,
        operator: {
          ...operator,
          legalName: "<your name>",
          noticeUrl: "https://example.org/privacy",
        },
      });
      expect(config.operator).toEqual({
        legalName: undefined,
        tradingName: undefined,
        affiliates: [],
        agents: [],
        controller: {
          name: undefined,
          address: operator.controller.address,
          contact: operator.contacts.dpo,
        },
        successors: [],
        contacts: {
          ...operator.contacts,
          complaints: operator.contacts.support,
          security: operator.contacts.support,
        },
        noticeUrl: undefined,
      });
    });
  });

  it("shows no secret and no name of a person in the redacted form", () => {
    const shown = JSON.stringify(
      redactedConfig(load({ ...good, access: { inviters: { allow: ["@ann:*", "example.org"] } } })),
    );
    expect(shown).not.toContain("s3cret-token");
    expect(shown).not.toContain("@ann");
    expect(shown).toContain("@…:example.org");
  });
});
