import { z } from "zod";

const indexSchema = z.object({
  id: z.int(),
  name: z.string(),
  path: z.union([z.string(), z.array(z.string())]),
  unique: z.boolean(),
});

const storeSchema = z.object({
  id: z.int(),
  name: z.string(),
  indexes: z.array(indexSchema).readonly(),
});

const databaseSchema = z.object({
  version: z.int().nonnegative(),
  stores: z.array(storeSchema).readonly(),
});

/** What a database has besides its records. Never changed in place: an upgrade makes a new one, so that an aborted upgrade leaves no trace. */
export type DatabaseSchema = Readonly<z.infer<typeof databaseSchema>>;
export type StoreSchema = Readonly<z.infer<typeof storeSchema>>;
export type IndexSchema = Readonly<z.infer<typeof indexSchema>>;

export const emptySchema: DatabaseSchema = { version: 0, stores: [] };

/** A schema as it was stored; throws where it is not one. */
export const parseSchema = (text: string): DatabaseSchema => databaseSchema.parse(JSON.parse(text));
