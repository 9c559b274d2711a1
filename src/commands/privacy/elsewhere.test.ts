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

async function told(rooms: () => Promise<readonly string[]>, patienceMs?: number) {
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
    patienceMs,
  );
  return { said, logged };
}

describe("R31 R36 what is told in a person's other rooms with Usher", () => {
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

  it("is waited for, so that a crash before it was said brings it again, but not for ever where a room hangs", async () => {
    const { promise, resolve } = Promise.withResolvers<readonly string[]>();
    let over = false;
    const telling = told(() => promise).then((result) => {
      over = true;
      return result;
    });
    await new Promise((done) => setImmediate(done));
    expect(over).toBe(false);
    resolve(["!one:example.org"]);
    expect((await telling).said).toHaveLength(1);
    const hanging = new Promise<never>(() => undefined);
    expect(await told(() => hanging, 1)).toEqual({ said: [], logged: "" });
  });

  it("hinders nothing where the rooms cannot be told", async () => {
    const { said, logged } = await told(() => Promise.reject(new Error("down")));
    expect(said).toEqual([]);
    expect(logged).toContain("elsewhere.untold");
  });
});
