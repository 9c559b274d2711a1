import { expect, it } from "vitest";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { Alterations } from "./alterations.ts";
import { MemoryHomeserver } from "../../../test/harness/memoryHomeserver.ts";

it("of marks that members wrote in a bot's name ten are blanked, and the bot's own before them", async () => {
  const server = new MemoryHomeserver();
  const room = "!r:example.org" as RoomId;
  const [ann, bob, bot] = [
    "@ann:example.org",
    "@bob:example.org",
    "@bridge:example.org",
  ] as UserId[] as [UserId, UserId, UserId];
  server.make(room, {
    creator: ann,
    joined: [ann, bob, bot, server.me],
    levels: { users: { [ann]: 100, [server.me]: 100 }, events: { "m.bridge": 0 } },
  });
  for (let i = 0; i < 500; i += 1) server.put(room, "m.bridge", `x/${i}`, { bridgebot: bot }, bob);
  server.put(room, "m.bridge", "telegram://1", { bridgebot: bot }, bot);
  let writes = 0;
  const counted = new Proxy(server, {
    get: (target, key) => {
      const value = (target as never)[key] as unknown;
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (key === "setState") writes += 1;
        return (value as (...a: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  await new Alterations(counted).putBack(room, bot, []);
  expect(writes).toBe(10);
  expect(await server.state(room, "m.bridge", "telegram://1")).toEqual({});
});
