import { describe, expect, it } from "vitest";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import { bridgeCatalogue } from "./config.ts";
import type { Health } from "./connector.ts";
import { bridgeFindings, bridgesStatus } from "./findings.ts";
import { PROBE_PATIENCE_MS } from "../../integrations/boundedProbe.ts";
import { BridgeHealth } from "./health.ts";
import type { BridgeRecord } from "./records.ts";
import { healthView } from "./views.ts";

/** Bridges that answer as a test has them. */
class Scene {
  readonly clock = new ManualClock();
  answer: () => Promise<Health> = () => Promise.resolve({ is: "up" });
  asked = 0;
  /** By their places: the links whose bot is gone, and those that are half done. */
  readonly lost = new Set<number>();
  readonly half = new Set<number>();
  readonly health = new BridgeHealth({
    clock: this.clock,
    connectorOf: () => ({
      health: () => {
        this.asked += 1;
        return this.answer();
      },
    }),
  });
  readonly entries = bridgeCatalogue.parse([
    {
      ...{ id: "irc", name: "IRC", connector: "heisenbridge", bot: "@heisenbridge:example.org" },
      networks: { libera: { servers: ["irc.libera.chat:6697+tls"] } },
    },
  ]);

  /** What somebody reads in the room, and an operator. */
  async said(more: Partial<{ enabled: boolean }> = {}): Promise<readonly [string, string]> {
    const entries = this.entries.map((entry) => ({ ...entry, ...more }));
    const bridges = {
      health: (id: string) => this.health.of(id),
      entryOf: (id: string) => entries.find((entry) => entry.id === id),
    };
    const links = ["irc", "irc", "gone"].map((entry, at) => ({
      ...{
        record: { entry, id: `${entry}-${String(at)}`, name: `#${String(at)}` } as BridgeRecord,
      },
      ...{ here: !this.lost.has(at), halfDone: this.half.has(at) },
    }));
    const [status, findings] = await Promise.all([
      bridgesStatus(bridges, links),
      bridgeFindings(bridges, entries),
    ]);
    return [sentenceOf(status), findings.map(({ finding }) => sentenceOf(finding)).join("\n")];
  }
}

describe("how bridges are", () => {
  it.each<[Health["is"], string, RegExp]>([
    ["up", "bridges: 3", /^Bridge IRC \(`irc`\): it answers$/],
    ["down", "bridges: 3 (IRC does not answer)", /does not answer\. See whether it runs/],
    ["too-old", "bridges: 3 (IRC is too old for me)", /is older than what I can work with/],
    [
      "unusable",
      "bridges: 3 (IRC answers, and does not do what I ask)",
      /answers, and does not do what I ask\. See whether I am one of its administrators/,
    ],
  ])("is said plainly to people and operators: %s", async (is, room, operators) => {
    const scene = new Scene();
    scene.answer = () => Promise.resolve({ is });
    const [status, doctor] = await scene.said();
    expect(status).toBe(room);
    expect(doctor).toMatch(operators);
    expect(scene.asked).toBe(1);
  });

  it("is said of one that cannot be asked at all", async () => {
    const scene = new Scene();
    scene.answer = () => Promise.reject(new UsherError("room-unreachable", { status: 403 }));
    expect((await scene.said())[0]).toBe("bridges: 3 (IRC does not answer)");
  });

  it("is asked once a minute, whoever wants to know", async () => {
    const scene = new Scene();
    await Promise.all([scene.said(), scene.said()]);
    scene.clock.advance(59_000);
    await scene.said();
    expect(scene.asked).toBe(1);
    scene.clock.advance(1_000);
    scene.answer = () => Promise.resolve({ is: "down" });
    expect((await scene.said())[0]).toContain("does not answer");
    expect(scene.asked).toBe(2);
    expect(scene.clock.waiting).toBe(0);
  });

  it("is waited for no longer than ten seconds, and known to whoever asks when it comes", async () => {
    const scene = new Scene();
    const { promise, resolve } = Promise.withResolvers<Health>();
    scene.answer = () => promise;
    const said = scene.said();
    await expect.poll(() => scene.clock.waiting).toBe(2);
    scene.clock.advance(PROBE_PATIENCE_MS);
    const [status, doctor] = await said;
    expect(status).toBe("bridges: 3 (IRC has not answered within 10 s)");
    expect(doctor).toContain("has not answered within 10 s. See whether it runs, or is busy");
    const shown = healthView({ is: "slow" });
    expect(sentenceOf(shown)).toBe("The bridge has not answered within 10 s.");
    resolve({ is: "too-old" });
    expect((await scene.said())[0]).toBe("bridges: 3 (IRC is too old for me)");
    expect(scene.asked).toBe(1);
  });

  it("is said of a link whose bot has gone, but not while it is being set up", async () => {
    const scene = new Scene();
    scene.answer = () => Promise.resolve({ is: "down" });
    scene.lost.add(1).add(2);
    scene.half.add(2);
    expect((await scene.said())[0]).toBe(
      "bridges: 3 (IRC does not answer, #1 links nothing, for its bot is not here any more: `!usher remove irc-1`)",
    );
  });

  it("is nothing to mend of one that is offered to nobody", async () => {
    const scene = new Scene();
    scene.answer = () => Promise.resolve({ is: "down" });
    expect((await scene.said({ enabled: false }))[1]).toBe("");
  });
});
