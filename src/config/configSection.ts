import type { z } from "zod";

/** The part of the configuration that one kind of integration reads. */
export interface ConfigSection<T> {
  /** Its name in the file. */
  readonly key: string;
  readonly schema: z.ZodType<T>;
  /** What the configuration says there, complete and checked. */
  of(config: object): T;
}

/** What a section says. */
export type SettingsOf<C> = C extends ConfigSection<infer T> ? T : never;

export function configSection<T>(key: string, schema: z.ZodType<T>): ConfigSection<T> {
  return { key, schema, of: (config) => (config as Readonly<Record<string, T>>)[key] as T };
}
