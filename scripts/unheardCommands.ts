import type { Command } from "../src/chat/command.ts";
import { allCommands } from "../src/commands/index.ts";
import { kindSections } from "../src/config/kindSections.ts";
import { History } from "../src/integrations/history.ts";
import type { KindDeps } from "../src/integrations/kind.ts";
import { LiveCatalogue } from "../src/integrations/liveCatalogue.ts";
import { prepareKinds } from "../src/integrations/prepareKinds.ts";
import { KINDS } from "../src/kinds/index.ts";
import { ROOT } from "./sources.ts";

/** Every command, for what it says of itself: none can be run, so none has what it would need for that. */
export function unheardCommands(): readonly Command[] {
  const config = Object.fromEntries(
    Object.entries(kindSections).map(([key, schema]) => [key, schema.parse(undefined)]),
  );
  const prepared = prepareKinds(KINDS, { ...config, folder: ROOT });
  const offer = new LiveCatalogue(prepared.map(({ section }) => section));
  const setUps = { define: () => undefined } as unknown as KindDeps["setUps"];
  const deps = { catalogue: offer.catalogue, setUps } as KindDeps;
  const kinds = prepared.map((kind) => kind.open({ ...deps, matrix: {} as KindDeps["matrix"] }));
  const history = new History({
    undoHandlers: kinds.map(({ undoHandler }) => undoHandler),
  } as unknown as ConstructorParameters<typeof History>[0]);
  return allCommands({ offer, kinds, setUps, history } as unknown as Parameters<
    typeof allCommands
  >[0]);
}
