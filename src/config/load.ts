import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, basename, join, resolve } from "node:path";
import type { z } from "zod";
import { deepFreeze } from "../kernel/freeze.ts";
import { serverOf, type RoomAlias, type RoomId, type UserId } from "../kernel/ids.ts";
import { productionProblems, real } from "./placeholder.ts";
import { ConfigError, sentences } from "./problems.ts";
import { configSchema } from "./schema.ts";
import { settings, type Setting } from "./settings.ts";

type Settings = z.infer<typeof configSchema>;

/** How Usher proves who it is: with a token, or with a password that is needed once (`openSession`). */
export type Credential =
  | { readonly kind: "token"; readonly accessToken: string }
  | { readonly kind: "password"; readonly passwordFile: string };

/** The configuration, complete and checked: defaults filled in, secrets read, paths absolute. Frozen. */
export interface Config extends Readonly<
  Pick<
    Settings,
    | "mode"
    | "confirmation"
    | "prefixes"
    | "privateHosts"
    | "language"
    | "minimumAge"
    | "limits"
    | "logLevel"
  >
> {
  readonly homeserver: {
    readonly url: string;
    readonly userId: UserId;
    readonly credential: Credential;
  };
  /** Where relative paths in the file begin. */
  readonly folder: string;
  readonly dataDir: string;
  readonly operators: readonly UserId[];
  readonly operatorsRoom: RoomId | RoomAlias | undefined;
  readonly access: {
    readonly inviters: {
      readonly allow: readonly string[];
      readonly perSenderPerHour: number;
      readonly perHour: number;
    };
  };
  /** What is known of the operator. A placeholder is absent: whoever answers from this says that it has not been said. */
  readonly operator: {
    readonly legalName: string | undefined;
    readonly contacts: { readonly support: string | undefined; readonly dpo: string | undefined };
    readonly noticeUrl: string | undefined;
  };
  readonly crypto: Readonly<Settings["crypto"]> & {
    readonly recoveryKeyFile: string;
    readonly storeKeyFile: string;
  };
  /** What is not wrong but should be looked at; whole sentences for the operator, to be printed at the start. */
  readonly warnings: readonly string[];
}

/** What loading needs of the file system. Reading throws as `node:fs` does. */
export interface ConfigFiles {
  read(path: string): string;
  /** The permission bits. */
  mode(path: string): number;
  /** Never throws. */
  exists(path: string): boolean;
}

