import { describe, expect, it } from "vitest";
import { KillWorld } from "../../../test/harness/bridges/killWorld.ts";
import { ScriptedAppserviceIrc } from "../../../test/harness/bridges/scriptedAppserviceIrc.ts";
import { ScriptedAppserviceSlack } from "../../../test/harness/bridges/scriptedAppserviceSlack.ts";
import { ScriptedBridgev2 } from "../../../test/harness/bridges/scriptedBridgev2.ts";
import { ScriptedHeisenbridge } from "../../../test/harness/bridges/scriptedHeisenbridge.ts";
import { ScriptedMautrixDiscord } from "../../../test/harness/bridges/scriptedMautrixDiscord.ts";
import { ScriptedMautrixTelegram } from "../../../test/harness/bridges/scriptedMautrixTelegram.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import type { Answer, Command, Plan } from "../../chat/command.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId } from "../../kernel/ids.ts";
import { roomDocument } from "../../store/room.ts";
import { LostLinks } from "./lostLinks.ts";
import { beyondRooms } from "./operators.ts";
import { withoutBridge } from "./records.ts";

type Make = ConstructorParameters<typeof KillWorld>[0];

const BRIDGES: readonly (readonly [string, Make])[] = [
  ["heisenbridge", (hands, owner) => new ScriptedHeisenbridge(hands, owner)],
  ["bridgev2", (hands) => new ScriptedBridgev2(hands)],
  ["appservice-irc", (hands) => new ScriptedAppserviceIrc(hands)],
  ["appservice-slack", (hands) => new ScriptedAppserviceSlack(hands)],
  ["mautrix-telegram", (hands) => new ScriptedMautrixTelegram(hands)],
  ["mautrix-discord", (hands) => new ScriptedMautrixDiscord(hands)],
];

/** A room that is linked, and what operators can do about it. */
class Scene {
  readonly world: KillWorld;
  readonly told: string[] = [];
  readonly lost: LostLinks;
  readonly id: string;

  constructor(make: Make) {
    this.world = new KillWorld(make);
    this.lost = new LostLinks(this.world);
    this.id = this.world.id;
  }

  /** Usher is put out of the room. */
  async goes(): Promise<void> {
    const { documents, room, rooms } = this.world;
    const document = await documents.get(roomDocument, room);
    if (document !== undefined) await this.beyond.lost(document);
    await documents.delete(roomDocument, room);
    rooms.shutsOut();
  }

  get beyond() {
    const { bridges, documents } = this.world;
    return beyondRooms({
      ...{ bridges, documents, lost: this.lost, queue: this.world.queue },
      owed: {
        say: (_, answer) => {
          this.told.push(sentenceOf(answer));
          return Promise.resolve();
        },
      },
    });
  }

