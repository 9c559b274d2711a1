import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import type { Request } from "../../chat/command.ts";
import { ManualClock } from "../../kernel/clock.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { Edition } from "../../notice/editions.ts";
import { personDocument } from "../../store/people.ts";
import { adminController } from "./controller.ts";

const OTHER = { name: "Neuer Verein", contact: "hello@neu.test", from: "2027-01-01" };
const day = (month: number, date: number): number => Date.UTC(2026, month - 1, date);
const edition = (version: number, at: number, successors: (typeof OTHER)[]): Edition =>
  ({ version, at, successors }) as unknown as Edition;

let documents: ReturnType<typeof memoryDocuments>;
beforeEach(() => {
  documents = memoryDocuments();
});

const knows = async (name: string, noticeSeen: string): Promise<void> => {
  const person = `@${name}:example.org` as UserId;
  await documents.update(personDocument, person, (one) => ({ ...one, person, noticeSeen }));
};
function said(
  all: readonly Edition[],
  successors: (typeof OTHER)[],
  now = day(11, 29),
): Promise<string> {
  const command = adminController({
    ...{ documents, clock: new ManualClock(now), editions: { all, newest: all[0] as Edition } },
    operatorFacts: {
      controller: { name: "Verein", address: undefined, contact: undefined },
      successors,
    },
  });
  if (command.changes) throw new Error("it only tells");
  return command.answer({} as never, {} as Request).then((answer) => sentenceOf(answer));
}

describe("R74 admin controller", () => {
  it("says what to do before anything is planned", async () => {
    const body = await said([edition(1, day(11, 1), [])], []);
    expect(body).toMatch(/^Verein answers for people's data/);
    expect(body).toContain("No change is planned");
  });

  it("says that it is not announced before a version of the notice says so", async () => {
    expect(await said([edition(1, day(11, 1), [])], [OTHER])).toContain("Not announced yet");
  });

  it("counts who was told of it, and says when the next step is, and not before", async () => {
    await knows("ann", "2");
    await knows("bob", "1");
    await knows("eve", "3");
    const all = [edition(1, day(11, 1), []), edition(2, day(11, 20), [OTHER])];
    const body = await said(all, [OTHER]);
    expect(body).toContain("Announced in version 2 of the notice, of 2026-11-20");
    expect(body).toContain("Told: 2. Not yet: 1, and I try");
    expect(body).toContain("In 33 days, and not before, set `operator.controller.name`");
    expect(body).not.toContain("beforehand");
    expect(await said(all, [OTHER], day(12, 33))).toContain("Now set `operator.controller.name`");
  });

  it("says so where people have less than 30 days", async () => {
    const late = [edition(1, day(11, 1), []), edition(2, day(12, 20), [OTHER])];
    expect(await said(late, [OTHER], day(12, 21))).toContain("That is 12 days beforehand; 30 give");
  });
});
