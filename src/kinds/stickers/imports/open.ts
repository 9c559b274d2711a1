import type { SettingsOf } from "../../../config/configSection.ts";
import type { KindDeps, OwnConfig } from "../../../integrations/kind.ts";
import type { SECTION } from "../config.ts";
import type { Packs } from "../packs.ts";
import type { Pictures } from "../pictures/pictures.ts";
import { Imports } from "./imports.ts";

/** What brings packs from elsewhere, and what is known of where they may lie. */
export function openImports(
  deps: Pick<
    KindDeps,
    "matrix" | "documents" | "clock" | "queue" | "speaker" | "mayActFor" | "http"
  >,
  { settings, secrets }: OwnConfig<SettingsOf<typeof SECTION>>,
  { packs, pictures }: { readonly packs: Packs; readonly pictures: Pictures },
) {
  const { matrix, documents, clock, queue, speaker, mayActFor, http } = deps;
  const imports = new Imports({
    ...{ packs, pictures, matrix, documents, clock, queue, speaker, mayActFor },
  });
  const { telegram, signal } = settings;
  const sources = {
    ...{ packs, matrix, http, secrets, clock, telegram },
    ...{ signal: imports.signal, signalCdn: signal.cdn },
  };
  return { imports, sources };
}