const configFiles: ConfigFiles = {
  read: (path) => readFileSync(path, "utf8"),
  mode: (path) => statSync(path).mode,
  exists: existsSync,
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the configuration file is: `USHER_CONFIG`, or `config.json` in the working directory. Absolute. */
export function configPath(env: Environment, workingDirectory: string = process.cwd()): string {
  return resolve(workingDirectory, given(env, "USHER_CONFIG") ?? "config.json");
}

/** An empty variable counts as not set. */
function given(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === "" ? undefined : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "unknown reason";
}

const CREDENTIALS = ["accessToken", "accessTokenFile", "passwordFile"] as const;
const PATH_SETTINGS = ["dataDir", "homeserver.accessTokenFile", "homeserver.passwordFile"];

/** Lays the environment's values over the file's. Paths among them are relative to the working directory, as a shell's user expects. */
function override(
  raw: Record<string, unknown>,
  env: Environment,
  workingDirectory: string,
): Setting[] {
  const found = settings.filter(
    (setting) => setting.env !== undefined && given(env, setting.env) !== undefined,
  );
  for (const setting of found) {
    const group = setting.path.slice(0, -1).reduce((parent, key) => {
      if (!isRecord(parent[key])) parent[key] = {};
      return parent[key] as Record<string, unknown>;
    }, raw);
    const text = given(env, setting.env ?? "") ?? "";
    const value = PATH_SETTINGS.includes(setting.name) ? resolve(workingDirectory, text) : text;
    const key = setting.path.at(-1) ?? "";
    if (CREDENTIALS.some((name) => name === key)) {
      const others = found.map((other) => other.path.at(-1));
      for (const name of CREDENTIALS)
        if (!others.includes(name)) Reflect.deleteProperty(group, name);
    }
    group[key] =
      setting.type === "list of texts" ? value.split(",").map((part) => part.trim()) : value;
  }
  return found;
}

/** The file's settings, unchecked; undefined if there is none and none was asked for. */
function readFile(
  path: string,
  named: boolean,
  files: ConfigFiles,
): Record<string, unknown> | undefined {
  let text: string;
  try {
    text = files.read(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" && !named) return undefined;
    throw new ConfigError([
      code === "ENOENT"
        ? `There is no file ${path}, which USHER_CONFIG names.`
        : `${path} cannot be read (${code}).`,
    ]);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    // Only the place is told: the rest of the message quotes the text, and that could be a secret.
    const place = /line \d+ column \d+/.exec(error instanceof Error ? error.message : "")?.[0];
    throw new ConfigError([
      `${path} is not well-formed JSON${place === undefined ? "" : ` (${place})`}.`,
    ]);
  }
  if (!isRecord(parsed))
    throw new ConfigError([`${path} must hold one group of settings in curly brackets.`]);
  return parsed;
}

/**
 * Reads the configuration: the file (`USHER_CONFIG`, else `config.json` in the working directory), overridden by the environment,
 * secrets from their files. Relative paths in the file start at its folder. Throws one `ConfigError` with everything that is wrong.
 */
export function loadConfig(
  env: Environment,
  files: ConfigFiles = configFiles,
  workingDirectory: string = process.cwd(),
): Config {
  const path = configPath(env, workingDirectory);
  const problems: string[] = [];
  const warnings: string[] = [];
  const warnIfOpen = (file: string, what: string): void => {
    if ((files.mode(file) & 0o077) !== 0)
      warnings.push(`${file} holds ${what}, and others on this machine can read it: chmod 600 it.`);
  };

  const file = readFile(path, given(env, "USHER_CONFIG") !== undefined, files);
  const raw = file ?? {};
  const fromEnvironment = override(raw, env, workingDirectory);
  const result = configSchema.safeParse(raw);
  if (!result.success) {
    if (file === undefined) problems.push(`There is no ${path}. \`npm run setup\` writes one.`);
    throw new ConfigError([...problems, ...sentences(result.error, raw, fromEnvironment)]);
  }
  const checked = result.data;
  const here = (relative: string): string => resolve(dirname(path), relative);

  const { accessToken, accessTokenFile, passwordFile, url, userId } = checked.homeserver;
  let credential: Credential | undefined;
  if (
    [accessToken, accessTokenFile, passwordFile].filter((one) => one !== undefined).length !== 1
  ) {
    problems.push("homeserver needs exactly one of accessToken, accessTokenFile and passwordFile.");
  } else if (passwordFile !== undefined) {
    credential = { kind: "password", passwordFile: here(passwordFile) };
    // After the first log-in it may be gone.
    if (files.exists(credential.passwordFile)) warnIfOpen(credential.passwordFile, "the password");
  } else if (accessToken !== undefined) {
    if (file !== undefined) warnIfOpen(path, "the access token");
    credential = { kind: "token", accessToken };
  } else if (accessTokenFile !== undefined) {
    const tokenFile = here(accessTokenFile);
    try {
      const token = files.read(tokenFile).trim();
      if (!/^\S+$/u.test(token))
        problems.push(
          `${tokenFile}, named by homeserver.accessTokenFile, must hold the access token and nothing else.`,
        );
      warnIfOpen(tokenFile, "the access token");
      credential = { kind: "token", accessToken: token };
    } catch (error) {
      problems.push(
        `${tokenFile}, named by homeserver.accessTokenFile, cannot be read (${codeOf(error)}).`,
      );
    }
  }
  if (checked.mode === "production") problems.push(...productionProblems(checked));
  if (problems.length > 0 || credential === undefined) throw new ConfigError(problems);
  if (checked.mode === "production" && checked.operators.length === 0)
    warnings.push(
      "No operators are named, so nobody can give Usher operators' commands: see the setting operators.",
    );

  const dataDir = here(checked.dataDir);
  const besideData = (name: string): string =>
    join(dirname(dataDir), "secrets", `${basename(dataDir)}-${name}`);
  const { legalName, contacts, noticeUrl } = checked.operator;
  return deepFreeze({
    ...checked,
    homeserver: { url: url.replace(/\/+$/, ""), userId: userId as UserId, credential },
    folder: dirname(path),
    dataDir,
    operators: checked.operators as UserId[],
    operatorsRoom: checked.operatorsRoom as RoomId | RoomAlias | undefined,
    access: {
      inviters: {
        ...checked.access.inviters,
        allow: checked.access.inviters.allow ?? [serverOf(userId as UserId)],
      },
    },
    operator: {
      legalName: real(legalName),
      contacts: { support: real(contacts.support), dpo: real(contacts.dpo) },
      noticeUrl: real(noticeUrl),
    },
    crypto: {
      ...checked.crypto,
      recoveryKeyFile: here(checked.crypto.recoveryKeyFile ?? besideData("recovery-key")),
      storeKeyFile: here(checked.crypto.storeKeyFile ?? besideData("store-key")),
    },
    warnings,
  });
}

/** The configuration as it may be shown to somebody who helps: without secrets, and people only by their server. */
export function redactedConfig(config: Config): unknown {
  const hidden = (text: string): string => text.replace(/^@[^:]*/u, "@…");
  return {
    ...config,
    homeserver: {
      ...config.homeserver,
      credential:
        config.homeserver.credential.kind === "token"
          ? { kind: "token", accessToken: "[hidden]" }
          : config.homeserver.credential,
    },
    operators: config.operators.map(hidden),
    access: {
      inviters: { ...config.access.inviters, allow: config.access.inviters.allow.map(hidden) },
    },
  };
}
