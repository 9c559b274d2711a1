import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { theSynapse } from "../harness/e2eSetup.ts";
import { connectEncrypted, type EncryptedPerson } from "../harness/encryptedPerson.ts";
import { ask, bodyOf, membership } from "../harness/expect.ts";
import { objections } from "../harness/strictness.ts";

/** The encrypting clients of the tests, among themselves: what they say of messages and shields must be true before Usher is judged by it. */
describe("two people's encrypting clients", () => {
  let alice: EncryptedPerson;
  let bob: EncryptedPerson;
  let mallory: EncryptedPerson;
  let room: string;

  beforeAll(async () => {
    const synapse = theSynapse();
    const name = Math.random().toString(36).slice(2, 10);
    const account = (who: string) => synapse.register(`${who}-${name}`, { displayName: who });
    alice = await connectEncrypted(synapse, await account("alice"));
    bob = await connectEncrypted(synapse, await account("bob"));
    mallory = await connectEncrypted(synapse, await account("mallory"), { signed: false });
    room = await alice.createRoom({ encrypted: true, invite: [bob.userId, mallory.userId] });
    for (const person of [bob, mallory]) {
      await person.join(room);
      await alice.waitFor(membership(room, person.userId, "join"));
    }
  });
  afterAll(async () => {
    await Promise.all([alice, bob, mallory].map((person) => person.stop()));
  });

  it("read each other, and no shield stands beside what a signed device sent", async () => {
    bob.listen((event) => {
      if (bodyOf(event) === "ping") void bob.say(room, "pong", { replyTo: event.eventId });
    });
    const answer = await ask(alice, room, "ping");
    expect(answer).toMatchObject({
      type: "m.room.message",
      encryption: "decrypted",
      content: { body: "pong" },
    });
    expect(await alice.shieldOf(answer.eventId)).toEqual({ colour: "none", reason: null });
  });

  it("see edits and reactions as in any room", async () => {
    const said = await alice.say(room, "frist");
    const edited = await alice.edit(room, said, "first");
    const seen = await bob.waitFor((event) => event.eventId === edited);
    expect(seen.content).toMatchObject({
      "m.new_content": { body: "first" },
      "m.relates_to": { rel_type: "m.replace", event_id: said },
    });
    const reaction = await bob.react(room, said, "✅");
    const reacted = await alice.waitFor((event) => event.eventId === reaction);
    expect(reacted.content).toMatchObject({ "m.relates_to": { event_id: said, key: "✅" } });
  });

  it("see a red shield beside what an unsigned device sent, and cannot read it once they exclude such devices", async () => {
    const first = await mallory.say(room, "trust me");
    await alice.waitFor((event) => event.eventId === first && event.encryption === "decrypted");
    expect(await alice.shieldOf(first)).toMatchObject({ colour: "red" });
    bob.isolate(true);
    const second = await mallory.say(room, "trust me now");
    await bob.waitFor((event) => event.eventId === second);
    expect(
      bob.seen.filter((event) => event.eventId === second).map((event) => event.encryption),
    ).toEqual(["unreadable"]);
    const [reads, cannot] = await Promise.all(
      [alice, bob].map((person) => objections([person], mallory.userId)),
    );
    expect(reads).toContainEqual(expect.stringContaining('a red shield beside "trust me"'));
    expect(cannot).toContainEqual(expect.stringContaining("no key beside"));
  });

  it("object to what is said unencrypted into their room, and to nothing that is as it should be", async () => {
    const before = await objections([alice], bob.userId);
    expect(before).toEqual([]);
    const clear = await bob.api.send(room, "m.room.message", {
      msgtype: "m.text",
      body: "in clear",
    });
    await alice.waitFor((event) => event.eventId === clear);
    expect(await objections([alice], bob.userId)).toEqual([
      expect.stringContaining('no encryption beside "in clear"'),
    ]);
  });

  it("are seen as unreadable by a client that does not encrypt", async () => {
    const secret = await alice.say(room, "not for the wire");
    const { content, type } = (await alice.api.call(
      "GET",
      `/rooms/${encodeURIComponent(room)}/event/${encodeURIComponent(secret)}`,
    )) as {
      content: object;
      type: string;
    };
    expect(type).toBe("m.room.encrypted");
    expect(JSON.stringify(content)).not.toContain("not for the wire");
  });
});
