import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerTo, bodyOf, finalAnswerTo } from "../harness/expect.ts";
import { Bridgev2 } from "../harness/peers/bridgev2.ts";
import { connectPerson, type Person } from "../harness/person.ts";
import { startSynapse, type Synapse } from "../harness/synapse.ts";
import { ENCRYPTED, World } from "../harness/world.ts";

const GIVEN = (process.env["USHER_TEST_HOMESERVER"] ?? "") !== "";

/** A bridge that reads encrypted rooms. Its Synapse must be of our own making: the bridge is an administrator's. */
describe.skipIf(GIVEN)("a bridge in an encrypted room", () => {
  let synapse: Synapse;
  let standIn: Bridgev2;
  let world: World;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    synapse = await startSynapse();
    const account = await synapse.register("usher", { displayName: "Usher" });
    standIn = await Bridgev2.begin(synapse);
    standIn.admins.add(account.userId);
    alice = await connectPerson(synapse, "alice", ENCRYPTED);
    bob = await connectPerson(synapse, "bob", ENCRYPTED);
    world = await World.begin(ENCRYPTED, {
      ...{ homeserver: synapse.url, account, people: [alice, bob] },
      config: { bridges: { catalogue: [standIn.entry({ encrypts: true })] } },
    });
  });
  afterAll(async () => {
    await world.end();
    await standIn.stop();
    await synapse.stop();
  });

  it("what is being done is said in one message, encrypted, which becomes the answer", async () => {
    const room = await world.room(alice, { usherPower: 100 });
    await world.bring(alice, room, bob);
    const answered = Promise.withResolvers<undefined>();
    standIn.odd.set("bridge", { is: "late", until: answered.promise });
    const from = alice.mark();
    const asked = await alice.say(room, "!usher add bridge telegram channel:1 --yes");
    const working = await alice.waitFor(
      (event) => event.roomId === room && /working on it: linking/.test(bodyOf(event)),
      { from, what: "what is being done" },
    );
    answered.resolve(undefined);
    const last = await alice.waitFor(finalAnswerTo(asked, alice), { from, what: "the answer" });
    expect(bodyOf(last)).toContain("Linked this room with channel:1");
    const relation = last.content["m.relates_to"] as { rel_type?: string; event_id?: string };
    expect(relation.rel_type).toBe("m.replace");
    // One message answers, and the rest are its edits.
    const answers = alice.seen.filter(answerTo(asked));
    expect(new Set(answers.map(({ eventId }) => eventId))).toEqual(new Set([relation.event_id]));
    for (const event of [working, last, ...answers]) expect(event.encryption).toBe("decrypted");
  });
});
