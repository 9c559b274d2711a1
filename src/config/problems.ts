import type { z } from "zod";
import type { ErrorCode } from "../kernel/errorCodes.ts";
import { nearest } from "../kernel/nearest.ts";
import { settings, settingTree, type Setting, type SettingNode } from "./settings.ts";

/** Everything that is wrong with a configuration, as plain sentences. None quotes a value, which could be a secret. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  /** Of what all these are a part, where that has a sentence of its own. */
  readonly code: ErrorCode | undefined;

  constructor(
    problems: readonly string[],
    options: ErrorOptions & { readonly code?: ErrorCode | undefined } = {},
  ) {
    super(problems.join("\n"), options);
    this.code = options.code;
    this.name = "ConfigError";
    this.problems = problems;
  }
}

type Path = readonly PropertyKey[];

/** `operators[0]`, `homeserver.url`. */
function nameOf(path: Path): string {
  return path
    .map((part, index) =>
      typeof part === "number" ? `[${String(part)}]` : `${index === 0 ? "" : "."}${String(part)}`,
    )
    .join("");
}

function nodeAt(path: Path): SettingNode | undefined {
  let node: SettingNode | undefined = settingTree;
  for (const part of path)
    node = typeof part === "number" ? node?.items : node?.properties?.[String(part)];
  return node;
}

function isMissing(raw: unknown, path: Path): boolean {
  let value = raw;
  for (const part of path) {
    if (typeof value !== "object" || value === null) return true;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value === undefined;
}

/** The setting that was most likely meant: a neighbour with a like name, or one of the same name elsewhere. */
function meant(group: Path, key: string): string | undefined {
  const neighbour = nearest(key, Object.keys(nodeAt(group)?.properties ?? {}));
  if (neighbour !== undefined) return nameOf([...group, neighbour]);
  return settings.find((setting) => setting.path.at(-1)?.toLowerCase() === key.toLowerCase())?.name;
}

const KINDS: Readonly<Record<string, string>> = {
  string: "must be a text in quotation marks.",
  number: "must be a number.",
  int: "must be a whole number.",
  boolean: "must be true or false.",
  array: "must be a list in square brackets.",
  object: "must be a group of settings in curly brackets.",
};

/** What the schema found wrong, one sentence a fault. `fromEnvironment` holds the settings whose value came from a variable. */
export function sentences(
  error: z.ZodError,
  raw: unknown,
  fromEnvironment: readonly Setting[],
): string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => {
        const guess = meant(issue.path, key);
        return `${nameOf([...issue.path, key])} is not a setting.${guess === undefined ? "" : ` Did you mean ${guess}?`}`;
      });
    }
    const variable = fromEnvironment.find((setting) =>
      setting.path.every((part, index) => issue.path[index] === part),
    )?.env;
    const name = `${nameOf(issue.path) || "The configuration"}${variable === undefined ? "" : ` (from ${variable})`}`;
    if (issue.code === "invalid_type") {
      if (isMissing(raw, issue.path)) {
        const node = nodeAt(issue.path);
        const env = node?.env === undefined ? "" : ` It can also be given as ${node.env}.`;
        return [`${name} is missing. ${node?.description ?? ""}${env}`];
      }
      return [`${name} ${KINDS[issue.expected] ?? "is of the wrong kind."}`];
    }
    if (issue.code === "invalid_value")
      return [
        `${name} must be one of ${issue.values.map((value) => `"${String(value)}"`).join(", ")}.`,
      ];
    return [`${name} ${issue.message}`];
  });
}
