import { describe, expect, it } from "vitest";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import type { Answer, Request } from "../../chat/command.ts";
import { parseLine } from "../../chat/parse.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { inMemory } from "../../matrix/byteSource.ts";
import type { FileContent } from "../../matrix/fileContent.ts";
import type { Media } from "../../matrix/port.ts";
import type { Once } from "../../matrix/transaction.ts";
import { recordAudit } from "../../store/audit.ts";
import { adminAudit, shownInAudit } from "./audit.ts";

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 10, 23, 12);
const office = "!office:example.org" as RoomId;
const olga = "@olga:example.org" as UserId;
const request: Request = {
  room: office,
  person: olga,
  event: "$asked" as EventId,
  thread: undefined,
  direct: false,
  operator: true,
  calledAs: "!usher",
};

/** The command among records of so many days ago, told as their events. */
class Scene {
  readonly files: { readonly room: RoomId; readonly file: FileContent; readonly once: Once }[] = [];
  readonly clock = new ManualClock(NOON);
  readonly documents = memoryDocuments();
  refusal: UsherError | undefined;

  async record(...daysAgo: readonly number[]): Promise<this> {
    for (const ago of daysAgo) {
      const clock = new ManualClock(NOON - ago * DAY);
      const targets = ago > 30 ? [office, "@ada:example.org"] : [];
      await recordAudit(this.documents, clock, {
        who: olga,
        what: "admin leave",
        targets,
        event: `$${String(ago)}` as EventId,
      });
    }
    return this;
  }

  async say(line: string, more: Partial<Request> = {}): Promise<Answer> {
    const sendFile: Media["sendFile"] = (room, file, once) => {
      if (this.refusal !== undefined) return Promise.reject(this.refusal);
      this.files.push({ room, file, once });
      return Promise.resolve("$file" as EventId);
    };
    const { clock, documents } = this;
    const understood = parseLine(line, [
      adminAudit({ matrix: { sendFile }, documents, clock, operators: { room: office } }),
    ]);
    if ("error" in understood) throw understood.error;
    if (understood.command.changes) throw new Error("it only tells");
    return understood.command.answer(understood.input, { ...request, ...more });
  }

  /** What the last file tells. */
  async text(): Promise<string> {
    const { bytes } = this.files.at(-1)?.file ?? { bytes: inMemory(new Uint8Array()) };
    return Buffer.concat(await Array.fromAsync(bytes.open())).toString();
  }

  /** The events of what it tells. */
  async events(): Promise<readonly string[]> {
    return (await this.text())
      .split("\n")
      .flatMap((line) => (line === "" ? [] : [(JSON.parse(line) as { event: string }).event]));
  }
}

describe("admin audit", () => {
  it("sends a file with every record of the span, oldest first, and tells the last five", async () => {
    const scene = await new Scene().record(0, 3, 40, 1, 2, 4, 5, 6);
    const answer = await scene.say("admin audit 60");
    expect(scene.files).toHaveLength(1);
    expect(scene.files[0]).toMatchObject({ room: office, once: { cause: "$asked", step: "file" } });
    const { bytes: _bytes, holds: _, ...about } = scene.files[0]?.file ?? {};
    expect(about).toEqual({
      name: "usher-audit-2026-09-24-to-2026-11-23.jsonl",
      mimetype: "application/jsonl",
      replyTo: "$asked",
    });
    expect(await scene.events()).toEqual(["$40", "$6", "$5", "$4", "$3", "$2", "$1", "$0"]);
    expect((await scene.text()).split("\n")[0]).toBe(
      JSON.stringify({
        at: "2026-10-14T12:00:00.000Z",
        who: olga,
        what: "admin leave",
        targets: [office, "@ada:example.org"],
        event: "$40",
      }),
    );
    expect((await scene.text()).endsWith("}\n")).toBe(true);
    expect(answer).toMatchObject({
      template: "admin/audit",
      view: { count: 8, from: "2026-09-24", to: "2026-11-23" },
    });
    const { shown } = answer.view as { shown: object[] };
    expect(shown).toHaveLength(5);
    expect(shown.at(-1)).toEqual({
      at: "2026-11-23 12:00",
      who: olga,
      what: "admin leave",
      about: undefined,
    });
  });

  it.each<[string, readonly string[]]>([
    ["admin audit", ["$30", "$23", "$22", "$0"]],
    ["admin audit 23", ["$23", "$22", "$0"]],
    ["admin audit 2026-11", ["$22", "$0"]],
    ["admin audit 2026-10", ["$50", "$30", "$23"]],
    ["admin audit since=2026-09-01", ["$50", "$30", "$23", "$22", "$0"]],
    ["admin audit since=2026-11-01", ["$22", "$0"]],
    ["admin audit 2026-10 since=2026-10-31", ["$23"]],
    ["admin audit 366 since=2026-10-25", ["$23", "$22", "$0"]],
  ])("%s", async (line, events) => {
    const scene = await new Scene().record(400, 50, 30, 23, 22, 0);
    await scene.say(line);
    expect(await scene.events()).toEqual(events);
  });

  it("sends no file where there is nothing to tell", async () => {
    const scene = await new Scene().record(0);
    expect(await scene.say("admin audit 2026-08")).toEqual({
      template: "admin/audit-none",
      view: { from: "2026-08-01", to: "2026-08-31" },
    });
    expect(scene.files).toEqual([]);
  });

  it("says from when to when there is nothing, and how long records are kept", async () => {
    const scene = await new Scene().record(0);
    expect(sentenceOf(await scene.say("admin audit 2026-08"))).toBe(
      "There are no records from 2026-08-01 to 2026-08-31 (UTC). I keep them for 12 months.",
    );
  });

  it("says of each record whom it was about, where it was about somebody", async () => {
    const scene = await new Scene().record(40, 0);
    const lines = sentenceOf(await scene.say("admin audit 60")).split("\n");
    expect(lines).toContain(
      `- 2026-10-14 12:00, ${olga}: \`admin leave\`, about ${office}, @ada:example.org`,
    );
    expect(lines).toContain(`- 2026-11-23 12:00, ${olga}: \`admin leave\``);
  });

  it("outside the operators' room gives the file to nobody but who asked, and in a thread stays there", async () => {
    const scene = await new Scene().record(0);
    await scene.say("admin audit", {
      room: "!direct:example.org" as RoomId,
      direct: true,
      thread: "$root" as EventId,
    });
    expect(scene.files[0]?.file).toMatchObject({ onlyFor: olga, thread: "$root" });
    await scene.say("admin audit", { direct: true });
    expect(scene.files[1]?.file).not.toHaveProperty("onlyFor");
  });

  it("tells nothing where the file cannot be sent", async () => {
    const scene = await new Scene().record(0);
    scene.refusal = new UsherError("room-not-private");
    await expect(scene.say("admin audit")).rejects.toBe(scene.refusal);
  });

  it("R68 is a look at everybody whom it shows, but for whoever asks", async () => {
    const scene = await new Scene().record(0, 50);
    const shown = shownInAudit(scene);
    expect(await shown({}, request)).toEqual([]);
    expect(await shown({ span: { days: 60 } }, request)).toEqual(["@ada:example.org"]);
    const ada = { ...request, person: "@ada:example.org" as UserId };
    expect(await shown({ span: { days: 60 } }, ada)).toEqual([olga]);
  });
});
