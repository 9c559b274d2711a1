import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { theSynapse } from "../harness/e2eSetup.ts";
import { EncryptedPerson } from "../harness/encryptedPerson.ts";
import { answerTo, ask, bodyOf } from "../harness/expect.ts";
import { HoldingProxy } from "../harness/holdingProxy.ts";
import type { Person } from "../harness/person.ts";
import { World } from "../harness/world.ts";

/** A key's half a minute, the next look at what was not read, and time for a slow machine. */
const HINT_MS = 120_000;

function encrypting(person: Person): EncryptedPerson {
  if (!(person instanceof EncryptedPerson))
    throw new Error("this person's client does not encrypt");
  return person;
}

/**
 * The control for every test in an encrypted room: Usher whole, but its identity and signatures never reach the homeserver. The same talk must
 * then fail, or the others would not notice an Usher without cross-signing.
 */
describe("Usher without cross-signing", () => {
  let proxy: HoldingProxy;
  let identities: readonly string[];
  let signatures: readonly string[];
  let world: World;
  /** Trusts signed devices alone (MSC4153), as everybody in these tests. */
  let ann: EncryptedPerson;
  /** Trusts every device, and is shown shields. */
  let bea: EncryptedPerson;
  let room: string;

  beforeAll(async () => {
    proxy = await HoldingProxy.start(theSynapse().url);
    identities = proxy.keepBack("/keys/device_signing/upload");
    signatures = proxy.keepBack("/keys/signatures/upload");
    world = await World.begin({ encrypted: true }, { homeserver: proxy.url });
    [ann, bea] = [encrypting(await world.person("ann")), encrypting(await world.person("bea"))];
    bea.isolate(false);
    room = await bea.createRoom({
      encrypted: true,
      version: "12",
      invite: [world.usher.userId, ann.userId],
    });
    await ann.join(room);
    await world.greeted(bea, room);
  });
  afterAll(() => proxy.stop());

  it("made its identity as ever, and no homeserver has heard of it", async () => {
    expect(identities).toHaveLength(1);
    expect(JSON.parse(identities[0] ?? "{}")).toMatchObject({
      master_key: { user_id: world.usher.userId },
    });
    expect(signatures.length).toBeGreaterThan(0);
    const identity = await ann.crypto.getUserVerificationStatus(world.usher.userId);
    expect(identity.isCrossSigningVerified()).toBe(false);
    expect(await ann.crypto.userHasCrossSigningKeys(world.usher.userId, true)).toBe(false);
  });

  it("is not read by a client that trusts signed devices alone", async () => {
    const command = await bea.say(room, "!usher status");
    const answer = await bea.waitFor(answerTo(command));
    expect(bodyOf(answer)).toContain("Careful apps may not trust my device yet");
    await ann.waitFor((event) => event.eventId === answer.eventId);
    expect(
      ann.seen.filter((event) => event.eventId === answer.eventId).map((event) => event.encryption),
    ).toEqual(["unreadable"]);
  });

  it("carries the red shield where it is read", async () => {
    const answer = await ask(bea, room, "!usher help");
    expect(answer.encryption).toBe("decrypted");
    expect(await bea.shieldOf(answer.eventId)).toMatchObject({ colour: "red" });
  });

  it("is given no keys by such a client, and says why, once", async () => {
    const command = await ann.say(room, "!usher status");
    const hint = await bea.waitFor(answerTo(command), { stillMs: HINT_MS, what: "the hint" });
    expect(bodyOf(hint)).toContain(`the app of ${ann.userId} does not count my device as verified`);
    expect(bea.messagesFrom(world.usher.userId, room).filter(answerTo(command))).toHaveLength(1);
  });

  it("is noticed by what every encrypted test looks at in the end", async () => {
    const noticed = await world.end().catch(String);
    expect(noticed).toContain(`${bea.userId} sees a red shield beside`);
    expect(noticed).toContain(`${ann.userId} sees no key beside`);
  });
});
