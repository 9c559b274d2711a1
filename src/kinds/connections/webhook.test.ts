import { describe, expect, it } from "vitest";
import { ROOM, WHO } from "../../../test/harness/connections/connectionRooms.ts";
import { ConnectionTalk } from "../../../test/harness/connections/connectionTalk.ts";
import { ConnectionWorld } from "../../../test/harness/connections/connectionWorld.ts";
import { HOOK, OUTBOUND } from "../../../test/harness/peers/hookshotThings.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { DAY_MS } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import { addedAnswer } from "./answers.ts";
import { connectionEntries } from "./entries.ts";
import { infoOf } from "./info.ts";
import { WEBHOOK } from "./sorts.ts";
import { webhookTarget } from "./webhook.ts";

const { ann, bob, bot } = WHO;

describe("the name of a webhook", () => {
  it.each([
    ["builds", "builds"],
    ["Our builds", "Our builds"],
    // What would end the name in a command.
    ['a" b \\', "a' b '"],
    ["list of all", "list of all"],
  ])("%s is %s", (said, name) => {
    expect(webhookTarget(said, undefined, 0)).toEqual({ entry: "webhook", key: name, name });
  });

  it.each(["ab", "x".repeat(65), "list", "Remove", "undefined"])("is never %s", (said) => {
    expect(() => webhookTarget(said, undefined, 0)).toThrow(
      expect.objectContaining({ code: "webhook-name" }),
    );
  });

  it("comes with the day on which it ends: as a date for the API, as hours in a command", () => {
    const target = webhookTarget("builds", 30, DAY_MS);
    expect(target.until).toBe(31 * DAY_MS);
    expect(WEBHOOK.config(target)).toEqual({
      name: "builds",
      expirationDate: "1970-02-01T00:00:00.000Z",
    });
    expect(WEBHOOK.words(target, DAY_MS)).toEqual(["webhook", "builds", "720h"]);
    expect(WEBHOOK.config(webhookTarget("builds", undefined, 0))).toEqual({ name: "builds" });
  });
});

