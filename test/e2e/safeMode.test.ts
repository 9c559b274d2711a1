import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, bodyOf, membership, messageFrom } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { TALKS, World } from "../harness/world.ts";

/** The only document of a kind, or one of them. */
async function documentOf(dataDir: string, kind: string): Promise<string> {
  const folder = join(dataDir, "documents", kind);
  const [name = ""] = (await readdir(folder, { recursive: true })).filter((one) =>
    one.endsWith(".json"),
  );
  return join(folder, name);
}

describe.each(TALKS)("safe mode, %s", (_, talk) => {
  let world: World;
  let olga: Person;
  let alice: Person;
  let office: string;
  let room: string;

  beforeEach(async () => {
    ({ world, olga, office } = await World.withOffice(talk));
    alice = await world.person("alice");
    room = await world.room(alice);
    await ask(alice, room, "!usher add widget https://pad.example.org/p/team --yes");
    await world.usher.stop({ keep: true });
  });
  afterEach(() => world.end());

  interface Damage {
    /** Breaks what is stored, and returns what mends it. */
    readonly harm: (dataDir: string) => Promise<() => Promise<unknown>>;
    readonly told: RegExp;
  }

  const damages: Readonly<Record<string, Damage>> = {
    "the account's document is torn": {
      harm: async (dataDir) => {
        const file = await documentOf(dataDir, "account");
        const whole = await readFile(file, "utf8");
        await writeFile(file, whole.slice(0, 20));
        return () => writeFile(file, whole);
      },
      told: /about my own account cannot be read[^]*quarantine[^]*backup/,
    },
    "the documents' folder is no folder": {
      harm: async (dataDir) => {
        await rename(join(dataDir, "documents"), join(dataDir, "kept"));
        await writeFile(join(dataDir, "documents"), "");
        return async () => {
          await rm(join(dataDir, "documents"));
          await rename(join(dataDir, "kept"), join(dataDir, "documents"));
        };
      },
      told: /I cannot read[^]*documents[^]*ENOTDIR/,
    },
    "the key of its names is gone": {
      harm: async (dataDir) => {
        await rename(join(dataDir, "names.key"), join(dataDir, "names.kept"));
        return () => rename(join(dataDir, "names.kept"), join(dataDir, "names.key"));
      },
      told: /names\.key/,
    },
  };

  it.each(Object.keys(damages))(
    "%s: operators are told what is wrong and how to recover, others one sentence; mended, all is as before",
    async (what) => {
      const { harm, told } = damages[what] as Damage;
      const mend = await harm(world.usher.dataDir);
      await world.usher.start();
      expect(world.usher.stderr).toContain("Usher is in safe mode.");

      const status = bodyOf(await ask(olga, office, "!usher admin status"));
      expect(status).toMatch(/safe mode/);
      expect(status).toMatch(told);
      expect(bodyOf(await ask(olga, office, "!usher admin doctor"))).toContain(
        "Access token: accepted",
      );
      const direct = await alice.createRoom({ direct: true, invite: [world.usher.userId] });
      const others = bodyOf(await ask(alice, room, "!usher list"));
      expect(others).toBe(
        "I am being repaired and can do nothing just now; please ask me again later.",
      );
      await alice.say(room, "!usher add widget https://two.example.org --yes");
      await alice.say(room, "!usher admin status");
      await ask(olga, office, "!usher help");
      expect(
        alice.messagesFrom(world.usher.userId, room).filter((event) => bodyOf(event) === others),
      ).toHaveLength(1);
      expect(
        (await alice.allState(room)).filter(({ type }) => type === "im.vector.modular.widgets"),
      ).toHaveLength(1);
      expect(alice.seen.filter(membership(direct, world.usher.userId, "join"))).toEqual([]);

      await world.usher.stop({ keep: true });
      await mend();
      const from = alice.mark();
      await world.usher.start();
      expect(bodyOf(await ask(alice, room, "!usher list"))).toContain(`for ${alice.userId}`);
      // The invitation that nobody answered is answered now.
      await alice.waitFor(messageFrom(world.usher.userId, direct), { from });
    },
  );
});
