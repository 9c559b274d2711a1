import { rename } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Content } from "../harness/clientApi.ts";
import { answerTo, ask, bodyOf } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { invitation } from "../harness/rawEvents.ts";
import { ALICE, BOB, ScriptedTalk } from "../harness/scriptedTalk.ts";
import type { Fault } from "../harness/scriptedHomeserver.ts";
import { ENCRYPTED, TALKS, World } from "../harness/world.ts";

const WIDGET = "im.vector.modular.widgets";

/** The elements that are opened and not closed, or closed and not opened. */
function unbalanced(html: string): string[] {
  const open: string[] = [];
  for (const [, slash, name = ""] of html.matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
    if (name === "br") continue;
    if (slash === "") open.push(name);
    else if (open.at(-1) === name) open.pop();
    else open.push(`/${name}`);
  }
  return open;
}

describe.each(TALKS)("answers, %s", (_, talk) => {
  let world: World;
  let alice: Person;

  beforeAll(async () => {
    ({ world, alice } = await World.of(talk, ["alice"]));
  });
  afterAll(() => world.end());

  it("longer than 30 kB come in pages of less, each whole in itself, and nothing is left out", async () => {
    const room = await world.room(alice);
    const ids = Array.from({ length: 70 }, (_, index) => `w${String(index).padStart(3, "0")}`);
    const padding = "x".repeat(300);
    const widget = (id: string): Content => ({
      type: "m.custom",
      url: `https://a.example.org/${padding}/${id}`,
      name: `Widget <${id}> & co`,
    });
    await Promise.all(ids.map((id) => alice.setState(room, WIDGET, widget(id), id)));
    const asked = await alice.say(room, "!usher list");
    const first = await alice.waitFor(answerTo(asked));
    const count = Number(/\(page 1 of (\d+)\)$/.exec(bodyOf(first))?.[1]);
    expect(count).toBeGreaterThan(1);
    await alice.waitFor(
      (event) =>
        answerTo(asked)(event) &&
        bodyOf(event).endsWith(`(page ${String(count)} of ${String(count)})`),
    );
    const pages = alice.seen.filter(answerTo(asked));
    expect(pages.map((page) => /\(page .*\)$/.exec(bodyOf(page))?.[0])).toEqual(
      Array.from(
        { length: count },
        (_, index) => `(page ${String(index + 1)} of ${String(count)})`,
      ),
    );
    for (const { content } of pages) {
      expect(Buffer.byteLength(JSON.stringify(content))).toBeLessThan(31_000);
      expect(unbalanced(String(content["formatted_body"]))).toEqual([]);
    }
    for (const [all, name] of [
      [pages.map(bodyOf).join("\n"), (id: string) => `Widget <${id}> & co, id`],
      [
        pages.map(({ content }) => content["formatted_body"]).join("\n"),
        (id: string) => `<strong>Widget &lt;${id}&gt; &amp; co</strong>`,
      ],
    ] as const)
      expect(ids.filter((id) => all.split(name(id)).length !== 2)).toEqual([]);
  });

  it("follow what was said, not what it is edited into", async () => {
    const room = await world.room(alice);
    const asked = await alice.say(room, "!usher add widget https://said.example.org/");
    await alice.waitFor(answerTo(asked));
    const from = alice.mark();
    await alice.edit(room, asked, "!usher add widget https://edited.example.org/");
    expect(bodyOf(await alice.waitFor(answerTo(asked), { from }))).toContain(
      "has changed the message that asked for this",
    );
    const done = await alice.say(room, "!usher privacy");
    await alice.waitFor(answerTo(done));
    const later = alice.mark();
    await alice.edit(room, done, "!usher add widget https://edited.example.org/ --yes");
    expect(bodyOf(await alice.waitFor(answerTo(done), { from: later }))).toContain(
      "do not follow changes",
    );
    expect(bodyOf(await ask(alice, room, "!usher yes"))).toContain("Nothing here waits");
    const state = await alice.allState(room);
    expect(state.filter(({ type }) => type === WIDGET)).toEqual([]);
    for (const event of [asked, done]) expect(alice.seen.filter(answerTo(event))).toHaveLength(2);
  });
});