describe("what is said of webhooks", () => {
  const begun = (byApi = true): { world: ConnectionWorld; talk: ConnectionTalk; id: string } => {
    const world = new ConnectionWorld({ byApi, sort: "webhook" });
    return { world, talk: new ConnectionTalk(world), id: world.id };
  };

  it("before one is added", async () => {
    const { world, talk } = begun();
    const preview = await talk.said("add webhook builds");
    expect(preview).toContain("you alone get it, by direct message.");
    talk.clear = true;
    expect(await talk.said("add webhook builds days=30")).toMatch(
      /until 20\d\d-\d\d-\d\d[^]*direct message, unencrypted\./,
    );
    expect(await talk.said("add webhook list")).toContain("cannot be the name of a webhook");
    world.peer.off.add("generic");
    expect(await talk.said("add webhook builds")).toContain("switched off");
    expect(sentenceOf(infoOf(connectionEntries(talk.settings), "webhook", talk.settings))).toMatch(
      /keep nowhere[^]*add webhook builds/,
    );
  });

  it("its bot gets what it takes to invite the account that writes", async () => {
    const { world, talk } = begun();
    const content = { users: { [ann]: 100, [WHO.usher]: 100 }, invite: 75 };
    world.rooms.homeserver.put(ROOM, "m.room.power_levels", "", content, ann);
    expect(await talk.said("add webhook builds")).toContain("with power 75");
  });

  it("what it is, how long it works, and how to get its secret again", async () => {
    const { world, talk, id } = begun();
    await world.say("add");
    expect(await talk.said("add webhook builds")).toContain("is here already");
    const shown = await talk.said(`show ${id}`);
    expect(shown).toContain(`webhook resend ${id}`);
    expect(shown).not.toContain("Its address");
    expect(await talk.said(`webhook resend ${id}`)).toContain("by direct message.");
    talk.clear = true;
    expect(await talk.said("webhook resend builds")).toContain("unencrypted");
    const secret = world.letters[0]?.secret ?? "none";
    expect(talk.letters).toHaveLength(2);
    for (const letter of talk.letters) expect(letter).toContain(secret);
    expect(await talk.said(`webhook resend ${id}`, bob)).toContain("asks for power 50");
    expect(await talk.said("webhook resend others")).toContain("has the id `others`");
    expect(talk.letters).toHaveLength(2);
    const until = new Date(world.clock.now() + DAY_MS).toISOString();
    const content = { name: "builds", expirationDate: until };
    world.rooms.homeserver.put(ROOM, HOOK, "builds", content, bot);
    expect(await talk.said(`show ${id}`)).toContain(`: there, until ${until.slice(0, 10)}.`);
    world.clock.advance(2 * DAY_MS);
    expect(await talk.said(`show ${id}`)).toContain("ended, its time is over.");
    const open = { name: "builds", hookId: secret };
    world.rooms.homeserver.put(ROOM, HOOK, "builds", open, bot);
    expect(await talk.said(`show ${id}`)).toContain("for everybody here to read.");
    expect(await talk.said(`remove ${id}`)).toContain("its secret address works no more");
  });

  it("whose secret is meant, as everywhere: by its sort and name too, and of two of one name it is asked which", async () => {
    const { world, talk, id } = begun();
    expect(await talk.said("webhook resend")).toContain("Something is missing");
    await world.say("add");
    expect(await talk.said("webhook resend")).toContain(`builds, id \`${id}\``);
    expect(await talk.said("webhook resend bulds")).toContain("Did you mean `!usher webhook");
    const url = "https://archive.example.org/take";
    world.rooms.homeserver.put(ROOM, OUTBOUND, "builds", { name: "builds", url }, bot);
    expect(await talk.said("webhook resend builds")).toContain("may be:");
    expect(talk.letters).toEqual([]);
    expect(await talk.said("webhook resend webhook builds")).toContain("I have sent you");
    expect(await talk.said("remove webhook builds")).toContain("its secret address works no more");
    expect(await talk.said("show outbound builds")).toContain(url);
  });

  it("is none where somebody has written it into the room's state by hand", async () => {
    const { world, talk } = begun();
    await world.say("add");
    world.rooms.homeserver.put(ROOM, HOOK, "theirs", { name: "theirs" }, bob);
    const said = await talk.said("webhook resend theirs");
    expect(said).toMatch(
      /^Hookshot has no secret for theirs[^]*`!usher remove webhook-\w+`, and add/,
    );
    expect(talk.letters).toEqual([]);
  });

  it("goes to nobody who has left the room meanwhile, and then nothing is left of it", async () => {
    const { world } = begun();
    world.rooms.put(ROOM, "m.room.member", ann, { membership: "leave" }, bob);
    await world.say("add");
    expect(world.letters).toEqual([]);
    expect(world.peer.connected(ROOM)).toEqual([]);
    expect(sentenceOf(new UsherError("connection-asker-gone"))).toContain("have not sent it");
  });

  it("where it is told once", async () => {
    const { world, talk, id } = begun(false);
    await world.say("add");
    expect(await talk.said(`show ${id}`)).toContain("I cannot ask hookshot for it again.");
    expect(await talk.said(`webhook resend ${id}`)).toContain("To get a new one:");
    expect(talk.letters).toEqual([]);
  });

  it("when it is there, and why it is not", () => {
    const done = { is: "done", results: {} } as const;
    const added = addedAnswer(done, {
      ...{ id: "webhook-x", name: "builds", entry: "webhook", key: "builds", bot, person: ann },
    });
    expect(sentenceOf(added)).toContain("secret address to @ann:example.org alone");
    const step = { template: "connection-step/tell", view: { name: "builds" } };
    expect(sentenceOf(step)).toBe("sending you the secret of builds");
    expect(sentenceOf(new UsherError("hookshot-told-all"))).toContain("so it is no secret");
    expect(sentenceOf(new UsherError("hookshot-untold"))).toMatch(
      /did not come to me[^]*tell the people who run me/,
    );
  });
});
