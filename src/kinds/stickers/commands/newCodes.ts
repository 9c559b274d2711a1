import { integer, text } from "../../../chat/arguments.ts";
import { defineCommand, required, type Command, type Request } from "../../../chat/command.ts";
import { UsherError } from "../../../kernel/errors.ts";
import { inMemory } from "../../../matrix/byteSource.ts";
import type { Media, RoomEncryption } from "../../../matrix/port.ts";
import { declareUpload } from "../../../privacy/declared.ts";
import type { PackEntry } from "../config.ts";
import { CODES_FILE } from "../dataMap.ts";
import { entryMeant, type EntriesDeps } from "../entries.ts";
import type { Codes } from "../people/codes.ts";

export interface NewCodesDeps extends EntriesDeps {
  readonly codes: Pick<Codes, "make">;
  readonly matrix: RoomEncryption & Pick<Media, "placeFile" | "sendPlaced">;
}

const FILE = declareUpload("codes for a sticker pack, one a line", CODES_FILE);
/** So many are made in half a minute. */
const MOST = 500;

/** `admin codes new <pack> <count>`: sends the operator a file with codes, once. */
export function newCodes(deps: NewCodesDeps): Command {
  return defineCommand({
    words: "admin codes new",
    parameters: {
      pack: required(text("pack", 100)),
      count: required(integer("count", 1, MOST)),
    },
    operatorsOnly: true,
    signedDevice: true,
    example: "admin codes new cats 50",
    changes: true,
    needs: () => [],
    plan: async ({ pack, count }, request) => {
      const { id, name } = demandPlace(deps, pack, request);
      const clear = (await deps.matrix.encryption(request.room)) === "none";
      return {
        preview: { template: "sticker/codes-preview", view: { name, count, clear } },
        exactly: `admin codes new ${id} ${String(count)}`,
      };
    },
    perform: async ({ pack: said, count }, request) => {
      const { id, name } = demandPlace(deps, said, request);
      await send(deps, { pack: id, count }, request);
      return { template: "sticker/codes-made", view: { name, count } };
    },
  });
}

/** Rejects with `sticker-codes-direct` and `sticker-codes-free`, and as `entryMeant`. */
function demandPlace(deps: EntriesDeps, said: string, { direct }: Request): PackEntry {
  const entry = entryMeant(deps, said);
  const { name, id } = entry;
  if (!entry.redeem) throw new UsherError("sticker-codes-free", { name, id });
  if (!direct) throw new UsherError("sticker-codes-direct", { id });
  return entry;
}

async function send(
  { codes, matrix }: NewCodesDeps,
  { pack, count }: { readonly pack: string; readonly count: number },
  { room, person, event, thread }: Request,
): Promise<void> {
  const place = (lines: readonly string[]) =>
    matrix.placeFile(room, {
      ...{ holds: FILE, name: `${pack}-codes.txt`, mimetype: "text/plain" },
      ...{ bytes: inMemory(Buffer.from(`${lines.join("\n")}\n`)), replyTo: event, onlyFor: person },
      ...(thread === undefined ? {} : { thread }),
    });
  await codes.make({ event, pack, count }, place, (message) =>
    matrix.sendPlaced(room, message, { cause: event, step: "codes" }, person),
  );
}
