import { z } from "zod";
import type { ConfigSection } from "../config/configSection.ts";
import type { Config } from "../config/load.ts";
import { ConfigError } from "../config/problems.ts";
import { secretsOf, secretWarnings } from "../config/secrets.ts";
import type { KindDefinition, PreparedKind } from "./kind.ts";

const NOTHING_SET: ConfigSection<object> = { key: "", schema: z.object({}), of: () => ({}) };

/**
 * Each kind with its own section of the configuration and the secrets in the files that this names; nothing else of it reaches a kind.
 * Throws one `ConfigError` with everything that is wrong with them.
 */
export function prepareKinds(
  kinds: readonly KindDefinition[],
  config: Pick<Config, "folder">,
): readonly PreparedKind[] {
  const problems: string[] = [];
  const prepared = kinds.flatMap((kind) => {
    const { configSection = NOTHING_SET } = kind;
    try {
      const secrets = secretsOf(configSection, config);
      return [kind.prepare({ settings: configSection.of(config), secrets })];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return prepared;
}

/** What of the kinds' configuration is not wrong but should be looked at; whole sentences for the operator. Never throws. */
export function kindWarnings(
  kinds: readonly KindDefinition[],
  config: Pick<Config, "folder">,
): readonly string[] {
  return kinds.flatMap(({ configSection = NOTHING_SET }) => secretWarnings(configSection, config));
}
