import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { z } from "zod";
import type { ConfigSection } from "./configSection.ts";

const KINDS = fileURLToPath(new URL("../kinds/", import.meta.url));

/** The sections of all kinds, by name: the file `config.ts` of each kind's folder. Found and not imported, for kinds stand above. */
export const kindSections: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  await Promise.all(
    readdirSync(KINDS)
      .map((kind) => `${KINDS}${kind}/config.ts`)
      .filter(existsSync)
      .map(async (file) => {
        const { SECTION } = (await import(file)) as { readonly SECTION: ConfigSection<unknown> };
        return [SECTION.key, SECTION.schema] as const;
      }),
  ),
);
