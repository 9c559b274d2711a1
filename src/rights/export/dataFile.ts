import type { Category, ExportedData } from "./format.ts";
import type { Portion } from "./portion.ts";

/** The text of `data.json`, piece by piece: everything about the person, for programs (R31, R38). */
export async function* dataFile(
  head: Omit<ExportedData, "categories">,
  categories: readonly Category[],
  portion: Pick<Portion, "things">,
): AsyncGenerator<string, void> {
  yield `${JSON.stringify(head).slice(0, -1)},"categories":[`;
  for (const [index, category] of categories.entries()) {
    yield `${index === 0 ? "" : ","}\n${JSON.stringify(category).slice(0, -1)},"things":[`;
    let first = true;
    for await (const thing of portion.things(category.id)) {
      yield `${first ? "" : ","}\n${JSON.stringify(thing)}`;
      first = false;
    }
    yield "]}";
  }
  yield "\n]}\n";
}
