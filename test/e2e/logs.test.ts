import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { theSynapse } from "../harness/e2eSetup.ts";
import { ask } from "../harness/expect.ts";
import { filesIn } from "../harness/filesIn.ts";
import type { Predicate } from "../harness/observed.ts";
import type { Person } from "../harness/person.ts";
import { UsherProcess } from "../harness/usherProcess.ts";
import { TALKS, World } from "../harness/world.ts";
import { eventually } from "../harness/patience.ts";

/** What is said to people in the room, and what is said to Usher: each with a word that is nowhere else. */
const TALK = [
  "I had heliotrope soup",
  "Usher is what we call the gamboge bot",
  "our viridian key is swordfish-77",
];
const LINES = [
  "!usher help marzipan",
  "!usher add widget https://cerulean.example.org/p/secretpad?view=aubergine --yes",
  "!usher add widget https://example.org/?token=vermilion --yes",
  "!usher add widget https://user:vermilion@example.org/",
  "!usher add widget http://fuchsia.example.org/",
  '!usher add widget "https://unclosed-tangerine',
  "!usher add widget https://chartreuse.example.org/ name=Periwinkle",
  "no",
  "!usher remove saffron-id",
  "!usher list",
  "!usher obliterate magenta",
  `!usher set token syt_Y2lubmFiYXI_${"cinnabar".repeat(3).slice(0, 20)}_0aB9zZ`,
  "Usher: status",
];
/** Every one of those words. */
const WORDS =
  /heliotrope|gamboge|viridian|swordfish|marzipan|cerulean|secretpad|aubergine|vermilion|fuchsia|tangerine|chartreuse|periwinkle|saffron|magenta|cinnabar|mauve|obliterate/i;
const UNADDRESSED = /heliotrope|gamboge|viridian|swordfish|mauve/i;

const PERSON = /@[^\s:"]+:usher\.test/;
const ROOM = /![A-Za-z0-9_-]{15,}/;
const EVENT = /\$[A-Za-z0-9_-]{20,}/;

/** What was written, without the one line that says that Usher is ready, and as whom: its own account is no person's. */
function written(usher: UsherProcess): string {
  return `${usher.stdout.replace(/^Usher is ready: [^\n]*$/gm, "")}\n${usher.stderr}`;
}

function membershipOf(room: string, user: string): Predicate {
  return (event) =>
    event.roomId === room && event.type === "m.room.member" && event.stateKey === user;
}

describe.each(TALKS)(
  "at the log level debug, %s, after a conversation with all that goes wrong in it",
  (_, talk) => {
    let world: World;
    let alice: Person;
    let bob: Person;
    let rooms: readonly string[];

    beforeAll(async () => {
      ({ world, alice, bob } = await World.of(talk, ["alice", "bob"]));
      const room = await world.room(alice);
      await world.bring(alice, room, bob);
      for (const line of TALK) await bob.say(room, line);
      for (const line of LINES) await ask(alice, room, line);
      await ask(bob, room, LINES[1] ?? "");
      // What cannot be read, and what is not as it should be.
      await alice.api.send(room, "m.room.encrypted", {
        algorithm: "m.megolm.v1.aes-sha2",
        ciphertext: "mauve",
        session_id: "x",
      });
      await alice.send(room, "m.reaction", { "m.relates_to": { mauve: 1 } });
      // Where it may not speak, its answer fails.
      const silent = await world.room(alice, { version: "11", usherPower: 0 });
      const levels = (await alice.state(silent, "m.room.power_levels")) ?? {};
      await alice.setState(silent, "m.room.power_levels", { ...levels, events_default: 90 });
      await alice.say(silent, "!usher help marzipan");
      await eventually(() => {
        expect(world.usher.stderr).toContain("event.failed");
      });
      // Refused, removed, stopped and started again.
      const encrypted = await alice.createRoom({ encrypted: true, invite: [world.usher.userId] });
      // It comes, or it refuses, as it can read such rooms or not.
      const itself = membershipOf(encrypted, world.usher.userId);
      await alice.waitFor((event) => itself(event) && event.content["membership"] !== "invite");
      const left = await world.room(bob);
      await bob.kick(left, world.usher.userId, "mauve");
      await world.usher.restart();
      await ask(bob, room, "!usher list");
      rooms = [room, silent, encrypted, left];
      await world.usher.stop({ keep: true });
    });
    afterAll(() => world.end());

    it("there are lines to look at: of what was done, what failed, and how it was removed", () => {
      for (const what of ["command.done", "event.failed", "room.kicked"])
        expect(world.usher.stderr).toContain(`"what":"${what}"`);
      expect(world.usher.stdout).toContain("Usher is ready");
    });

    it("no line holds the token, words or addresses that somebody typed, or the id of a person, a room or an event", () => {
      const text = written(world.usher);
      expect(text).not.toContain(world.usher.accessToken);
      expect(text).not.toMatch(WORDS);
      expect(text).not.toMatch(/example\.org/);
      expect(text).not.toMatch(PERSON);
      expect(text).not.toMatch(ROOM);
      expect(text).not.toMatch(EVENT);
      for (const room of rooms) expect(text).not.toContain(room.slice(1, 15));
      for (const person of [alice, bob])
        expect(text).not.toContain(person.userId.slice(1, person.userId.indexOf(":")));
      const ids = alice.seen.map(({ eventId }) => eventId).filter((id) => id !== "");
      expect(ids.length).toBeGreaterThan(20);
      expect(ids.filter((id) => text.includes(id.slice(1)))).toEqual([]);
    });

    it("no file holds what was said to others, or the token; and no file is named after a person or a room", async () => {
      const files = await filesIn(world.usher.dataDir);
      const contents = [...files].map(([name, file]) => [name, file.toString("latin1")] as const);
      expect(contents.some(([, text]) => text.includes("cerulean"))).toBe(true);
      for (const [name, text] of contents) {
        expect(UNADDRESSED.test(text), name).toBe(false);
        expect(text.includes(world.usher.accessToken), name).toBe(false);
      }
      const names = [...files.keys()].join("\n");
      for (const known of [...rooms, alice.userId, bob.userId])
        expect(names).not.toContain(known.slice(1, 12));
    });
  },
);

it("a token that the homeserver does not know is not repeated in what is said about it", async () => {
  const account = await theSynapse().register(`usher-badtoken-${String(process.pid)}`);
  const accessToken = "syt_xanthic_unknowntoken_1a2b3c";
  const usher = await UsherProcess.prepare({
    homeserver: theSynapse().url,
    account: { ...account, accessToken },
  });
  usher.spawn();
  expect(await usher.ended()).toEqual({ code: 1, signal: null });
  expect(usher.stderr).toMatch(/token/i);
  expect(written(usher)).not.toContain("xanthic");
  expect(written(usher)).not.toContain(account.accessToken);
  await usher.stop();
});
