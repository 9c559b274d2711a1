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

/** A section by its name in the file. Throws where `schema` is not whole with nothing set: Usher would not start any more with a file that was whole before the kind came. */
export function configSection<T>(key: string, schema: z.ZodType<T>): ConfigSection<T> {
  if (!schema.safeParse(undefined).success)
    throw new Error(
      `The section "${key}" must be whole where the file says nothing of it: give each of its settings a default or make it optional, and end the section's object with .prefault({}).`,
    );
  return { key, schema, of: (config) => (config as Readonly<Record<string, T>>)[key] as T };
}
