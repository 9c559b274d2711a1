import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { View } from "../../src/kernel/errors.ts";

const KINDS = fileURLToPath(new URL("../../src/kinds/", import.meta.url));

type Samples = Readonly<Record<string, readonly View[]>>;

/**
 * What the templates of the kinds are filled with: the file `samples.ts` of each one's folder in `kinds`. Throws where such a file has samples of
 * a template that is not that kind's own.
 */
export async function kindSamples(kinds = KINDS): Promise<Samples> {
  const folders = readdirSync(kinds).map((kind) => `${kinds}${kind}/`);
  const all = await Promise.all(
    folders.filter((folder) => existsSync(`${folder}samples.ts`)).map(samplesIn),
  );
  return Object.assign({}, ...all) as Samples;
}

async function samplesIn(folder: string): Promise<Samples> {
  const { SAMPLES } = (await import(`${folder}samples.ts`)) as { readonly SAMPLES: Samples };
  for (const name of Object.keys(SAMPLES))
    if (!existsSync(`${folder}templates/en/${name}.mustache`))
      throw new Error(`${folder}samples.ts has samples of ${name}, which is no template there.`);
  return SAMPLES;
}
