import { resolve } from "node:path";
import { UsherError } from "../kernel/errors.ts";
import type { ConfigSection } from "./configSection.ts";
import type { Config } from "./load.ts";
import { ConfigError } from "./problems.ts";
import { Secret } from "./secret.ts";
import { readSecretFile, type SecretFile } from "./secretFile.ts";

/** The secrets that the operator has configured for one kind. */
export interface Secrets {
  /**
   * What the file holds that the setting `<name>File` names, as `maubot.password` for one within another and `catalogue[irc].provisioning.secret` for one within
   * a list's entry of that id; undefined where that is left out. Read each time: a secret that is changed needs no restart. Throws `secret-unreadable` (view:
   * `setting`).
   */
  read(name: string): Secret | undefined;
}

type SecretSection = Pick<ConfigSection<object>, "key" | "of">;

/**
 * The secrets of a kind's own section. Throws a `ConfigError` where one of them cannot be read now: better at the start than when somebody needs it.
 */
export function secretsOf(section: SecretSection, config: Pick<Config, "folder">): Secrets {
  const files = secretFiles(section, config);
  const problems = files.flatMap((file) => {
    const found = readSecretFile(file);
    return "problem" in found ? [found.problem] : [];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    read: (name) => {
      const setting = `${section.key}.${name}File`;
      const file = files.find((one) => one.setting === setting);
      if (file === undefined) return undefined;
      const found = readSecretFile(file);
      if ("problem" in found) throw new UsherError("secret-unreadable", { setting });
      return new Secret(found.text);
    },
  };
}

/** Sentences for the operator about those of its secrets that others on the machine can read. */
export function secretWarnings(
  section: SecretSection,
  config: Pick<Config, "folder">,
): readonly string[] {
  return secretFiles(section, config).flatMap((file) => {
    const found = readSecretFile(file);
    return "problem" in found ? [] : found.warnings;
  });
}

function secretFiles(
  section: SecretSection,
  { folder, ...config }: Pick<Config, "folder">,
): readonly SecretFile[] {
  return named(section.of(config), section.key).map(({ setting, path }) => ({
    path: resolve(folder, path),
    setting,
    what: "a secret",
  }));
}

/** The settings that name a file, in an object of settings or a list and in what is within: a list's entry goes by its id, or by its place where it has none. */
function named(
  settings: object,
  under: string,
): readonly { readonly setting: string; readonly path: string }[] {
  return Object.entries(settings).flatMap(([name, value]: [string, unknown]) => {
    const setting = Array.isArray(settings)
      ? `${under}[${idOf(value) ?? name}]`
      : `${under}.${name}`;
    if (typeof value === "string") return name.endsWith("File") ? [{ setting, path: value }] : [];
    return value !== null && typeof value === "object" ? named(value, setting) : [];
  });
}

function idOf(entry: unknown): string | undefined {
  if (entry === null || typeof entry !== "object" || !("id" in entry)) return undefined;
  return typeof entry.id === "string" ? entry.id : undefined;
}
