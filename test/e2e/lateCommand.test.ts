import { afterAll, beforeAll, expect, it } from "vitest";
import { theSynapse } from "../harness/e2eSetup.ts";
import { connectEncrypted, type EncryptedPerson } from "../harness/encryptedPerson.ts";
import { answerTo, ask, bodyOf } from "../harness/expect.ts";
import { holdingKeys } from "../harness/holdingKeys.ts";
import { HoldingProxy } from "../harness/holdingProxy.ts";
import { World } from "../harness/world.ts";

let proxy: HoldingProxy;
let world: World;
let ann: EncryptedPerson;
const keys = holdingKeys();

beforeAll(async () => {
  proxy = await HoldingProxy.start(theSynapse().url);
  world = await World.begin({ encrypted: true }, { homeserver: proxy.url });
  const account = await theSynapse().register(`late-${crypto.randomUUID().slice(0, 8)}`, {
    displayName: "ann",
  });
  ann = await connectEncrypted(theSynapse(), account, { fetchFn: keys.fetchFn });
});
afterAll(async () => {
  await ann.stop();
  await world.end();
  await proxy.stop();
});

it("a command whose key came late is answered once, also where Usher is killed while it answers", async () => {
  const room = await world.room(ann);
  await ask(ann, room, "!usher status");
  await ann.crypto.forceDiscardSession(room);
  keys.hold();
  const command = await ann.say(room, "!usher status");
  // What is heard after it shows that the command was heard, and not read: that place in the stream is behind Usher.
  const other = await world.person("bea");
  const elsewhere = await world.room(other);
  await ask(other, elsewhere, "!usher status");
  const answer = proxy.hold(`PUT /_matrix/client/v3/rooms/${room}/send/m.room.encrypted`);
  await keys.letGo();
  await answer.came;
  await world.usher.kill();
  answer.release();
  await world.usher.start();
  expect(bodyOf(await ann.waitFor(answerTo(command)))).toContain("I am well");

  await world.usher.restart();
  await ask(ann, room, "!usher help");
  expect(ann.messagesFrom(world.usher.userId, room).filter(answerTo(command))).toHaveLength(1);
});
