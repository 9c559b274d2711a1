import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { answerTo, ask, bodyOf, stateChange } from "../harness/expect.ts";
import type { Person, StateEvent } from "../harness/person.ts";
import { TALKS, World } from "../harness/world.ts";

const TYPE = "org.matrix.msc4391.command_description";
const schema = new URL("../fixtures/msc4391.schema.json", import.meta.url);
const isValid = new Ajv2020().compile(JSON.parse(readFileSync(schema, "utf8")) as object);

/** What clients would offer: descriptions that are not blank. */
async function described(person: Person, room: string): Promise<readonly StateEvent[]> {
  const state = await person.allState(room);
  return state.filter(({ type, content }) => type === TYPE && "command" in content);
}

const keyOf = (command: string, sender: string): string =>
  createHash("sha256").update(`${command}${sender}`).digest("base64");

describe.each(TALKS)("commands that clients complete (MSC4391), %s", (_, talk) => {
  it("are described where Usher may, from when it may, follow the catalogue, and go when that is switched off", async () => {
    const { world, olga, office } = await World.withOffice(talk, {
      config: { describeCommands: true },
    });
    const usher = world.usher.userId;
    const ann = await world.person("ann");
    const room = await world.room(ann, { usherPower: 0, encrypted: talk.encrypted });
    const until = (
      person: Person,
      where: string,
      words: string,
      fits?: (text: string) => boolean,
    ) =>
      person.waitFor(
        stateChange(where, TYPE, keyOf(words, usher), (content) =>
          fits === undefined ? "command" in content : fits(JSON.stringify(content)),
        ),
        { what: `the description of ${words}` },
      );
    await ask(ann, room, "!usher status");
    expect(await described(ann, room)).toEqual([]);
    await ann.setLevel(room, usher, 50);
    // The last one in the list of commands.
    await until(ann, room, "move from");
    const all = await described(ann, room);
    expect(all.filter(({ content }) => !isValid(content))).toEqual([]);
    for (const { content, state_key, sender } of all)
      expect([state_key, sender]).toEqual([keyOf(String(content["command"]), usher), usher]);
    const words = all.map(({ content }) => String(content["command"]));
    expect(words).toContain("add widget");
    expect(words.filter((one) => one.startsWith("admin"))).toEqual([]);

    // As a client sends it that has built it: what it says beside is nobody's command.
    const built = {
      "m.mentions": { user_ids: [usher] },
      "org.matrix.msc4391.command": { command: "info", arguments: { entry: "jitsi" } },
    };
    const asked = await ann.say(room, "/info jitsi", { raw: built });
    const answer = await ann.waitFor(answerTo(asked), { what: "the answer to what was built" });
    expect(bodyOf(answer)).toContain("Jitsi");

    await ask(olga, office, "!usher admin catalogue disable jitsi");
    await until(ann, room, "add widget", (text) => !text.includes('"jitsi"'));

    await world.usher.stop({ keep: true });
    const path = join(world.usher.folder, "config.json");
    const config = JSON.parse(await readFile(path, "utf8")) as object;
    await writeFile(path, JSON.stringify({ ...config, describeCommands: false }));
    await world.usher.start();
    await until(ann, room, "move from", (text) => text === "{}");
    await ask(ann, room, "!usher status");
    await expect.poll(() => described(ann, room)).toEqual([]);
    await world.end();
  });
});
