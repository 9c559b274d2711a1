import { fieldsOf, openedFields } from "./cells.ts";
import { csvHead, csvLine } from "./csv.ts";
import type { Portion } from "./portion.ts";

/** Before the fields of the thing, which may have a room of its own. */
const ROOM = "kept with the room";

/** One category as CSV, line by line. A list stands in one cell as JSON. */
export async function* table(
  category: string,
  portion: Pick<Portion, "things" | "columns">,
): AsyncGenerator<string, void> {
  const columns = portion.columns(category);
  yield csvHead([ROOM, ...columns]);
  for await (const { room, data } of portion.things(category)) {
    const fields = { ...openedFields(data), ...fieldsOf(data) };
    yield csvLine([room, ...columns.map((column) => fields[column])]);
  }
}
