import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { View } from "../../src/kernel/errors.ts";

const KINDS = fileURLToPath(new URL("../../src/kinds/", import.meta.url));

type Samples = Readonly<Record<string, readonly View[]>>;

/** What the templates of the kinds are filled with: the file `samples.ts` of each one's folder. */
export async function kindSamples(): Promise<Samples> {
  const files = readdirSync(KINDS).map((kind) => `${KINDS}${kind}/samples.ts`);
  const modules = await Promise.all(
    files
      .filter(existsSync)
      .map(async (file) => (await import(file)) as { readonly SAMPLES: Samples }),
  );
  return Object.assign({}, ...modules.map(({ SAMPLES }) => SAMPLES)) as Samples;
}
