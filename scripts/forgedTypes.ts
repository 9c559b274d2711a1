import type { Source } from "./sources.ts";

/** The only files that make what a declared type stands for: whoever declares there is in the data map. */
const MAKERS: readonly string[] = ["src/privacy/declared.ts", "src/kernel/log.ts"];

const FORGED =
  /\bas (?:unknown as )?(StateType|EventType|AccountDataType|ProfileField|UploadType|FilePath|Pseudonym)\b|<(StateType|EventType|AccountDataType|ProfileField|UploadType|FilePath)>\(?[\w`"']/g;

/** Where a text is called a declared type by its word alone, which compiles and is in no record. */
export function forgedTypeFaults(sources: readonly Source[]): readonly string[] {
  return sources
    .filter(
      ({ path }) => /^src\/.*(?<!\.test|\/testStore)\.ts$/.test(path) && !MAKERS.includes(path),
    )
    .flatMap(({ path, text }) =>
      [...text.matchAll(FORGED)].map(
        ([, cast, angled]) =>
          `${path} calls something a ${cast ?? angled ?? ""}: have it declared (src/privacy/declared.ts)`,
      ),
    );
}
