import { dirname, basename, join, resolve, sep } from "node:path";
import type { z } from "zod";
import { deepFreeze } from "../kernel/freeze.ts";
import { serverOf, type RoomAlias, type RoomId, type UserId } from "../kernel/ids.ts";
import { configFiles, codeOf, type ConfigFiles } from "./configFiles.ts";
import { credentialOf, type Credential } from "./credential.ts";
import { noticeFacts, operatorFacts, type NoticeFacts, type OperatorFacts } from "./facts.ts";
import { logWarnings } from "./logs.ts";
import { productionProblems } from "./production.ts";
import { ConfigError, sentences } from "./problems.ts";
import { configSchema } from "./schema.ts";
import { openWarnings } from "./secretFile.ts";
import { settings, type Setting } from "./settings.ts";
import { synapseOf, type SynapseAccess } from "./synapse.ts";

type Settings = z.infer<typeof configSchema>;

/** The configuration, complete and checked: defaults filled in, secrets read, paths absolute. Frozen. */
export interface Config extends Readonly<
  Pick<
    Settings,
    | "mode"
    | "confirmation"
    | "prefixes"
    | "describeCommands"
    | "privateHosts"
    | "language"
    | "minimumAge"
    | "limits"
    | "logLevel"
    | "logs"
    | "http"
    | "retention"
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
  readonly tombstonesFile: string;
  readonly auditEndFile: string;
  readonly runsEndFile: string;
  readonly backup: {
    readonly recipient: string | undefined;
    readonly folder: string;
    readonly keepDays: number;
    readonly identityFile: string | undefined;
  };
  readonly keys: {
    readonly file: string;
    /** It is a credential of systemd: the service's own folder, where the group's bit opens nothing to others. */
    readonly groupMayRead: boolean;
  };
  readonly operators: readonly UserId[];
  readonly officers: { readonly dpo: readonly UserId[]; readonly support: readonly UserId[] };
  readonly operatorsRoom: RoomId | RoomAlias | undefined;
  readonly access: {
    readonly inviters: {
      readonly allow: readonly string[];
      readonly perSenderPerHour: number;
      readonly perHour: number;
    };
  };
  readonly operator: OperatorFacts;
  readonly notice: NoticeFacts;
  readonly crypto: Readonly<Settings["crypto"]> & {
    readonly recoveryKeyFile: string;
    readonly storeKeyFile: string;
  };
  readonly synapse: SynapseAccess;
  /** What is not wrong but should be looked at; whole sentences for the operator, to be printed at the start. */
  readonly warnings: readonly string[];
}

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

const NO_PROBLEMS = { problems: [], ofNotice: false };
const CREDENTIALS = ["accessToken", "accessTokenFile", "passwordFile"] as const;
const PATH_SETTINGS = [
  "dataDir",
  "keys.file",
  "homeserver.accessTokenFile",
  "homeserver.passwordFile",
];

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
  const file = readFile(path, given(env, "USHER_CONFIG") !== undefined, files);
  const raw = file ?? {};
  const fromEnvironment = override(raw, env, workingDirectory);
  const result = configSchema.safeParse(raw);
  if (!result.success) {
    const missing =
      file === undefined ? [`There is no ${path}. \`npm run setup\` writes one.`] : [];
    throw new ConfigError([...missing, ...sentences(result.error, raw, fromEnvironment)]);
  }
  const checked = result.data;
  const found = credentialOf(checked.homeserver, path, file !== undefined, files);
  const { credential } = found;
  const { synapse, ...foundOfSynapse } = synapseOf(checked.synapse, path, files);
  const { problems, ofNotice } =
    checked.mode === "production" ? productionProblems(checked) : NO_PROBLEMS;
  const secretProblems = [...found.problems, ...foundOfSynapse.problems];
  if (secretProblems.length + problems.length > 0 || credential === undefined)
    throw new ConfigError([...secretProblems, ...problems], {
      code: ofNotice ? "notice-incomplete" : undefined,
    });
  const config = { ...completed(checked, path, credential, env), synapse };
  const keys = [
    [config.crypto.recoveryKeyFile, "the recovery key"],
    [config.crypto.storeKeyFile, "the key of the encryption store"],
  ] as const;
  const warnings = [
    ...found.warnings,
    ...foundOfSynapse.warnings,
    ...keys.flatMap(([file, what]) => (files.exists(file) ? openWarnings(file, what, files) : [])),
    ...operatorWarnings(checked),
    ...logWarnings(checked.mode, checked.logs.to),
  ];
  return deepFreeze({ ...config, warnings });
}

function operatorWarnings({ mode, operators, operatorsRoom }: Settings): readonly string[] {
  if (mode !== "production" || operators.length > 0) return [];
  return [
    "No operators are named, so nobody can give Usher operators' commands: see the setting operators.",
    ...(operatorsRoom === undefined
      ? [
          "There is no operators' room either, so nobody is told when people ask for their rights, which must be answered within a month: see the setting operatorsRoom.",
        ]
      : []),
  ];
}

/** Whether a file is in the folder where systemd gives a service its credentials, and which it shuts for all others. */
function isCredential(file: string, env: Environment): boolean {
  const folder = given(env, "CREDENTIALS_DIRECTORY");
  return folder !== undefined && file.startsWith(`${resolve(folder)}${sep}`);
}

/** The settings with what follows from others, and with paths that are absolute. */
function completed(
  checked: Settings,
  path: string,
  credential: Credential,
  env: Environment,
): Omit<Config, "warnings" | "synapse"> {
  const here = (relative: string): string => resolve(dirname(path), relative);
  const { url, userId } = checked.homeserver;
  const dataDir = here(checked.dataDir);
  const besideData = (name: string): string =>
    join(dirname(dataDir), "secrets", `${basename(dataDir)}-${name}`);
  const ring = here(checked.keys.file ?? besideData("key-ring"));
  return {
    ...checked,
    homeserver: { url: url.replace(/\/+$/, ""), userId: userId as UserId, credential },
    folder: dirname(path),
    dataDir,
    auditEndFile: here(checked.auditEndFile ?? besideData("audit-end")),
    runsEndFile: here(checked.runsEndFile ?? besideData("runs-end")),
    tombstonesFile: here(checked.tombstonesFile ?? besideData("erased")),
    keys: { file: ring, groupMayRead: isCredential(ring, env) },
    backup: {
      ...checked.backup,
      recipient: checked.backup.recipient,
      folder: here(checked.backup.folder ?? `${checked.dataDir}-backups`),
      identityFile: checked.backup.identityFile && here(checked.backup.identityFile),
    },
    operators: checked.operators as UserId[],
    officers: {
      dpo: checked.officers.dpo as UserId[],
      support: checked.officers.support as UserId[],
    },
    operatorsRoom: checked.operatorsRoom as RoomId | RoomAlias | undefined,
    access: {
      inviters: {
        ...checked.access.inviters,
        allow: checked.access.inviters.allow ?? [serverOf(userId as UserId)],
      },
    },
    operator: operatorFacts(checked.operator),
    notice: noticeFacts(checked.notice, userId as UserId),
    crypto: {
      ...checked.crypto,
      recoveryKeyFile: here(checked.crypto.recoveryKeyFile ?? besideData("recovery-key")),
      storeKeyFile: here(checked.crypto.storeKeyFile ?? besideData("store-key")),
    },
  };
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
    officers: {
      dpo: config.officers.dpo.map(hidden),
      support: config.officers.support.map(hidden),
    },
    access: {
      inviters: { ...config.access.inviters, allow: config.access.inviters.allow.map(hidden) },
    },
  };
}
