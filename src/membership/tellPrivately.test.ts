import { describe, expect, it } from "vitest";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import type { Identity } from "../matrix/port.ts";
import { privateTeller } from "./tellPrivately.ts";

const ANN = "@ann:example.org" as UserId;
const NEWS = { template: "thanks", view: {} };
const once = { cause: "notice", step: "notice" };

/** In which room it is said. */
async function told(identity: Identity, holds?: "public", canEncrypt = true): Promise<string> {
  const said: RoomId[] = [];
  const tell = privateTeller({
    log: silentLog,
    canEncrypt,
    render: () => ({ body: "News" }),
    matrix: {
      identity: () => Promise.resolve(identity),
      privateRoom: (_, only) => Promise.resolve(`!${only ?? "any"}:x` as RoomId),
      send: (room, content) => {
        expect(content.onlyFor).toBe(ANN);
        said.push(room);
        return Promise.resolve("$said" as never);
      },
    },
  });
  expect(await tell(ANN, NEWS, once, holds)).toBe(true);
  return said.join(" ");
}

describe("R11 what is told to one person", () => {
  it("and holds nothing about them goes unencrypted to whoever could not read it otherwise", async () => {
    expect(await told({ is: "none" }, "public")).toBe("!unencrypted:x");
    expect(await told({ is: "known", masterKey: "key" }, "public")).toBe("!any:x");
    expect(await told({ is: "unreachable" }, "public")).toBe("!any:x");
    expect(await told({ is: "none" }, "public", false)).toBe("!any:x");
  });

  it("and is about them goes where all such goes", async () => {
    expect(await told({ is: "none" })).toBe("!any:x");
  });
});
