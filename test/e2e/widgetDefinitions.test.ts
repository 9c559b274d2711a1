import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, bodyOf } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { TALKS, versionsOf, World } from "../harness/world.ts";

const WIDGET = "im.vector.modular.widgets";
const LAYOUT = "io.element.widgets.layout";

interface Fixture {
  readonly said: string;
  readonly definitions?: object;
  readonly event: { readonly content: Readonly<Record<string, unknown>> };
}

/** What this Usher's operator has taken away. */
const DISABLED = "tradingview";

const FOLDER = new URL("../fixtures/widgets/", import.meta.url);
const fixtures = readdirSync(FOLDER)
  .map(
    (file) =>
      [
        file.replace(".json", ""),
        JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as Fixture,
      ] as const,
  )
  .filter(([name, { definitions }]) => definitions === undefined && name !== DISABLED);

/** Names that an event's content owes to the command that asked for it: the id, and what is generated. */
const generated = (text: string): string =>
  text.replaceAll(/"id":"([\w-]+)-[a-z]{6}"/g, '"id":"$1"').replaceAll(/(?:Jitsi)?[a-z]{24}/g, "…");

/** An operator's definition in full, as `docs/widgets.md` describes it. */
const OWN_JITSI = {
  name: "Our Jitsi",
  description: "Video conferences on our own server",
  price: "free",
  host: { by: "operator" },
  type: "jitsi",
  url: "https://meet.example.org/{room32}",
  data: { conferenceId: "{room32}", domain: "meet.example.org", auth: "openidtoken-jwt" },
};

/** A kind, what adds it, and a setting of its own. A Jitsi stands on top by itself. */
const KINDS = [
  ["jitsi", 'add widget jitsi name="Team call"', "audio=yes"],
  ["etherpad", "add widget etherpad name=Notes", "pad=minutes"],
  ["youtube", "add widget https://youtu.be/dQw4w9WgXcQ", "start=30"],
  [
    "custom",
    "add widget https://pad.example.org/p/team?u=$matrix_user_id",
    "url=https://pad.example.org/p/other",
  ],
] as const;

