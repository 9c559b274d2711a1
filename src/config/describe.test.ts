import { check } from "prettier";
import { describe, expect, it } from "vitest";
import { renderConfigurationDocs, renderSampleConfig } from "./describe.ts";
import { configSchema } from "./schema.ts";
import { settings } from "./settings.ts";

describe("the generated files", () => {
  it("the sample fits the schema and is formatted as the repository wants it", async () => {
    expect(configSchema.safeParse(JSON.parse(renderSampleConfig())).success).toBe(true);
    expect(await check(renderSampleConfig(), { parser: "json", printWidth: 140 })).toBe(true);
  });

  it("the sample shows every setting, of those that exclude each other one, and none that needs another program's secret", () => {
    const sample: unknown = JSON.parse(renderSampleConfig());
    const shown = ({ path }: (typeof settings)[number]): boolean =>
      path.reduce<unknown>(
        (group, key) => (group as Record<string, unknown> | undefined)?.[key],
        sample,
      ) !== undefined;
    const missing = settings
      .filter((setting) => !setting.path.includes("[]") && !shown(setting))
      .map(({ name }) => name);
    expect(missing).toEqual([
      "homeserver.accessToken",
      "homeserver.passwordFile",
      "backup.recipient",
      "backup.identityFile",
      "synapse.adminUrl",
      "synapse.adminTokenFile",
      "synapse.moduleSecretFile",
      "http.listen",
      "http.publicUrl",
    ]);
  });

  it("the documentation describes every setting and names every variable", async () => {
    const text = renderConfigurationDocs();
    for (const setting of settings) {
      expect(setting.description, `the description of ${setting.name}`).toMatch(/\.$/);
      expect(text).toContain(`### \`${setting.name}\`\n\n${setting.description}`);
      if (setting.env !== undefined)
        expect(text).toContain(`- \`${setting.env}\`: \`${setting.name}\``);
    }
    expect(await check(text, { parser: "markdown", printWidth: 140 })).toBe(true);
  });

  it("the variables have the names that scripts use", () => {
    expect(settings.flatMap((setting) => setting.env ?? []).toSorted()).toEqual([
      "USHER_ACCESS_TOKEN_FILE",
      "USHER_BACKUP_RECIPIENT",
      "USHER_DATA_DIR",
      "USHER_HOMESERVER_URL",
      "USHER_HTTP_LISTEN",
      "USHER_HTTP_PUBLIC_URL",
      "USHER_KEYS_FILE",
      "USHER_LOGS_TO",
      "USHER_LOG_LEVEL",
      "USHER_MODE",
      "USHER_OPERATORS",
      "USHER_PASSWORD_FILE",
      "USHER_PREFIXES",
      "USHER_USER_ID",
    ]);
  });
});