describe("in an encrypted room", () => {
  it("a command that came unencrypted is refused, in the encrypted conversation, and has no effect", async () => {
    const { world, alice } = await World.of(ENCRYPTED, ["alice"]);
    try {
      const room = await world.room(alice);
      for (const line of ["add widget https://clear.example.org/ --yes", "status"]) {
        const clear = await alice.api.send(room, "m.room.message", {
          msgtype: "m.text",
          body: `!usher ${line}`,
        });
        const refusal = await alice.waitFor(answerTo(clear));
        expect(bodyOf(refusal)).toContain(
          "came unencrypted into an encrypted room, so I did not act on it",
        );
        expect(refusal.encryption).toBe("decrypted");
      }
      expect(bodyOf(await ask(alice, room, "!usher list"))).toContain("no widgets");
    } finally {
      await world.end();
    }
  });
});

describe("when something takes long", () => {
  let talk: ScriptedTalk;

  beforeAll(async () => {
    talk = await ScriptedTalk.begin();
  });
  afterAll(() => talk.end());

  /** The edit that follows, and the message it replaces. */
  async function edited(): Promise<{ readonly now: string; readonly before: Content | undefined }> {
    const request = await talk.server.waitForRequest(({ body }) =>
      JSON.stringify(body ?? {}).includes('"m.replace"'),
    );
    const { "m.new_content": now, "m.relates_to": relation } = request.body as {
      "m.new_content": Content;
      "m.relates_to": Content;
    };
    const before = talk.server.rooms.sent.find(({ eventId }) => eventId === relation["event_id"]);
    talk.server.requests.splice(talk.server.requests.indexOf(request), 1);
    return { now: String(now["body"]), before: before?.content };
  }

  it.each([
    ["a question", "list", "GET", "no widgets"],
    ["a change", "add widget https://slow.example.org/ --yes", "PUT", "Added"],
    ["a preview", "add widget https://slow.example.org/", "GET", "I will add"],
    [
      "what is looked up before a change",
      "add widget https://slow.example.org/ --yes",
      "GET",
      "Added",
    ],
  ])(
    "%s is acknowledged at once, and that message becomes the answer",
    async (_, line, method, answer) => {
      const room = talk.room();
      await talk.ask(room, "!usher status");
      const slow = talk.server.fault(`${method} /_matrix/client/v3/rooms/${room}/state`, {
        kind: "hang",
      });
      const asked = talk.say(room, `!usher ${line}`);
      expect((await talk.answer(asked)).body).toBe("I am working on it…");
      await talk.server.waitForRequest(
        ({ path: to, body }) =>
          to.includes(`${room}/typing/`) && (body as Content)["typing"] === true,
      );
      slow.release();
      const { now, before } = await edited();
      expect(now).toContain(answer);
      expect(before?.["m.relates_to"]).toEqual({ "m.in_reply_to": { event_id: asked } });
      await talk.ask(room, "!usher status");
      expect(talk.answersTo(asked)).toEqual(["I am working on it…"]);
      expect(talk.finalAnswersTo(asked)).toEqual([expect.stringContaining(answer)]);
    },
  );

  it("other rooms do not wait for it, and in its own room the order is kept", async () => {
    const [slow, quick] = [talk.room(), talk.room()];
    const held = talk.server.fault(`GET /_matrix/client/v3/rooms/${slow}/state`, { kind: "hang" });
    const first = talk.say(slow, "!usher list");
    const second = talk.say(slow, "!usher privacy", { sender: BOB });
    expect(await talk.ask(quick, "!usher add widget https://quick.example.org/ --yes")).toContain(
      "Added",
    );
    expect(await talk.ask(quick, "!usher list", { sender: BOB })).toContain(
      "https://quick.example.org/",
    );
    expect(talk.answersTo(second)).toEqual([]);
    held.release();
    await talk.answer(second);
    const order = talk.server.rooms.sent
      .filter(({ room }) => room === slow)
      .map(({ content }) => JSON.stringify(content));
    const place = (event: string): number =>
      order.findIndex((content) => content.includes(`"${event}"`));
    expect(place(first)).toBeGreaterThanOrEqual(0);
    expect(place(second)).toBeGreaterThan(place(first));
  });
});

