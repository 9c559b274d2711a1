import { describe, expect, it } from "vitest";
import { ALICE, MemoryConversation } from "../../../test/harness/memoryConversation.ts";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { LiveCatalogue } from "../../integrations/liveCatalogue.ts";
import { WidgetSection } from "../../kinds/widgets/section.ts";
import type { Suggestion } from "../../integrations/kind.ts";
import { bridgeSection } from "../../kinds/bridges/section.ts";
import { catalogueCommands } from "./catalogue.ts";

/** An operator's chat with an Usher that offers its own widgets. */
function scene(suggestions: readonly Suggestion[] = []) {
  const widgets = new WidgetSection({});
  const offer = new LiveCatalogue([widgets, bridgeSection([])]);
  const conversation = new MemoryConversation({
    commands: catalogueCommands({
      offer,
      documents: memoryDocuments(),
      suggestions: () => Promise.resolve(suggestions),
    }),
  });
  conversation.operators.add(ALICE);
  const say = async (line: string): Promise<string> => {
    await conversation.say(line);
    return conversation.said.at(-1)?.body ?? "";
  };
  return { say, offer, conversation, name: () => widgets.library.get("jitsi")?.name };
}

describe("admin catalogue", () => {
  it("shows what a change and taking it back would do, before either is done", async () => {
    const { say, name } = scene();
    const before = name();
    const change = await say('!usher admin catalogue change jitsi {"name": "Meet"}');
    expect(change).toContain('I would change `jitsi` everywhere, with `{"name": "Meet"}`.');
    expect(change).toContain("What is in rooms already stays as it is.");
    expect(name()).toBe(before);
    expect(await say("yes")).toContain("`!usher info jitsi` shows it as people see it");
    expect(name()).toBe("Meet");

    const back = await say("!usher admin catalogue change jitsi as-configured");
    expect(back).toContain("I would take back what was said of `jitsi` by command");
    expect(back).toContain("as the configuration has it");
    expect(name()).toBe("Meet");
    await say("yes");
    expect(name()).toBe(before);
  });

  it.each(["change jtsi {}", "change jtsi as-configured", "enable jtsi", "disable jtsi"])(
    "%s: says that there is no such id, and what shows all of them",
    async (line) => {
      expect(await scene().say(`!usher admin catalogue ${line}`)).toBe(
        "The catalogue has no `jtsi`. `!usher admin catalogue list` shows all ids.",
      );
    },
  );

  it("suggests what was found with the line that adds it, and nothing is offered before that is said and confirmed", async () => {
    const bot = "@telegrambot:example.org";
    const fields = { name: "Telegram", bot, connector: "bridgev2", prefix: "!tg" };
    const { say, offer } = scene([
      {
        name: "Telegram",
        found: { template: "bridge-found/by-name", view: { bot } },
        entry: { kind: "bridge", id: "telegram", fields },
      },
    ]);
    const told = await say("!usher admin catalogue suggest");
    expect(told).toContain("is yours to check");
    expect(offer.all().some(({ entry }) => entry.id === "telegram")).toBe(false);
    const line = /`(!usher admin catalogue add [^`]*)`/.exec(told)?.[1] ?? "";
    expect(await say(line)).toContain("I would offer `telegram` everywhere");
    await say("yes");
    const { entry } = offer.all().find((one) => one.entry.id === "telegram") ?? {};
    expect(entry).toMatchObject({ ...fields, enabled: true });
  });

  it("suggests no more than twenty, shows what others chose for a name as it is, and says where nothing was found", async () => {
    const found = { template: "bridge-found/address", view: {} };
    const one = { name: "<b>`x`</b>", found, entry: undefined };
    const { say, conversation } = scene(Array.from({ length: 23 }, () => one));
    expect(await say("!usher admin catalogue suggest")).toContain("3 more");
    expect(conversation.said.at(-1)?.html).toContain("&lt;b&gt;");
    expect(await scene().say("!usher admin catalogue suggest")).toContain("Nothing was found");
  });
});
