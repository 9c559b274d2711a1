import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { inspect } from "node:util";
import { UsherError } from "../kernel/errors.ts";
import type { ConfigSection } from "./configSection.ts";
import type { Config } from "./load.ts";
import { ConfigError } from "./problems.ts";

const HIDDEN = "[hidden]";

/** Text that must reach no log, document or sentence: it shows itself to whoever asks for it by name, and to nobody else. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** The secrets that the operator has configured for one kind. */
export interface Secrets {
  /**
   * What the file holds that the setting `<name>File` names; undefined where that is left out. Read each time: a secret that is changed needs no
   * restart. Throws `secret-unreadable` (view: `setting`).
   */
  read(name: string): Secret | undefined;
}

/**
 * The secrets of a kind's own section. Throws a `ConfigError` where one of them cannot be read now: better at the start than when somebody needs it.
 */
export function secretsOf(
  section: Pick<ConfigSection<object>, "key" | "of">,
  config: Pick<Config, "folder">,
): Secrets {
  const { key } = section;
  const files = Object.entries(section.of(config)).filter(
    (entry): entry is [string, string] => entry[0].endsWith("File") && typeof entry[1] === "string",
  );
  const paths = new Map(files.map(([setting, path]) => [setting, resolve(config.folder, path)]));
  const problems = [...paths].flatMap(([setting, path]) =>
    soleSecret(path) === undefined
      ? [
          `${path}, named by ${key}.${setting}, must be readable, and hold the secret and nothing else.`,
        ]
      : [],
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    read: (name) => {
      const setting = `${name}File`;
      const path = paths.get(setting);
      if (path === undefined) return undefined;
      const secret = soleSecret(path);
      if (secret === undefined)
        throw new UsherError("secret-unreadable", { setting: `${key}.${setting}` });
      return new Secret(secret);
    },
  };
}

/** What a file holds, if that is one word; undefined also where it cannot be read, for either way the operator must look at it. */
function soleSecret(path: string): string | undefined {
  try {
    return /^\s*(\S+)\s*$/u.exec(readFileSync(path, "utf8"))?.[1];
  } catch {
    return undefined;
  }
}
