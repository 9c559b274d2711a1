import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { download, readAttachment } from "../harness/attachments.ts";
import { theSynapse } from "../harness/e2eSetup.ts";
import { answerTo, ask, bodyOf } from "../harness/expect.ts";
import type { Predicate, SeenEvent } from "../harness/observed.ts";
import { HoldingProxy } from "../harness/holdingProxy.ts";
import { connectPerson, type Person } from "../harness/person.ts";
import type { Fault } from "../harness/scriptedHomeserver.ts";
import { ALICE, said, ScriptedTalk } from "../harness/scriptedTalk.ts";
import { TALKS, World } from "../harness/world.ts";

interface AuditLine {
  readonly at: string;
  readonly who: string;
  readonly what: string;
  readonly targets: readonly string[];
  readonly event: string;
}

const isFile: Predicate = ({ content }) => content["msgtype"] === "m.file";

describe.each(TALKS)("a file that Usher sends, %s", (_, talk) => {
  let proxy: HoldingProxy;
  let world: World;
  let olga: Person;
  let root: Person;
  let office: string;

  beforeAll(async () => {
    root = await connectPerson(theSynapse(), "root", { admin: true });
    proxy = await HoldingProxy.start(theSynapse().url);
    ({ world, olga, office } = await World.withOffice(talk, { homeserver: proxy.url }));
  });
  afterAll(async () => {
    await world.end();
    await Promise.all([root.stop(), proxy.stop()]);
  });

  /** Asks, and gives the file and the words that answer. */
  async function audit(
    room: string,
    line: string,
  ): Promise<{ readonly asked: string; readonly file: SeenEvent; readonly words: SeenEvent }> {
    const asked = await olga.say(room, line);
    const words = await olga.waitFor((event) => answerTo(asked)(event) && !isFile(event), {
      what: "the answer",
    });
    const file = await olga.waitFor((event) => answerTo(asked)(event) && isFile(event), {
      what: "the file",
    });
    return { asked, file, words };
  }

  /** All that Usher has in the media repository. */
  async function uploads(): Promise<
    readonly {
      readonly media_id: string;
      readonly media_type: string;
      readonly upload_name: string | null;
    }[]
  > {
    const where = `${root.api.url}/_synapse/admin/v1/users/${encodeURIComponent(world.usher.userId)}/media`;
    const response = await fetch(where, {
      headers: { authorization: `Bearer ${root.account.accessToken}` },
    });
    return ((await response.json()) as { media: [] }).media;
  }

  it("is the whole record, which the operator's client opens to the byte, and the record of reading it is in it", async () => {
    await ask(olga, office, "!usher admin rooms");
    const { asked, file, words } = await audit(office, "!usher admin audit");
    const { bytes, upload } = await readAttachment(olga, file);
    const lines = bytes
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as AuditLine);
    expect(lines.map(({ what }) => what)).toEqual(["admin rooms", "admin audit"]);
    expect(lines.at(-1)).toMatchObject({ who: olga.userId, event: asked, targets: [] });
    expect(bodyOf(words)).toContain("2 records");
    expect(bodyOf(words)).toContain(String(file.content["filename"]));
    expect(file.content).toMatchObject({
      body: file.content["filename"],
      info: { size: bytes.byteLength, mimetype: "application/jsonl" },
    });
    expect(file.encryption).toBe(talk.encrypted ? "decrypted" : "none");
    expect(Object.hasOwn(file.content, "url")).toBe(!talk.encrypted);
    expect(upload.type).toBe(talk.encrypted ? "application/octet-stream" : "application/jsonl");
    expect(upload.bytes.equals(bytes)).toBe(!talk.encrypted);
  });

  it("lies in the media repository as one copy, and encrypted tells nothing there: no word of it, no name, no kind", async () => {
    const before = await uploads();
    const { file } = await audit(office, "!usher admin audit 7");
    const added = (await uploads()).filter(
      ({ media_id }) => !before.some((other) => other.media_id === media_id),
    );
    expect(added).toHaveLength(1);
    const name = String(file.content["filename"]);
    const mxc =
      (file.content["file"] as { url: string } | undefined)?.url ?? String(file.content["url"]);
    const { bytes, disposition } = await download(olga, mxc);
    // Long enough to stand by chance in no cipher text.
    const found = ["admin audit", '"targets":', olga.userId, name].filter((word) =>
      bytes.includes(word),
    );
    expect({ ...added[0], found, named: disposition?.includes(name) === true }).toMatchObject(
      talk.encrypted
        ? { media_type: "application/octet-stream", upload_name: null, found: [], named: false }
        : { media_type: "application/jsonl", upload_name: name, named: true },
    );
    if (!talk.encrypted) expect(found).toContain(olga.userId);
  });

  it("is there once after a kill between the upload and its message, and still opens", async () => {
    const before = await uploads();
    const said = proxy.hold(`/rooms/${office}/send/`);
    const asked = await olga.say(office, "!usher admin audit 3");
    await said.came;
    await world.usher.kill();
    said.release();
    await world.usher.start();
    await olga.waitFor((event) => answerTo(asked)(event) && !isFile(event), { what: "the answer" });
    const files = olga.seen.filter((event) => answerTo(asked)(event) && isFile(event));
    expect(files).toHaveLength(1);
    for (const file of files)
      expect((await readAttachment(olga, file)).bytes.toString()).toContain(asked);
    const added = (await uploads()).filter(
      ({ media_id }) => !before.some((other) => other.media_id === media_id),
    );
    expect(added.map(({ media_type }) => media_type)).toEqual(
      Array.from({ length: 2 }, () =>
        talk.encrypted ? "application/octet-stream" : "application/jsonl",
      ),
    );
  });

  it("comes to an operator in a direct chat too, and not where others may come in", async () => {
    const invite = [world.usher.userId];
    const direct = await olga.createRoom({ direct: true, encrypted: talk.encrypted, invite });
    await world.greeted(olga, direct);
    const { file } = await audit(direct, "admin audit 1");
    expect((await readAttachment(olga, file)).bytes.toString()).toContain('"admin audit"');
    const open = await olga.createRoom({
      direct: true,
      encrypted: talk.encrypted,
      invite,
      preset: "public_chat",
    });
    await world.greeted(olga, open);
    const before = (await uploads()).length;
    expect(bodyOf(await ask(olga, open, "admin audit 1"))).toContain(
      "here others would read the answer",
    );
    expect(await uploads()).toHaveLength(before);
  });
});

