import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { theSynapse } from "../harness/e2eSetup.ts";
import { ask, bodyOf } from "../harness/expect.ts";
import { connectPerson, type Person } from "../harness/person.ts";
import { UNENCRYPTED, World } from "../harness/world.ts";

describe("bridges of the homeserver that the catalogue does not have", () => {
  let world: World;
  let olga: Person;
  let office: string;
  let bot: Person;
  let named: Person;

  beforeAll(async () => {
    ({ world, olga, office } = await World.withOffice(UNENCRYPTED));
    // One has the name that it has by itself, the other is known by the rooms that it has linked.
    named = await connectPerson(theSynapse(), "zulipbot", { exact: true });
    bot = await world.person("postbot");
  });
  afterAll(async () => {
    await named.stop();
    await world.end();
  });

  it("are found by the names of their bots and by linked rooms, told by the doctor, and added with the line that is suggested", async () => {
    const room = await world.room(olga, { version: "11", invite: [bot.userId] });
    await bot.join(room);
    await olga.setLevel(room, bot.userId, 50);
    const server = bot.userId.slice(bot.userId.indexOf(":") + 1);
    await bot.setState(
      room,
      "m.bridge",
      {
        bridgebot: bot.userId,
        protocol: { id: "post", displayname: "Post" },
        channel: { id: "1" },
      },
      `${server}/post`,
    );
    const said = bodyOf(await ask(olga, office, "!usher admin catalogue suggest"));
    const lines = [...said.matchAll(/`(!usher admin catalogue add [^`]*)`/g)].map(
      ([, line]) => line,
    );
    const ofBot = (user: string): string => lines.find((line) => line?.includes(user)) ?? "";
    expect(ofBot(named.userId)).toContain("add bridge zulip ");
    expect(ofBot(bot.userId)).toContain("add bridge post ");
    const doctor = bodyOf(await ask(olga, office, "!usher admin doctor"));
    expect(doctor).toMatch(/Not in the catalogue: .*Zulip/);

    await ask(olga, office, ofBot(bot.userId));
    expect(bodyOf(await ask(olga, office, "yes"))).toContain("post");
    expect(bodyOf(await ask(olga, office, "!usher browse bridges"))).toContain("Post");
    const after = bodyOf(await ask(olga, office, "!usher admin catalogue suggest"));
    expect(after).toContain(named.userId);
    expect(after).not.toContain(bot.userId);
  });
});
