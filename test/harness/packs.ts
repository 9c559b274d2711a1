import fc from "fast-check";
import type { MxcUri } from "../../src/kernel/ids.ts";
import { ordered, SHORTCODE, type Pack, type PackImage } from "../../src/kinds/stickers/pack.ts";

/** A picture of a pack, as somebody may have written it. */
const anyImage: fc.Arbitrary<PackImage> = fc
  .record({
    id: fc.stringMatching(/^[a-z]{1,8}$/),
    body: fc.option(fc.string({ maxLength: 200 }), { nil: undefined }),
    size: fc.nat(1_000_000),
  })
  .map(({ id, body, size }) => ({
    url: `mxc://example.org/${id}` as MxcUri,
    ...(body === undefined ? {} : { body: body.toWellFormed() }),
    info: { w: 128, h: 128, mimetype: "image/webp", size },
  }));

/** A pack of up to so many pictures. */
export function anyPack(most: number): fc.Arbitrary<Pack> {
  const code = fc.stringMatching(/^[A-Za-z0-9_-]{1,100}$/).filter((one) => SHORTCODE.test(one));
  return fc
    .record({
      name: fc.stringMatching(/^[A-Za-zé ]{0,60}$/),
      images: fc.array(fc.tuple(code, anyImage), { maxLength: most }),
    })
    .map(({ name, images }) => ({
      about: { display_name: name, usage: ["sticker"] },
      images: ordered(images),
    }));
}

/** One small pack, written short. */
export function packOf(images: Readonly<Record<string, string>>, name = "Cats"): Pack {
  const entries = Object.entries(images).map(
    ([code, id]) => [code, { url: `mxc://example.org/${id}` as MxcUri }] as const,
  );
  return { about: { display_name: name }, images: ordered(entries) };
}
