import { settings, settingTree, type Setting } from "./settings.ts";

/** Our lists are short: one line each, as the formatter wants them. */
function json(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /\[\s+([^[\]]*?)\s+\]/g,
    (_, items: string) => `[${items.replace(/\s*\n\s*/g, " ")}]`,
  );
}

/** `config.sample.json`: every setting that has an example or a default, with that; lists of groups are left to the documentation. */
export function renderSampleConfig(): string {
  const sample: Record<string, unknown> = {};
  for (const setting of settings) {
    const value = setting.example ?? setting.default;
    if (value === undefined || setting.path.includes("[]")) continue;
    let group = sample;
    for (const key of setting.path.slice(0, -1))
      group = (group[key] ??= {}) as Record<string, unknown>;
    group[setting.path.at(-1) ?? ""] = value;
  }
  return `${json(sample)}\n`;
}

function describe(setting: Setting): string {
  const facts = [
    setting.required ? "Required." : undefined,
    setting.choices === undefined
      ? `A ${setting.type}.`
      : `${setting.choices.length === 1 ? "Only" : "One of"} ${setting.choices.map((choice) => `\`"${choice}"\``).join(", ")}.`,
    setting.default === undefined ? undefined : `Default: \`${JSON.stringify(setting.default)}\`.`,
    setting.example === undefined ? undefined : `Example: \`${JSON.stringify(setting.example)}\`.`,
    setting.env === undefined ? undefined : `Environment: \`${setting.env}\`.`,
  ];
  return `### \`${setting.name}\`\n\n${setting.description}\n\n${facts.filter((fact) => fact !== undefined).join(" ")}`;
}

/** `docs/configuration.md`. */
export function renderConfigurationDocs(): string {
  const groups = Object.entries(settingTree.properties ?? {}).filter(
    ([, node]) => node.type === "object",
  );
  const single = settings.filter((setting) => setting.path.length === 1);
  const variables = settings.flatMap((setting) =>
    setting.env === undefined
      ? []
      : [
          `- \`${setting.env}\`: \`${setting.name}\`${setting.type === "list of texts" ? ", separated by commas" : ""}`,
        ],
  );
  return `${[
    "# Configuration",
    "<!-- Generated from src/config/schema.ts and the kinds' config.ts by `npm run generate`. Change it there. -->",
    "Usher reads `config.json` in its working directory, or the file that `USHER_CONFIG` names. `npm run setup` writes one, and `config.sample.json` shows every setting (of the three ways to log in, one; of `synapse` no secret, of `http` nothing that would have it listen). " +
      "Without a file the environment variables below are enough. Whatever is wrong is said at once, all of it, and Usher does not start.",
    "Relative paths start at the folder of the configuration file; in an environment variable, at the working directory. " +
      "A file that holds a secret should be readable by its owner only (`chmod 600`); Usher warns where it is not.",
    "## Environment variables",
    "They override the file. An empty one counts as not set. One of `USHER_ACCESS_TOKEN_FILE` and `USHER_PASSWORD_FILE` replaces whatever credential the file names.",
    ["- `USHER_CONFIG`: the configuration file itself", ...variables].join("\n"),
    "## General",
    ...single.map(describe),
    ...groups.flatMap(([key, node]) => [
      `## ${key}`,
      ...(node.description === undefined ? [] : [node.description]),
      ...settings
        .filter((setting) => setting.path[0] === key && setting.path.length > 1)
        .map(describe),
    ]),
  ].join("\n\n")}\n`;
}
