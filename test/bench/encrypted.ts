import { rm } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { ClientApi, path } from "../harness/clientApi.ts";
import { connectEncrypted, type EncryptedPerson } from "../harness/encryptedPerson.ts";
import { ask, answerTo, membership } from "../harness/expect.ts";
import { startSynapse, type Account, type Synapse } from "../harness/synapse.ts";
import { UsherProcess } from "../harness/usherProcess.ts";
import { COMMAND } from "./rounds.ts";
import { residentMb } from "./stage.ts";

/** As between the sides of `rounds.ts`. */
const REST_MS = 40;
/** How long a process may settle before its memory is read. */
const SETTLE_MS = 5_000;
const WARM_UP = 6;
/** Rooms of each kind; each takes a new key once in a hundred messages. */
const ROOMS = 3;
/** Every so manyeth message is a command that Usher answers; it reads and keeps still about the others. */
const COMMANDS_AMONG = 5;
const SPOKEN_AT_ONCE = 10;
const ANSWER_MS = 120_000;

export interface EncryptedTalk {
  /** Of a command, from sending until its answer can be read, ms. */
  readonly encrypted: number[];
  readonly plain: number[];
  /** Resident memory, MB: after a start, and after all the messages that followed it. */
  readonly idle: number;
  readonly after: number;
}

/** One Usher on one homeserver, and a person with Element's library who talks to it in rooms of three, encrypted ones and others. */
export async function encryptedTalk(
  { rounds, messages }: { readonly rounds: number; readonly messages: number },
  say: (sentence: string) => void,
): Promise<EncryptedTalk> {
  const synapse = await startSynapse({ progress: say });
  const account = await synapse.register("bench-usher", { displayName: "Usher" });
  const config = { limits: { commandsPerMinute: 100_000 } };
  const usher = await UsherProcess.prepare({
    homeserver: synapse.url,
    account,
    config,
    env: { USHER_LOG_LEVEL: "info" },
  });
  const people: EncryptedPerson[] = [];
  try {
    await usher.start();
    for (const name of ["ann", "bob"])
      people.push(await connectEncrypted(synapse, await synapse.register(name)));
    const [ann, bob] = people;
    if (ann === undefined || bob === undefined) throw new Error("Nobody is there");
    const rooms = { encrypted: [] as string[], plain: [] as string[] };
    for (let count = 0; count < ROOMS; count += 1) {
      rooms.encrypted.push(await roomOfThree(synapse, ann, bob.account, usher.userId, true));
      rooms.plain.push(await roomOfThree(synapse, ann, bob.account, usher.userId, false));
    }
    // His device stays and gets the keys; what his client would compute is not to be measured.
    await bob.stop();
    say("Encrypted and plain commands in turns …");
    const trips = await inTurns(ann, rooms, rounds);
    await usher.restart();
    await wait(SETTLE_MS);
    const idle = residentMb(usher.pid);
    say(`${String(messages)} encrypted messages …`);
    await flood(ann, rooms.encrypted, messages, (sent) => {
      say(
        `${String(sent)} sent: ${residentMb(usher.pid).toFixed(0)} MB, from ${idle.toFixed(0)} MB`,
      );
    });
    await wait(SETTLE_MS);
    return { ...trips, idle, after: residentMb(usher.pid) };
  } finally {
    for (const person of people) await person.stop();
    if (usher.running) await usher.stop();
    await synapse.stop();
    await rm(usher.folder, { recursive: true, force: true });
  }
}

async function roomOfThree(
  synapse: Synapse,
  ann: EncryptedPerson,
  bob: Account,
  usher: string,
  encrypted: boolean,
): Promise<string> {
  const room = await ann.createRoom({ encrypted, invite: [bob.userId, usher] });
  await new ClientApi(synapse.url, bob).call("POST", path`/join/${room}`, {});
  await ann.waitFor(membership(room, bob.userId, "join"));
  await ann.waitFor(membership(room, usher, "join"));
  // Shares the keys both ways, and tells her client of the room what it asks the homeserver for once.
  await ask(ann, room, COMMAND);
  return room;
}

async function inTurns(
  ann: EncryptedPerson,
  rooms: { readonly encrypted: readonly string[]; readonly plain: readonly string[] },
  rounds: number,
): Promise<{ readonly encrypted: number[]; readonly plain: number[] }> {
  const times = { encrypted: [] as number[], plain: [] as number[] };
  for (let round = -WARM_UP; round < rounds; round += 1) {
    const sides = ["encrypted", "plain"] as const;
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const room = rooms[side][(round + WARM_UP) % ROOMS] ?? "";
      const from = ann.mark();
      const begin = performance.now();
      await ann.waitFor(answerTo(await send(ann, room, COMMAND)), { from, stillMs: ANSWER_MS });
      if (round >= 0) times[side].push(performance.now() - begin);
      await wait(REST_MS);
    }
  }
  return times;
}

/** So many messages, some at a time, until the last command among them is answered in each room. */
async function flood(
  ann: EncryptedPerson,
  rooms: readonly string[],
  messages: number,
  tell: (sent: number) => void,
): Promise<void> {
  let sent = 0;
  const speak = async (): Promise<void> => {
    while (sent < messages) {
      const number = sent++;
      if (number % 1_000 === 0) tell(number);
      const room = rooms[number % rooms.length] ?? "";
      const isCommand = number % COMMANDS_AMONG === 0;
      const from = ann.mark();
      const asked = await send(
        ann,
        room,
        isCommand ? COMMAND : `what people say to each other, ${String(number)}`,
      );
      if (isCommand) await ann.waitFor(answerTo(asked), { from, stillMs: ANSWER_MS });
    }
  };
  await Promise.all(Array.from({ length: SPOKEN_AT_ONCE }, speak));
  for (const room of rooms) await ask(ann, room, COMMAND);
}

/** As `say`, without asking the homeserver each time whether the room is encrypted: her client knows. */
async function send(ann: EncryptedPerson, room: string, body: string): Promise<string> {
  // The types know the events of the specification only by their own names.
  return (
    await ann.client.sendEvent(
      room,
      "m.room.message" as never,
      { msgtype: "m.text", body } as never,
    )
  ).event_id;
}
