import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { theSynapse } from "../harness/e2eSetup.ts";
import { ask, bodyOf, messageFrom } from "../harness/expect.ts";
import type { SeenEvent } from "../harness/observed.ts";
import { connectPerson, type Person } from "../harness/person.ts";
import { World } from "../harness/world.ts";

describe("R54: what Usher sees and may do in a room", () => {
  let world: World;
  /** Not one of the world's people: what is said before the room turns encrypted is said unencrypted. */
  let ann: Person;

  beforeAll(async () => {
    world = await World.begin({ encrypted: false });
    ann = await connectPerson(theSynapse(), "ann", { encrypted: true });
  });
  afterAll(async () => {
    await ann.stop();
    await world.end();
  });

  const about = (room: string): readonly SeenEvent[] =>
    ann
      .messagesFrom(world.usher.userId, room)
      .filter((event) => /My rights here have|encrypted from now on/.test(bodyOf(event)));

  const said = (room: string, words: string): Promise<SeenEvent> =>
    ann.waitFor(
      (event) => messageFrom(world.usher.userId, room)(event) && bodyOf(event).includes(words),
      { what: words },
    );

  it("is said again when its power and then the encryption changes: once each, also over a crash, and as the room has it", async () => {
    const room = await world.room(ann, { encrypted: false, usherPower: 0 });
    await ann.setLevel(room, world.usher.userId, 50);
    const rights = await said(room, "My rights here have changed");
    await world.usher.kill();
    expect(rights.encryption).toBe("none");
    expect(bodyOf(rights)).toContain(
      "I may change widgets, invite people, remove people, change sticker packs, remove messages; all unencrypted messages here",
    );
    await world.usher.start();
    await ask(ann, room, "!usher status");

    await ann.setState(room, "m.room.encryption", { algorithm: "m.megolm.v1.aes-sha2" });
    const turned = await said(room, "encrypted from now on");
    await world.usher.kill();
    expect(turned.encryption).toBe("decrypted");
    await world.usher.start();
    const status = await ask(ann, room, "!usher status");
    expect(status.encryption).toBe("decrypted");
    await ann.setState(room, "m.room.encryption", {
      algorithm: "m.megolm.v1.aes-sha2",
      rotation_period_msgs: 7,
    });
    await ask(ann, room, "!usher status");
    expect(about(room).map(bodyOf)).toEqual([bodyOf(rights), bodyOf(turned)]);
  });

  it("is said when it changed while Usher was down", async () => {
    const room = await world.room(ann, { encrypted: false, usherPower: 50 });
    await world.usher.stop({ keep: true });
    await ann.setState(room, "m.room.encryption", { algorithm: "m.megolm.v1.aes-sha2" });
    await world.usher.start();
    expect((await said(room, "encrypted from now on")).encryption).toBe("decrypted");
  });

  it("is not said where nothing of it changes: somebody else's power, a little more of its own", async () => {
    const room = await world.room(ann, { encrypted: false, usherPower: 50 });
    await ann.setLevel(room, "@somebody:usher.test", 50);
    await ann.setLevel(room, world.usher.userId, 60);
    await ask(ann, room, "!usher status");
    expect(about(room)).toEqual([]);
  });
});
