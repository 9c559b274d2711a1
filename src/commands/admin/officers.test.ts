import { beforeEach, describe, expect, it } from "vitest";
import { ANN, ErasureWorld, ROOM } from "../../../test/harness/erasureWorld.ts";
import { memoryAudit } from "../../../test/harness/memoryAudit.ts";
import { refusalOf, sentenceOf } from "../../../test/harness/sentenceOf.ts";
import type { Request } from "../../chat/command.ts";
import type { EventId, UserId, RoomId } from "../../kernel/ids.ts";
import { StoredDocuments } from "../../rights/holdings/storedDocuments.ts";
import { auditDocument } from "../../store/audit.ts";
import { adminAuditVerify } from "./auditVerify.ts";

const DORA = "@dora:example.org" as UserId;
const SAM = "@sam:example.org" as UserId;

let world: ErasureWorld;
beforeEach(() => {
  world = new ErasureWorld();
  world.officers = { dpo: [DORA], support: [SAM] };
});

const idIn = (said: string): string => /[0-9a-f]{16}/.exec(said)?.[0] ?? "none";
const asks = async (words: string): Promise<string> =>
  idIn(await world.ask(ANN, words, { text: `About ${words}` }));

describe("R68 who looks at what is about somebody", () => {
  it("sees what their role needs, and nothing else is there for them", async () => {
    const complaint = await asks("privacy complain");
    const question = await asks("privacy human");
    expect(await world.ask(DORA, "admin cases")).toContain("2 cases are open");
    const seen = await world.ask(SAM, "admin cases");
    expect(seen).toContain("1 case is open");
    expect(seen).toContain(question);
    await world.ask(SAM, "admin case", { id: question });
    expect(world.apart.at(-1)?.body ?? "").toContain("About privacy human");
    for (const what of [undefined, "answer"])
      expect(
        await refusalOf(world.ask(SAM, "admin case", { id: complaint, what, text: "No." })),
      ).toContain("I know no case");
  });

  it("leaves who, as what and why, and the person finds that in what they are handed out, without who it was", async () => {
    const id = await asks("privacy complain");
    await world.ask(DORA, "admin case", { id, reason: "law" }, ROOM);
    const { entries } = (await world.stored.get(auditDocument, "2026-11")) ?? { entries: [] };
    expect(entries).toMatchObject([
      { who: DORA, what: "admin case", targets: [id, ANN], role: "dpo", reason: "law" },
    ]);
    const found: unknown[] = [];
    for await (const one of new StoredDocuments(world.stored).about(ANN))
      if (one.record.id === "D19") found.push(one.handedOut);
    expect(found).toMatchObject([{ what: "admin case", role: "dpo", reason: "law" }]);
    expect(JSON.stringify(found)).toContain(ANN);
    expect(JSON.stringify(found)).not.toContain(DORA);
  });

  it("leaves nothing where nothing could be shown: nobody has looked", async () => {
    const id = await asks("privacy human");
    const clear = "!clear-chat:example.org" as RoomId;
    world.server.make(clear, { creator: SAM, joined: [SAM, world.server.me] });
    world.server.identities = { is: "none" };
    expect(await world.ask(SAM, "admin case", { id }, clear)).toContain("no verified device");
    expect(await world.stored.get(auditDocument, "2026-11")).toBeUndefined();
  });

  it("has a reason also where none is said: the case itself", async () => {
    const id = await asks("privacy human");
    await world.ask(SAM, "admin case", { id });
    const { entries } = (await world.stored.get(auditDocument, "2026-11")) ?? { entries: [] };
    expect(entries).toMatchObject([{ who: SAM, role: "support", reason: "request" }]);
  });
});

describe("R68 admin audit verify", () => {
  const command = (): Promise<string> => {
    const verify = adminAuditVerify({ audit: world.audit });
    if (verify.changes) throw new Error("it only tells");
    return verify
      .answer({} as never, {} as Request)
      .then((answer) => sentenceOf(answer, { calledAs: "" }));
  };
  const deed = (event: string, targets: readonly string[]): Promise<void> =>
    world.audit.record({
      ...{ who: DORA, what: "admin case", targets: [...targets], event: event as EventId },
    });

  it("says that all is as it was written, and how to keep it so", async () => {
    await deed("$1", [ANN]);
    await deed("$2", [ROOM]);
    const said = await command();
    expect(said).toContain("as it was written: 2 entries since 2026-11-29");
    expect(said).toMatch(/The last link is `[0-9a-f]{64}`\. Note it outside/);
    const standIn = "@forgotten-1:erased.invalid" as UserId;
    await new StoredDocuments(world.stored).erase({ person: ANN, standIn }, {});
    expect(await command()).toContain("1 of them names somebody who was erased");
  });

  it("says which entries were changed", async () => {
    await deed("$1", [ANN]);
    await deed("$2", [ROOM]);
    await world.stored.update(auditDocument, "2026-11", ({ entries }) => ({
      entries: entries.map((one, index) => (index === 0 ? { ...one, targets: [] } : one)),
    }));
    expect(await command()).toMatch(
      /The record was changed\. 1 of 2 entries is not as written.*: 2026-11-29 00:00 UTC/,
    );
  });

  it("says when what is missing at the end was written", async () => {
    await deed("$1", [ANN]);
    await deed("$2", [ROOM]);
    await world.stored.update(auditDocument, "2026-11", ({ entries }) => ({
      entries: entries.slice(0, 1),
    }));
    const said = await command();
    expect(said).toMatch(/missing at the end of the record: what was written at 2026-11-29 00:00/);
    expect(said).not.toContain("as it was written");
    world.audit = memoryAudit(world.stored, world.clock);
    expect(await command()).toContain("stands nowhere outside the data directory");
  });

  it("says so where there is nothing, and what is from before", async () => {
    expect(await command()).toContain("as it was written: 0 entries");
    const old = { at: 1, who: DORA, what: "admin leave", targets: [], event: "$o" as EventId };
    await world.stored.update(auditDocument, "2026-10", () => ({ entries: [old] }));
    expect(await command()).toContain("1 entry more is from before there were links");
  });
});
