import type { Part } from "../../src/matrix/part.ts";
import type { Documents } from "../../src/store/documents.ts";
import { roomDocument } from "../../src/store/room.ts";

/** Starts one part on what is stored, as a start of Usher does with all of them. */
export async function startPart(part: Part, documents: Documents): Promise<void> {
  for await (const { document } of documents.scan(roomDocument)) part.found?.(document);
  await part.start?.();
}
