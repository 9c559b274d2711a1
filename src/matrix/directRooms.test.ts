import { describe, expect, it } from "vitest";
import type { UserId } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import { noCipher } from "./crypto/cipher.ts";
import { DirectRooms } from "./directRooms.ts";

const ann = "@ann:x" as UserId;
const bob = "@bob:x" as UserId;

describe("R36 the rooms of one person", () => {
  it("are forgotten, and nobody else's; where that cannot be written, it is said", async () => {
    let direct: unknown = { [ann]: ["!a:x"], [bob]: ["!b:x"] };
    let refuses = false;
    const rooms = new DirectRooms({
      accountData: {
        get: () => Promise.resolve(direct),
        set: (_: string, body: unknown) => {
          direct = body;
          return refuses ? Promise.reject(new Error("full")) : Promise.resolve();
        },
      },
      cipher: noCipher,
      me: "@usher:x",
      log: silentLog,
    } as unknown as ConstructorParameters<typeof DirectRooms>[0]);
    await rooms.forget(ann);
    expect(direct).toEqual({ [bob]: ["!b:x"] });
    expect(await rooms.remembered(ann)).toEqual([]);
    // Nothing is written where nothing is remembered.
    refuses = true;
    await rooms.forget(ann);
    await expect(rooms.forget(bob)).rejects.toThrow("full");
  });
});
