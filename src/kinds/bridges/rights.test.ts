import { describe, expect, it } from "vitest";
import { ROOM, WHO } from "../../../test/harness/bridges/bridgeRooms.ts";
import { KillWorld } from "../../../test/harness/bridges/killWorld.ts";
import { ScriptedAppserviceIrc } from "../../../test/harness/bridges/scriptedAppserviceIrc.ts";
import { ScriptedAppserviceSlack } from "../../../test/harness/bridges/scriptedAppserviceSlack.ts";
import { ScriptedBridgev2 } from "../../../test/harness/bridges/scriptedBridgev2.ts";
import { ScriptedHeisenbridge } from "../../../test/harness/bridges/scriptedHeisenbridge.ts";
import { ScriptedMautrixDiscord } from "../../../test/harness/bridges/scriptedMautrixDiscord.ts";
import { ScriptedMautrixTelegram } from "../../../test/harness/bridges/scriptedMautrixTelegram.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { UsherError } from "../../kernel/errors.ts";
import { roomDocument } from "../../store/room.ts";
import { outwardLinks } from "./outward.ts";
import { bridgePart } from "./records.ts";

type Make = ConstructorParameters<typeof KillWorld>[0];

const BRIDGES: readonly (readonly [string, Make])[] = [
  ["heisenbridge", (hands, owner) => new ScriptedHeisenbridge(hands, owner)],
  ["bridgev2", (hands) => new ScriptedBridgev2(hands)],
  ["appservice-irc", (hands) => new ScriptedAppserviceIrc(hands)],
  ["appservice-slack", (hands) => new ScriptedAppserviceSlack(hands)],
  ["mautrix-telegram", (hands) => new ScriptedMautrixTelegram(hands)],
  ["mautrix-discord", (hands) => new ScriptedMautrixDiscord(hands)],
];

/** A room that Ann has linked, and what her rights do there. */
async function linked(make: Make) {
  const world = new KillWorld(make);
  await world.say("add");
  const matrix = world.rooms.actedOn(async (_, work) => work());
  const { bridges, queue } = world;
  const outward = outwardLinks({
    ...{ bridges, queue, matrix, isBot: (user) => user === world.bridge.bot },
    made: { of: () => Promise.resolve([]) },
  });
  /** Erases at the bridge; why not, where it does not. */
  const erases = async (): Promise<string | undefined> => {
    let refused: string | undefined;
    await world.does(async () => {
      await outward.takeAway(ROOM, world.id, WHO.ann).catch((error: unknown) => {
        if (!(error instanceof UsherError)) throw error;
        refused = sentenceOf(error);
      });
    });
    return refused;
  };
  return { world, outward, erases };
}

describe.each(BRIDGES)("R24 a link of somebody's by %s", (_, make) => {
  it("is among what is kept of them, with what it links and since when", async () => {
    const { world } = await linked(make);
    const document = await world.documents.get(roomDocument, ROOM);
    const [kept] = bridgePart.of(document ?? roomDocument.empty(ROOM));
    expect(kept).toMatchObject({ id: world.id, addedBy: WHO.ann, bot: world.bridge.bot });
    expect(kept?.addedAt).toBeGreaterThan(0);
    expect(world.bridge.words).toContain(kept?.channel);
  });

  it("goes at the bridge itself, and the room is as it was", async () => {
    const { world, erases } = await linked(make);
    expect(await erases()).toBeUndefined();
    expect(world.bridge.linked(ROOM)).toBe(false);
    expect(await world.stands()).toBe("undone");
  });

  it("is not said to be gone where the bridge still has it, and goes when it heeds", async () => {
    const { world, erases } = await linked(make);
    world.bridge.deaf.add(world.bridge.spoils.unlink ?? "");
    expect(await erases()).toBeDefined();
    expect(world.bridge.linked(ROOM)).toBe(true);
    expect(await world.stands()).toBe("set up");
    world.bridge.heal();
    expect(await erases()).toBeUndefined();
    expect(world.bridge.linked(ROOM)).toBe(false);
  });

  it("is told with what the bridge keeps all the same, and who runs it", async () => {
    const { world, outward } = await linked(make);
    const kept = outward.keeps((world.bridge.entry as { readonly id: string }).id);
    expect(sentenceOf(kept ?? { template: "bridge/keeps", view: {} })).toMatch(
      /keeps|remembers|stores/i,
    );
    expect(sentenceOf(kept ?? { template: "bridge/keeps", view: {} })).toContain(
      "Run by the people who run me",
    );
  });
});