describe.each(TALKS)("widgets of the catalogue, %s", (_, talk) => {
  let world: World;
  let ada: Person;
  let eve: Person;

  beforeAll(async () => {
    // What the harness says itself of invitations is replaced with it.
    const access = { inviters: { perSenderPerHour: 100_000, perHour: 100_000 } };
    const definitions = { [DISABLED]: { enabled: false }, "own-jitsi": OWN_JITSI };
    ({ world, ada, eve } = await World.of(talk, ["ada", "eve"], {
      config: { access, widgets: { definitions } },
    }));
  });
  afterAll(() => world.end());

  /** Says a line and yes to it; the answer. */
  async function did(person: Person, room: string, line: string): Promise<string> {
    await ask(person, room, `!usher ${line}`);
    return bodyOf(await ask(person, room, "yes"));
  }

  /** The ids of widgets that the room shows. */
  async function shown(room: string): Promise<string[]> {
    const state = await ada.allState(room);
    return state
      .filter((event) => event.type === WIDGET && Object.keys(event.content).length > 0)
      .map((event) => event.state_key);
  }

  /** All state that Usher has no business with, event for event. The layout is everybody's, and looked at by itself. */
  async function othersState(room: string): Promise<string> {
    const state = await ada.allState(room);
    const others = state.filter(
      (event) => event.sender !== world.usher.userId && event.type !== LAYOUT,
    );
    return JSON.stringify(
      others
        .map(({ event_id, content }) => JSON.stringify([event_id, content]))
        .sort((a, b) => a.localeCompare(b)),
    );
  }

  /** How many widget and layout events this room has had from Usher. */
  function written(room: string): number {
    return ada.seen.filter(
      (event) =>
        event.roomId === room &&
        event.sender === world.usher.userId &&
        [WIDGET, LAYOUT].includes(event.type),
    ).length;
  }

  // State is never encrypted: what a widget's event holds is the same in both, and one kind after another takes its time.
  it.each(talk.encrypted ? [] : fixtures)(
    "the widget %s is added as its event says, and removed",
    async (__, { said, event }) => {
      const room = await world.room(ada);
      const answer = bodyOf(await ask(ada, room, `!usher ${said} --yes`));
      expect(answer).toContain("Added");
      const [id = ""] = await shown(room);
      const content = await ada.state(room, WIDGET, id);
      const expected = JSON.stringify(event.content).replaceAll(
        "@usher:example.org",
        world.usher.userId,
      );
      const sorted = (text: string): unknown => JSON.parse(generated(text));
      expect(sorted(JSON.stringify(content))).toEqual(sorted(expected));
      expect(bodyOf(await ask(ada, room, `!usher remove ${id} --yes`))).toContain("Removed");
      expect(await ada.state(room, WIDGET, id)).toEqual({});
    },
  );

  // Encryption hides none of a widget's event: encrypted, one kind that also moves the layout stands for all.
  describe.each(talk.encrypted ? KINDS.slice(0, 1) : KINDS)(
    "the widget %s",
    (kind, add, setting) => {
      it.each(versionsOf(talk))(
        "goes from add over list, show, set, pin and undo to remove, in a room of version %s, and touches nothing else",
        async (version) => {
          const room = await world.room(ada, { version });
          await ada.setState(
            room,
            WIDGET,
            {
              type: "m.custom",
              url: "https://theirs.example.org/",
              name: "Theirs",
              odd: { b: 1, a: [null] },
            },
            "theirs",
          );
          await ada.setState(room, LAYOUT, {
            widgets: { theirs: { width: 40, container: "top", index: 0, height: 30 } },
            odd: true,
          });
          const before = await othersState(room);
          const layout = JSON.stringify(await ada.state(room, LAYOUT));

          expect(await did(ada, room, add)).toContain("Added");
          const id = (await shown(room)).find((one) => one !== "theirs") ?? "";
          const added = await ada.state(room, WIDGET, id);
          const list = bodyOf(await ask(ada, room, "!usher list"));
          expect(list).toContain(id);
          expect(list).toMatch(/others added[^]*Theirs/);
          expect(bodyOf(await ask(ada, room, `!usher show ${id}`))).toContain(
            `I added it for ${ada.userId}`,
          );
          expect(JSON.stringify(await ada.state(room, LAYOUT))).toBe(layout);

          expect(await did(ada, room, `set ${id} name="New name" ${setting}`)).toContain("Changed");
          const changed = await ada.state(room, WIDGET, id);
          expect(changed).toMatchObject({ name: "New name", id, type: added?.["type"] });
          const sent = written(room);
          expect(
            bodyOf(await ask(ada, room, `!usher set ${id} name="New name" ${setting}`)),
          ).toContain("like that already");

          // A Jitsi stands on top by itself.
          if (kind === "jitsi") await did(ada, room, `unpin ${id}`);
          expect(await did(ada, room, `pin ${id}`)).toContain("Pinned");
          expect(await ada.state(room, LAYOUT)).toEqual({
            widgets: {
              theirs: { width: 40, container: "top", index: 0, height: 30 },
              [id]: { container: "top", index: 1, height: 45 },
            },
            odd: true,
          });
          const pinned = written(room);
          expect(bodyOf(await ask(ada, room, `!usher pin ${id}`))).toContain("already");
          expect(await did(ada, room, "undo")).toContain("Taken back");
          if (kind === "jitsi") expect(await did(ada, room, "undo")).toContain("Taken back");
          expect(JSON.stringify(await ada.state(room, LAYOUT))).toBe(layout);

          expect(await did(ada, room, `remove ${id}`)).toContain("Removed");
          expect(await ada.state(room, WIDGET, id)).toEqual({});
          expect(await did(ada, room, "undo")).toContain("Taken back");
          expect(await ada.state(room, WIDGET, id)).toEqual(changed);
          expect(await did(ada, room, "undo")).toContain("Taken back");
          expect(await ada.state(room, WIDGET, id)).toEqual(added);
          expect(await did(ada, room, `remove ${id}`)).toContain("Removed");

          const steps = kind === "jitsi" ? { pin: 2, undone: 2 } : { pin: 1, undone: 1 };
          expect(pinned).toBe(sent + steps.pin);
          // Undone pins, the removal, two undone changes, and the last removal: whatever would change nothing sent nothing.
          expect(written(room)).toBe(pinned + steps.undone + 4);
          expect(await othersState(room)).toBe(before);
        },
      );
    },
  );

  it("nothing is written before a yes, and the preview says who will see it and who hosts it (R16, R19, R57)", async () => {
    const room = await world.room(ada);
    const preview = bodyOf(await ask(ada, room, "!usher add widget https://youtu.be/dQw4w9WgXcQ"));
    for (const said of [
      "Nobody else is here to see it",
      "Google",
      "https://policies.google.com/privacy",
      "IP address",
      "add widget custom",
    ])
      expect(preview).toContain(said);
    expect(await shown(room)).toEqual([]);
    expect(written(room)).toBe(0);
  });

  it("an operator's definition is offered, and a disabled one is not", async () => {
    const room = await world.room(ada);
    const all = bodyOf(await ask(ada, room, "!usher browse widgets"));
    expect(all).toContain("`own-jitsi`");
    expect(all).not.toContain("`tradingview`");
    expect(bodyOf(await ask(ada, room, "!usher info own-jitsi"))).toContain(
      "run by whoever runs me",
    );
    expect(bodyOf(await ask(ada, room, "!usher add widget tradingview BTCUSD"))).toContain(
      "nothing called",
    );
    expect(bodyOf(await ask(ada, room, "!usher add widget own-jitsi --yes"))).toContain("Added");
    const [id = ""] = await shown(room);
    expect(await ada.state(room, WIDGET, id)).toMatchObject({
      type: "jitsi",
      data: { auth: "openidtoken-jwt", domain: "meet.example.org" },
    });
  });

  it("pinning asks for the power of the layout, and undoHandler for that of what is undone", async () => {
    const room = await world.room(ada, {
      version: "11",
      usherPower: 100,
      powerLevels: { events: { [WIDGET]: 0, [LAYOUT]: 75 } },
    });
    await world.bring(ada, room, eve);
    expect(await did(eve, room, "add widget etherpad")).toContain("Added");
    const [id = ""] = await shown(room);
    expect(bodyOf(await ask(eve, room, `!usher pin ${id}`))).toMatch(
      /To pin a widget here you need power 75; you have 0/,
    );
    expect(await did(ada, room, `pin ${id}`)).toContain("Pinned");
    expect(bodyOf(await ask(eve, room, "!usher undo"))).toMatch(
      /To take back my last change here you need power 75; you have 0/,
    );
    expect(await did(ada, room, "undo")).toContain("Taken back");
    expect(await did(eve, room, "undo")).toContain("Taken back");
    expect(await shown(room)).toEqual([]);
  });
});