  async links(): Promise<string> {
    return sentenceOf(await this.#command("admin links").answer({} as never, {} as never));
  }

  async plans(id = this.id): Promise<string> {
    const { plan } = this.#command("admin unlink");
    const found: Plan | undefined = await plan(this.#input(id), this.#request as never);
    return found !== undefined && "preview" in found ? sentenceOf(found.preview) : "no preview";
  }

  async unlinks(): Promise<string> {
    const { perform } = this.#command("admin unlink");
    let answer: Answer | UsherError | undefined;
    await this.world.does(async () => {
      const asked: Promise<Answer> = perform(this.#input(this.id), this.#request as never);
      answer = await asked.catch((error: unknown) => {
        if (error instanceof UsherError) return error;
        throw error;
      });
    });
    return answer === undefined ? "nothing" : sentenceOf(answer);
  }

  #input(id: string): never {
    return { room: this.world.room, id } as never;
  }

  readonly #request = { room: "!office:example.org" as RoomId, event: "$asked" as EventId };

  #command(words: string) {
    const found = this.beyond.commands.find(({ command }) => command.words === words)?.command;
    if (found === undefined) throw new Error(words);
    return found as Command & { answer: never } as unknown as {
      readonly answer: (input: never, request: never) => Promise<Answer>;
      readonly plan: (input: never, request: never) => Promise<Plan>;
      readonly perform: (input: never, request: never) => Promise<Answer>;
    };
  }
}

describe.each(BRIDGES)("a link by %s", (name, make) => {
  it("of a room that Usher is in is listed for operators, and taken away with a word there", async () => {
    const scene = new Scene(make);
    expect(await scene.links()).toContain("No room is linked by me");
    await scene.world.say("add");
    expect(await scene.links()).toContain(`in \`${scene.world.room}\`, id \`${scene.id}\`: linked`);
    expect(await scene.plans()).toContain("and say so there");
    expect(await scene.unlinks()).toMatch(/^Unlinked/);
    expect(await scene.world.stands()).toBe("undone");
    expect(scene.told[0]).toContain("The people who run me have unlinked");
    expect(await scene.unlinks()).toContain("there is nothing to do");
  });

  it("goes where everybody has left", async () => {
    const scene = new Scene(make);
    await scene.world.say("add");
    const { world, beyond } = scene;
    await world.does(() => world.queue.inTurn(world.room, () => beyond.end(world.room)));
    expect(await scene.world.stands()).toBe("undone");
  });

  it("of a room that Usher is in no more is remembered, and taken away from outside where the bridge can", async () => {
    const scene = new Scene(make);
    await scene.world.say("add");
    await scene.goes();
    expect(await scene.links()).toContain("goes on, though I am not in the room any more");
    expect(await scene.plans()).toContain("I am not in that room any more");
    const said = await scene.unlinks();
    if (name === "mautrix-discord") {
      expect(said).toContain("takes a link away in the linked room alone");
      expect(await scene.lost.all()).toHaveLength(1);
      scene.world.bridge.hear(scene.world.room, "!discord unbridge");
      expect(await scene.unlinks()).toMatch(/^Unlinked/);
    } else {
      expect(said).toContain("What its bot has left in the room stays there");
    }
    expect(scene.world.bridge.linked(scene.world.room)).toBe(false);
    expect(await scene.lost.all()).toEqual([]);
  });
});

it("a link that the bridge does not take away stays in the list, and is half done where Usher is in its room", async () => {
  for (const isOutside of [false, true]) {
    const scene = new Scene((hands) => new ScriptedBridgev2(hands));
    await scene.world.say("add");
    if (isOutside) await scene.goes();
    scene.world.bridge.deaf.add("unbridge");
    expect(await scene.unlinks()).toContain("Telegram refused");
    expect(await scene.links()).toContain(scene.id);
  }
});

it("a room that is linked anew is no lost one; another id is none", async () => {
  const scene = new Scene((hands) => new ScriptedBridgev2(hands));
  await scene.world.say("add");
  const { documents, room } = scene.world;
  const document = await documents.get(roomDocument, room);
  if (document === undefined) throw new Error("no room");
  await scene.beyond.lost(document);
  expect(await scene.links()).not.toContain("goes on, though");
  await documents.update(roomDocument, room, (now) => withoutBridge(now, scene.id));
  expect(await scene.links()).toContain("goes on, though");
  const refused = await scene.plans("irc-aaaaa").catch((error: unknown) => error);
  expect(sentenceOf(refused as UsherError)).toContain("`!usher admin links` shows all");
});

it("a link that is not whole is listed as such, and a room that cannot be looked into hides no other", async () => {
  const scene = new Scene((hands) => new ScriptedBridgev2(hands));
  const { world } = scene;
  await world.say("add");
  world.bridge.deaf.add("unbridge");
  await scene.unlinks();
  expect(await scene.links()).toContain("half set up, or half taken away");
  const other = new Scene((hands) => new ScriptedBridgev2(hands));
  await other.world.say("add");
  other.world.rooms.shutsOut();
  const [record] = await world.bridges.records(world.room);
  await other.lost.note("!lost:x" as RoomId, record === undefined ? [] : [record]);
  expect(await other.links()).toMatch(
    /goes on, though[^]*I cannot look into that room now[^]*To take the first one away/,
  );
});

it("links are listed by pages", async () => {
  const scene = new Scene((hands) => new ScriptedBridgev2(hands));
  const record = {
    id: "x",
    name: "x",
    entry: "telegram",
    bot: scene.world.bridge.bot,
    channel: "x",
  };
  for (let at = 0; at < 21; at += 1)
    await scene.lost.note(`!r${String(at)}:x` as RoomId, [record as never]);
  expect(await scene.links()).toContain("page 1 of 2");
  expect(await scene.links()).toContain("`!usher admin links 2` shows the next page");
});