describe("when a file meets a fault", () => {
  const office = "!office:scripted.test";
  let talk: ScriptedTalk;

  beforeAll(async () => {
    talk = await ScriptedTalk.prepare({
      operators: [ALICE],
      config: { crypto: { engine: "off" }, operatorsRoom: office },
    });
    const { rooms, me } = talk.server;
    rooms.setState(office, ALICE, "m.room.create", "", { room_version: "11" });
    for (const user of [ALICE, me])
      rooms.setState(office, user, "m.room.member", user, { membership: "join" });
    await talk.usher.start();
  });
  afterAll(() => talk.end());

  /** What Usher sent about an event, and the homeserver took: each message's kind. */
  function sentAbout(event: string): readonly unknown[] {
    return talk.server.rooms.sent
      .filter(({ content }) => JSON.stringify(content).includes(`"${event}"`))
      .map(({ content }) => content["msgtype"]);
  }

  const uploads = (): number =>
    talk.server.requests.filter(({ path }) => path.startsWith("/_matrix/media/v3/upload")).length;

  /** Asks, and waits for the words of the answer. */
  async function audit(): Promise<{ readonly asked: string; readonly words: string }> {
    const event = said("admin audit");
    const answer = talk.server.waitForRequest(
      ({ method, path, body }) =>
        method === "PUT" && path.includes("/send/") && isWordsAbout(body, event.event_id),
    );
    talk.hear({ [office]: { timeline: [event] } });
    return { asked: event.event_id, words: ((await answer).body as { body: string }).body };
  }

  function isWordsAbout(body: unknown, event: string): boolean {
    return (
      JSON.stringify(body).includes(`"${event}"`) &&
      (body as { msgtype: string }).msgtype === "m.notice"
    );
  }

  it.each<[string, Fault]>([
    ["429", { kind: "limited", header: "1" }],
    ["502", { kind: "html", status: 502 }],
  ])("%s, passing, it is there once and told once", async (_, fault) => {
    const set = talk.server.fault("/media/v3/upload", fault);
    const { asked, words } = await audit();
    expect(words).toMatch(/\b1 record\b|\d records\b/);
    expect(set.struck).toBe(1);
    await talk.ask(office, "status");
    expect(sentAbout(asked)).toEqual(["m.file", "m.notice"]);
  });

  it("413, the person is told so, and nothing else is sent", async () => {
    talk.server.fault("/media/v3/upload", { kind: "error", status: 413, errcode: "M_TOO_LARGE" });
    const { asked, words } = await audit();
    expect(words).toMatch(
      /^The file `usher-audit-[-to\d]+\.jsonl` has 1 KiB, and the homeserver takes less, so I sent nothing/,
    );
    await talk.ask(office, "status");
    expect(sentAbout(asked)).toEqual(["m.notice"]);
  });

  it.each([
    [
      "between the upload and its message",
      (body: { msgtype: string }): boolean => body.msgtype === "m.file",
    ],
    [
      "between the file and the words",
      (body: { msgtype: string }): boolean => body.msgtype === "m.notice",
    ],
  ])(
    "a kill %s, the message is there once; a second copy in the media repository is all that is left of it",
    async (_, isIt) => {
      const from = uploads();
      const event = said("admin audit");
      const held = ({
        method,
        path,
        body,
      }: {
        method: string;
        path: string;
        body: unknown;
      }): boolean =>
        method === "PUT" &&
        path.includes("/send/") &&
        JSON.stringify(body).includes(`"${event.event_id}"`) &&
        isIt(body as { msgtype: string });
      talk.server.fault(held, { kind: "hang" });
      talk.hear({ [office]: { timeline: [event] } });
      await talk.server.waitForRequest(held);
      await talk.usher.kill();
      await talk.usher.start();
      await talk.ask(office, "status");
      expect(sentAbout(event.event_id)).toEqual(["m.file", "m.notice"]);
      expect(uploads() - from).toBe(2);
    },
  );
});
