import { describe, expect, it } from "vitest";
import { ALICE, MemoryConversation } from "../../../test/harness/memoryConversation.ts";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { LiveCatalogue } from "../../integrations/liveCatalogue.ts";
import { WidgetSection } from "../../kinds/widgets/section.ts";
import { catalogueCommands } from "./catalogue.ts";

/** An operator's chat with an Usher that offers its own widgets. */
function scene() {
  const widgets = new WidgetSection({});
  const offer = new LiveCatalogue([widgets]);
  const conversation = new MemoryConversation({
    commands: catalogueCommands({ offer, documents: memoryDocuments() }),
  });
  conversation.operators.add(ALICE);
  const say = async (line: string): Promise<string> => {
    await conversation.say(line);
    return conversation.said.at(-1)?.body ?? "";
  };
  return { say, name: () => widgets.library.get("jitsi")?.name };
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
});
