import { UsherError } from "../../../kernel/errors.ts";
import { keyOf, LeftOut, shortLine, taken, type FoundPack, type FoundPicture } from "./found.ts";
import { readAbout, type ZipAbout } from "./zipAbout.ts";
import { isZip, openZip, type ZippedFile } from "./zipFile.ts";

/** What programs leave in zips beside what people put there. */
const BESIDE = /(?:^|[/\\])(?:__MACOSX[/\\]|\.[^./\\]|thumbs\.db$|desktop\.ini$)/i;

/**
 * The pack in a zip: of pictures, with what some programs write beside them (`pack.json`, `meta.json`, `contents.json`, `title.txt`). `fileName`: of the zip, which is
 * what it is called where nothing in it says more. `from`: the address that it lies under, for one of a website. Rejects as `openZip`, and with `zip-empty` where nothing in it could be a picture.
 */
export async function zipPack(bytes: Uint8Array, fileName: string, from?: URL): Promise<FoundPack> {
  const files = (await openZip(bytes)).filter(({ name }) => !BESIDE.test(name));
  const about = await readAbout(files);
  const stem = fileName.replace(/\.(?:zip|wastickers)$/i, "");
  const name = about.name ?? shortLine(stem, 60) ?? "Stickers";
  const { pictures, over } = taken(
    files.filter((file) => !about.files.has(file)).toSorted((a, b) => byName(a.name, b.name)),
  );
  if (pictures.length === 0) throw new UsherError("zip-empty");
  // Many websites have a `stickers.zip`.
  const place = from === undefined ? [stem.toLowerCase()] : [from.origin, from.pathname];
  const attribution = about.attribution ?? (from && `Imported from ${from.host}`);
  return {
    source: keyOf("zip", ...(about.id === undefined ? place : [about.id])),
    ...{ name, attribution, licence: about.licence, over },
    pictures: found(pictures, about),
  };
}

function found(files: readonly ZippedFile[], about: ZipAbout): readonly FoundPicture[] {
  const names = new Set<string>();
  return files.map((file, index) => {
    const said = about.pictures.get(file.baseName);
    const isTwice = names.has(file.name);
    names.add(file.name);
    return {
      name: shortLine(file.baseName, 60) ?? `${String(index + 1)}.`,
      words: file.baseName,
      ...(said?.code === undefined ? {} : { code: said.code }),
      body: said?.body,
      // Of two with one name the first counts, as for programs that unpack.
      key: isTwice ? keyOf("zip", file.name, String(index)) : keyOf("zip", file.name),
      from: {
        read: async () => {
          if (isTwice) throw new LeftOut("twice");
          const bytes = await file.read();
          // A zip in a zip is not opened.
          if (isZip(bytes)) throw new LeftOut("nested");
          return bytes;
        },
      },
    };
  });
}

/** As people order files: 2 before 10. A zip has them as they lay on a disk. */
const byName = new Intl.Collator("en", { numeric: true }).compare;
