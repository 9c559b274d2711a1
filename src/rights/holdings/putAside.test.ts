import { describe, expect, it } from "vitest";
import { CrashingFiles } from "../../../test/store/crashingFiles.ts";
import type { UserId } from "../../kernel/ids.ts";
import { ManualClock } from "../../kernel/clock.ts";
import type { FilePath } from "../../privacy/declared.ts";
import { openUnlocked } from "../../store/lowdbDocuments.ts";
import { roomDocument } from "../../store/room.ts";
import type { Holding } from "./holding.ts";
import { PutAside } from "./putAside.ts";

const ANN = "@ann:example.org" as UserId;
const ROOM = "!r:example.org";

async function kept(holding: Holding, person: UserId, scope = {}): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { record, is } of holding.fates(person, scope)) found.push(`${record.id} ${is}`);
  return found;
}

describe("R36 a document that cannot be read", () => {
  it("is said to be kept where it names the person, since only operators can take it away", async () => {
    const files = new CrashingFiles();
    const options = { dir: "/data", clock: new ManualClock(), onQuarantine: () => undefined };
    const open = () => openUnlocked(options, files, () => undefined);
    let documents = await open();
    await documents.update(roomDocument, ROOM, (one) => ({ ...one, inviter: ANN }));
    await documents.close();
    const [kind] = await files.list("/data/documents/room");
    const [name] = await files.list(`/data/documents/room/${kind ?? ""}`);
    const path = `/data/documents/room/${kind ?? ""}/${name ?? ""}` as FilePath;
    const text = await files.read(path);
    const file = await files.create(path);
    await file.write(`${text ?? ""}, torn`);
    await file.close();
    documents = await open();
    expect(await documents.get(roomDocument, ROOM)).toBeUndefined();
    const holding = new PutAside(files, "/data");
    expect(await kept(holding, ANN)).toEqual(["D28-put-aside kept"]);
    expect(await kept(holding, "@ann:example.org.uk" as UserId)).toEqual([]);
    expect(await kept(holding, ANN, { room: ROOM })).toEqual([]);
    await holding.erase();
    expect(await kept(holding, ANN)).toEqual(["D28-put-aside kept"]);
  });
});
