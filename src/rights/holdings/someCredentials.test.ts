import { describe, expect, it } from "vitest";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { makeStandIn, type Scope } from "../../privacy/erased.ts";
import type { Credential } from "../../store/secrets.ts";
import { SomeCredentials } from "./someCredentials.ts";

const ANN = "@ann:example.org" as UserId;
const ROOM = "!r:example.org" as RoomId;
const OTHER = "!o:example.org" as RoomId;
const parts = new Map(["bot", "widget"].map((key) => [key, { key, deeds: [] }]));

const credential = (name: string, more: Partial<Credential>): Credential => ({
  ...{ person: ANN, kind: "bot", room: ROOM, id: name, name, at: 1, sealed: "v1.a.b.c" },
  ...more,
});
const KEPT = [
  credential("poll", {}),
  credential("board", { kind: "widget" }),
  credential("elsewhere", { room: OTHER }),
  credential("nowhere", { room: undefined }),
];

/** What is meant, as it is said and as it is done. */
async function meant(scope: Scope): Promise<readonly string[]> {
  const gone: string[] = [];
  const holding = new SomeCredentials({
    credentials: {
      about: () => Promise.resolve(KEPT),
      forget: async (_, isMeant) => {
        gone.push(...KEPT.filter(isMeant).map(({ name }) => name));
        await Promise.resolve();
      },
    },
    partOf: (kind) => parts.get(kind),
  });
  const said = await Array.fromAsync(holding.fates(ANN, scope));
  await holding.erase({ person: ANN, standIn: makeStandIn() }, scope);
  expect(said.map(({ record, is }) => `${record.id} ${is}`)).toEqual(gone.map(() => "D5 erased"));
  return gone;
}

describe("R28 of somebody's credentials those are erased", () => {
  it("that are of one room, one kind, one thing, or all of these", async () => {
    const part = parts.get("bot");
    expect(await meant({ room: ROOM })).toEqual(["poll", "board"]);
    expect(await meant({ part })).toEqual(["poll", "elsewhere", "nowhere"]);
    expect(await meant({ room: ROOM, part })).toEqual(["poll"]);
    expect(await meant({ room: ROOM, item: "board" })).toEqual(["board"]);
    expect(await meant({ room: OTHER, item: "board" })).toEqual([]);
  });

  it("and none where all is: that goes with the documents", async () => {
    expect(await meant({})).toEqual([]);
  });
});
