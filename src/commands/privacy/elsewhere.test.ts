import { describe, expect, it } from "vitest";
import type { Answer } from "../../chat/command.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { createLog } from "../../kernel/log.ts";
import { tellElsewhere } from "./elsewhere.ts";

const ANN = "@ann:example.org" as UserId;
const ROOM = "!asked:example.org" as RoomId;
const ASKED = { person: ANN, room: ROOM, event: "$asked" as EventId };
const ANSWER = { template: "privacy/export-elsewhere", view: {} };

async function told(rooms: () => Promise<readonly string[]>) {
  const said: unknown[] = [];
  let logged = "";
  await tellElsewhere(
    {
      matrix: { rememberedPrivateRooms: rooms as () => Promise<readonly RoomId[]> },
      speaker: {
        say: ({ room, event }, answer, step) => {
          if (room.startsWith("!spoiled"))
            return Promise.reject(new UsherError("room-not-private"));
          said.push([room, event, (answer as Answer).onlyFor, step]);
          return Promise.resolve("$said" as EventId);
        },
      },
      log: createLog("info", { write: (line) => (logged += line) }),
    },
    ASKED,
    ANSWER,
  );
  return { said, logged };
}

describe("R29 what is told in a person's other rooms with Usher", () => {
  it("is for them alone, in every one that is private, not where it was asked", async () => {
    const { said, logged } = await told(() =>
      Promise.resolve([ROOM, "!one:example.org", "!spoiled:example.org", "!two:example.org"]),
    );
    expect(said).toEqual(
      ["!one:example.org", "!two:example.org"].map((room) => [room, "$asked", ANN, "elsewhere"]),
    );
    expect(logged).toContain("room-not-private");
    expect(logged).not.toContain(ANN);
  });

  it("hinders nothing where the rooms cannot be told", async () => {
    const { said, logged } = await told(() => Promise.reject(new Error("down")));
    expect(said).toEqual([]);
    expect(logged).toContain("elsewhere.untold");
  });
});
