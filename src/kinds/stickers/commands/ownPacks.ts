import { offering, text } from "../../../chat/arguments.ts";
import { defineCommand, required, type Answer, type Command } from "../../../chat/command.ts";
import type { Letters } from "../../../chat/letters.ts";
import { offeredIds } from "../../../integrations/catalogue.ts";
import { UsherError } from "../../../kernel/errors.ts";
import { demandRedeemed, entryMeant, type EntriesDeps } from "../entries.ts";
import type { PersonPacks } from "../people/personPacks.ts";

export interface OwnPacksDeps extends EntriesDeps {
  readonly personPacks: PersonPacks;
  readonly letters: Pick<Letters, "send">;
}

const pack = ({ catalogue }: EntriesDeps) =>
  required(offering(text("pack", 100), () => offeredIds(catalogue.browse({ kind: "sticker" }))));

/** `stickers enable <pack>`: a pack of the catalogue for whoever says it, in whatever room. */
export function enablePack(deps: OwnPacksDeps): Command {
  const { personPacks } = deps;
  return defineCommand({
    words: "stickers enable",
    parameters: { pack: pack(deps) },
    example: "stickers enable cats",
    changes: true,
    needs: () => [],
    plan: async ({ pack: said }, { person }) => {
      const entry = entryMeant(deps, said);
      await demandRedeemed(personPacks, person, entry);
      return { unseen: true, exactly: `stickers enable ${entry.id}` };
    },
    perform: async ({ pack: said }, { person }) => {
      const entry = entryMeant(deps, said);
      await demandRedeemed(personPacks, person, entry);
      await personPacks.enable(person, entry.id);
      return { template: "sticker/enabled", view: { name: entry.name, id: entry.id } };
    },
  });
}

/** `stickers disable <pack>`: also one that the catalogue no longer has. */
export function disablePack(deps: OwnPacksDeps): Command {
  const { personPacks, catalogue, entries } = deps;
  const idOf = (said: string): string => catalogue.find(said)?.id ?? said.toLowerCase();
  return defineCommand({
    words: "stickers disable",
    parameters: { pack: pack(deps) },
    example: "stickers disable cats",
    changes: true,
    needs: () => [],
    plan: async ({ pack: said }, { person }) => {
      const id = idOf(said);
      if (!(await personPacks.enabled(person)).includes(id))
        throw new UsherError("sticker-own-unknown", { said });
      return { unseen: true, exactly: `stickers disable ${id}` };
    },
    perform: async ({ pack: said }, { person }) => {
      const id = idOf(said);
      await personPacks.disable(person, id);
      const name = entries.find((one) => one.id === id)?.name ?? id;
      const redeemed = await personPacks.hasRedeemed(person, id);
      return { template: "sticker/disabled", view: { name, id, redeemed } };
    },
  });
}

/** `stickers mine`: told to nobody else (R58). */
export function myPacks(deps: OwnPacksDeps): Command {
  return defineCommand({
    words: "stickers mine",
    aliases: ["my stickers"],
    parameters: {},
    example: "stickers mine",
    changes: false,
    answer: async (_, { person, direct, event }) => {
      const answer = await listed(deps, person);
      if (direct) return { ...answer, onlyFor: person };
      await deps.letters.send(person, answer, { cause: event, step: "packs" });
      return { template: "sticker/mine-sent", view: {} };
    },
  });
}

async function listed(
  { personPacks, entries }: OwnPacksDeps,
  person: Parameters<PersonPacks["enabled"]>[0],
): Promise<Answer> {
  const [enabled, redeemed] = [
    await personPacks.enabled(person),
    await personPacks.redeemed(person),
  ];
  const named = (id: string) => {
    const entry = entries.find((one) => one.id === id && one.enabled);
    return { id, name: entry?.name ?? id, gone: entry === undefined };
  };
  const off = redeemed.filter((id) => !enabled.includes(id));
  if (enabled.length + off.length === 0) return { template: "sticker/mine-none", view: {} };
  return {
    template: "sticker/mine",
    view: {
      enabled: enabled.map((id) => ({ ...named(id), redeemed: redeemed.includes(id) })),
      some: enabled.length > 0,
      off: off.map(named),
      more: off.length > 0,
    },
  };
}