describe("when something fails", () => {
  let talk: ScriptedTalk;

  beforeAll(async () => {
    talk = await ScriptedTalk.begin();
  });
  afterAll(() => talk.end());

  it("that Usher was not prepared for, it shows a reference, which the log has too, and nothing else of it", async () => {
    const room = talk.room();
    await talk.ask(room, "!usher status");
    const folder = join(talk.usher.dataDir, "writing");
    await rename(folder, `${folder}-away`);
    const said = await talk.ask(room, "!usher add widget https://failed.example.org/ --yes");
    await rename(`${folder}-away`, folder);
    expect(said).toContain("Something went wrong that I was not prepared for.");
    const reference = /reference: `([0-9a-f]{8})`/.exec(said)?.[1] ?? "none";
    const logged = talk.usher.stderr
      .split("\n")
      .filter((line) => line.includes(`"reference":"${reference}"`));
    expect(logged).toHaveLength(1);
    expect(logged[0]).not.toContain("failed.example.org");
    expect(said).not.toMatch(/ENOENT|\/|:\d/);
    expect(talk.widgets(room)).toEqual([]);
    expect(await talk.ask(room, "!usher add widget https://failed.example.org/ --yes")).toContain(
      "Added",
    );
  });

  it("because the homeserver refuses it, the answer says so with the homeserver's code", async () => {
    const room = talk.room();
    talk.server.fault(`PUT /_matrix/client/v3/rooms/${room}/state`, {
      kind: "error",
      status: 403,
      errcode: "M_FORBIDDEN",
    });
    expect(await talk.ask(room, "!usher add widget https://refused.example.org/ --yes")).toMatch(
      /refused or could not do.*M_FORBIDDEN/,
    );
    expect(talk.widgets(room)).toEqual([]);
  });

  const passing: readonly (readonly [string, Fault])[] = [
    ["a limit, with the time to wait in the header", { kind: "limited", header: "1" }],
    ["a limit, with the time to wait in the body", { kind: "limited", bodyMs: 200 }],
    ["a limit, with no time to wait", { kind: "limited" }],
    ["a proxy's page", { kind: "html", status: 502 }],
    ["an answer of null", { kind: "json", body: null }],
    ["a connection that breaks", { kind: "close" }],
    ["a connection that breaks after it had its effect", { kind: "close", afterEffect: true }],
  ];

  it.each(passing)(
    "for a while (%s), the command is done once and answered once",
    async (name, fault) => {
      const room = talk.room();
      const set = talk.server.fault(`PUT /_matrix/client/v3/rooms/${room}/state`, fault);
      const say = talk.server.fault(`PUT /_matrix/client/v3/rooms/${room}/send`, fault);
      const asked = talk.say(
        room,
        `!usher add widget https://passing.example.org/ name="${name}" --yes`,
      );
      expect((await talk.answer(asked)).body).toContain("Added");
      await talk.ask(room, "!usher status");
      expect([set.struck, say.struck]).toEqual([1, 1]);
      expect(talk.answersTo(asked)).toHaveLength(1);
      expect(talk.widgets(room)).toEqual(["https://passing.example.org/"]);
    },
  );

  it("in the homeserver's own stream (a proxy's page, null, a break), what comes after is heard", async () => {
    const room = talk.room();
    const faults: readonly Fault[] = [
      { kind: "html", status: 502 },
      { kind: "json", body: null },
      { kind: "close", afterEffect: true },
    ];
    for (const fault of faults) talk.server.fault("GET /_matrix/client/v3/sync", fault);
    expect(await talk.ask(room, "!usher status")).toContain("I am well");
    expect(await talk.ask(room, "!usher add widget https://after.example.org/ --yes")).toContain(
      "Added",
    );
  });

  it("and an invitation comes twice, Usher joins and greets once, and writes no list of direct chats", async () => {
    const { server } = talk;
    const room = "!invited:scripted.test";
    server.rooms.setState(room, ALICE, "m.room.create", "", { room_version: "11" });
    server.rooms.setState(room, ALICE, "m.room.member", ALICE, { membership: "join" });
    const invite = { [room]: invitation(server.me, ALICE, [], { is_direct: true }) };
    server.sync({ invite });
    server.sync({ invite });
    await server.waitForRequest(
      ({ method, path: to }) => method === "PUT" && to.includes(`${room}/send/`),
    );
    server.sync({ invite });
    await talk.ask(room, "!usher status");
    expect(
      server.requests.filter(({ method, path: to }) => method === "POST" && to.includes("/join")),
    ).toHaveLength(1);
    expect(
      server.rooms.sent.filter(
        (one) => one.room === room && String(one.content["body"]).startsWith("Hello"),
      ),
    ).toHaveLength(1);
    expect(
      server.requests.filter(
        ({ method, path: to }) => method === "PUT" && to.includes("account_data"),
      ),
    ).toEqual([]);
  });
});
