import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Told } from "./child.ts";
import { World } from "./world.ts";

const KILLS = Number(process.env["ENCRYPTED_KILLS"] ?? 20);

describe("random kills in an encrypted conversation", () => {
  let world: World;
  beforeAll(() => {
    world = new World();
  });
  afterAll(() => world.close());

  it(
    "lose no answer, double none, use no place in a key twice, and leave nothing unreadable",
    async () => {
      const [account, folder, ann] = await Promise.all([world.account("usher"), world.folder(), world.account("ann")]);
      const [started, person] = await Promise.all([world.bot(account, folder), world.person(ann)]);
      let bot = started.child;
      const room = (await person.ask("createRoom", { encrypted: true, invite: [account.userId] })) as string;
      await person.take("the bot's join", (told) => told["user"] === account.userId && told["membership"] === "join");
      const { fingerprint } = (await bot.ask("status")) as { fingerprint: string };

      let sent = 0;
      const talk = async (): Promise<void> => {
        sent += 1;
        await person.ask("send", room, `!echo ${String(sent)}`);
      };
      for (let kill = 0; kill < KILLS; kill += 1) {
        await talk();
        const burst = Promise.all([talk(), talk()]);
        // The moment of the kill is what is tried here; nothing is waited for.
        await delay(Math.random() * 1_500);
        await bot.kill("SIGKILL");
        await burst;
        const again = await world.bot(account, folder);
        expect(again.start.event).toBe("ready");
        bot = again.child;
      }
      const answers: Told[] = [];
      for (let number = 1; number <= sent; number += 1) {
        const body = `echo: ${String(number)}`;
        answers.push(await person.take(`the answer to ${String(number)}`, (told) => told.event === "message" && told["body"] === body));
      }
      expect(person.told(({ event }) => event === "message")).toEqual([]);
      expect(person.told(({ event }) => event === "unreadable")).toEqual([]);
      expect(answers.every((told) => told["encrypted"] === true && told["shield"] === 0)).toBe(true);
      const places = answers.map((told) => `${String(told["session"])} ${String(told["ciphertext"])}`);
      expect(new Set(places).size).toBe(places.length);
      expect(await bot.ask("status")).toMatchObject({ fingerprint, signed: true, healthy: true, waiting: 0 });
    },
    60_000 + KILLS * 12_000,
  );
});
