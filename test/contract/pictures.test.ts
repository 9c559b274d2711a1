import { gzipSync } from "node:zlib";
import sharp, { type Metadata } from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/kernel/clock.ts";
import { UsherError } from "../../src/kernel/errors.ts";
import { NO_LIMIT } from "../../src/kinds/stickers/pictures/limits.ts";
import { openPictures, SHEET_TILES } from "../../src/kinds/stickers/pictures/pictures.ts";
import { inItself, lottie, repeating, tenfold, tgs } from "../harness/lottieFiles.ts";
import {
  apng,
  chunk,
  flat,
  gif,
  ihdr,
  jpegHead,
  manyScans,
  noise,
  packedZeros,
  png,
  pngOf,
  vp8l,
  webp,
  zeros,
} from "../harness/pictureFiles.ts";
import { random } from "../harness/random.ts";
import { file, webm } from "../harness/webmFiles.ts";

const pictures = openPictures({ clock: systemClock });
afterAll(() => pictures.close());

/** The refusal's code, and what its view says. */
async function refusal(bytes: Uint8Array): Promise<readonly [string, unknown]> {
  const error = await pictures.sticker(bytes, "webp").then(
    () => new Error("It became a sticker."),
    (error: unknown) => error,
  );
  if (!(error instanceof UsherError)) throw error as Error;
  // The sentence asks for each of them, also where the refusal comes from the process.
  if (error.code === "picture-too-large")
    expect(Object.keys(error.view)).toEqual(Object.keys(NO_LIMIT));
  const told = Object.entries(error.view).filter(([, value]) => value !== null);
  return [error.code, Object.fromEntries(told)];
}

/** What sharp reads of a file. */
function read(bytes: Uint8Array): Promise<Metadata> {
  return sharp(bytes, { animated: true }).metadata();
}

const square = { create: { width: 64, height: 64, channels: 4 as const, background: "#f008" } };
const MiB = 1024 * 1024;

describe("what becomes a sticker", () => {
  it("keeps aspect and transparency, and is no larger than 512", async () => {
    const given = png(1000, 500, { rgba: flat(1000, 500, [255, 0, 0, 128]) });
    const { bytes, ...sticker } = await pictures.sticker(given, "webp");
    expect(sticker).toEqual({ mimetype: "image/webp", width: 512, height: 256, animated: false });
    expect(await read(bytes)).toMatchObject({ format: "webp", width: 512, height: 256 });
    const pixels = await sharp(bytes).raw().toBuffer();
    const [red = 0, green = 255, blue = 255, alpha] = pixels;
    expect([red > 245, green < 10, blue < 10, alpha]).toEqual([true, true, true, 128]);
  });

  it("is not made larger than it was", async () => {
    expect(await pictures.sticker(png(30, 20), "webp")).toMatchObject({ width: 30, height: 20 });
  });

  it("a JPEG is turned as its camera says, and says nothing of where it was made", async () => {
    const given = await sharp({ create: { ...square.create, width: 90, channels: 3 } })
      .withExif({ IFD0: { Make: "Somebody's camera" }, IFD3: { GPSLatitude: "52/1 31/1 0/1" } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect(given.includes("Somebody")).toBe(true);
    const { bytes, width, height } = await pictures.sticker(given, "webp");
    expect([width, height]).toEqual([64, 90]);
    expect(Buffer.from(bytes).includes("Somebody")).toBe(false);
    expect((await read(bytes)).exif).toBeUndefined();
  });

  it.each(["webp", "gif"] as const)("an animation stays one, as %s", async (format) => {
    const given = gif(5, { width: 20, height: 10, delay: 10 });
    const { bytes, ...sticker } = await pictures.sticker(given, format);
    const mimetype = `image/${format}`;
    expect(sticker).toEqual({ mimetype, width: 20, height: 10, animated: true });
    expect(await read(bytes)).toMatchObject({
      format,
      pages: 5,
      loop: 0,
      delay: [100, 100, 100, 100, 100],
    });
  });

  it("an animated WebP is read, and one that does not move is a still picture", async () => {
    const frames = Buffer.concat([flat(8, 8), flat(8, 8, [0, 0, 255, 255])]);
    const animated = (pixels: Buffer): Promise<Buffer> =>
      sharp(pixels, { raw: { width: 8, height: 16, channels: 4, pageHeight: 8 } })
        .webp({ delay: [50, 70], loop: 3, lossless: true })
        .toBuffer();
    const { bytes, animated: moves } = await pictures.sticker(await animated(frames), "webp");
    expect(moves).toBe(true);
    expect(await read(bytes)).toMatchObject({ pages: 2, loop: 3, delay: [50, 70] });
    const opaque = { create: { ...square.create, background: "#f00" } };
    const picture = vp8l(await sharp(opaque).webp({ lossless: true }).toBuffer());
    expect(await pictures.sticker(webp(3, 64, 64, picture), "webp")).toMatchObject({
      mimetype: "image/webp",
      animated: false,
    });
  });

  it("an APNG stays an animation, drawn as its frames lie", async () => {
    const size = { width: 8, height: 4 };
    const part = { left: 4, top: 0, width: 4, height: 4, dispose: 0, blend: 1 };
    const given = apng({ ...size, loop: 2 }, [
      { ...part, left: 0, width: 8, rgba: flat(8, 4, [255, 0, 0, 255]), delay: 5 },
      { ...part, rgba: flat(4, 4, [0, 0, 255, 255]), delay: 9 },
    ]);
    const { bytes, ...sticker } = await pictures.sticker(given, "webp");
    expect(sticker).toEqual({ mimetype: "image/webp", ...size, animated: true });
    expect(await read(bytes)).toMatchObject({ pages: 2, loop: 2, delay: [50, 90] });
    const last = await sharp(bytes, { page: 1 }).raw().toBuffer();
    const [red = 0, , blue = 0] = last;
    const [otherRed = 0, , otherBlue = 0] = last.subarray(7 * 4);
    expect([red > blue, otherBlue > otherRed]).toEqual([true, true]);
  });

  it.each([
    ["a Lottie", lottie()],
    ["a TGS", tgs(lottie())],
  ])("%s is drawn, 25 pictures a second, with its transparency", async (_, given) => {
    const { bytes, ...sticker } = await pictures.sticker(given, "webp");
    expect(sticker).toEqual({ mimetype: "image/webp", width: 512, height: 256, animated: true });
    const { pages = 0, delay, loop } = await read(bytes);
    expect([pages, delay, loop]).toEqual([25, Array.from({ length: 25 }, () => 40), 0]);
    const at = async (page: number, x: number): Promise<readonly number[]> => {
      const pixels = await sharp(bytes, { page }).ensureAlpha().raw().toBuffer();
      return [...pixels.subarray((128 * 512 + x) * 4, (128 * 512 + x) * 4 + 4)];
    };
    const isRed = ([red = 0, green = 0, , alpha = 0]: readonly number[]): boolean =>
      red > 200 && green < 60 && alpha > 110 && alpha < 145;
    const isClear = ([, , , alpha]: readonly number[]): boolean => alpha === 0;
    expect([isRed(await at(0, 100)), isClear(await at(0, 380))]).toEqual([true, true]);
    expect([isClear(await at(24, 100)), isRed(await at(24, 380))]).toEqual([true, true]);
  });

  it("of what is half transparent a GIF keeps what is well seen", async () => {
    const { bytes } = await pictures.sticker(lottie({ w: 512, h: 512 }), "gif");
    const { data, info } = await sharp(bytes, { page: 0 })
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const at = (info.width * 96 + 75) * 4;
    expect([...data.subarray(at, at + 4)]).toEqual([255, 0, 0, 255]);
    expect(data[3]).toBe(0);
  });

  it("a Lottie becomes as large as a sticker may be, whatever size it says", async () => {
    const given = lottie({ w: 5120, h: 5120 });
    expect(await pictures.sticker(given, "gif")).toMatchObject({
      mimetype: "image/gif",
      width: 384,
      height: 384,
      animated: true,
    });
  });

  it.each([
    ["libvpx", true],
    ["libvpx", false],
    ["libvpx-vp9", true],
    ["libvpx-vp9", false],
  ] as const)("a WebM of %s, transparent: %s, is drawn", async (codec, transparent) => {
    const dark = { left: [16, 255], right: [235, 128] } as const;
    const light = { left: [235, 0], right: [16, 255] } as const;
    const given = await webm([dark, dark, light, light], {
      ...{ codec, width: 128, height: 64, ms: 50, transparent },
    });
    const { bytes, ...sticker } = await pictures.sticker(given, "webp");
    expect(sticker).toEqual({ mimetype: "image/webp", width: 128, height: 64, animated: true });
    expect(await read(bytes)).toMatchObject({ pages: 2, loop: 0, delay: [100, 100] });
    const at = async (page: number, x: number): Promise<readonly string[]> => {
      const pixels = await sharp(bytes, { page }).ensureAlpha().raw().toBuffer();
      const [red = 0, , , alpha = 0] = pixels.subarray((32 * 128 + x) * 4);
      const shades = [red > 200 ? "light" : red < 50 ? "dark" : "grey"];
      return alpha === 0 ? ["clear"] : [...shades, alpha === 255 ? "whole" : "half"];
    };
    expect([await at(0, 20), await at(0, 100), await at(1, 20), await at(1, 100)]).toEqual(
      transparent
        ? [["dark", "whole"], ["light", "half"], ["clear"], ["dark", "whole"]]
        : [
            ["dark", "whole"],
            ["light", "whole"],
            ["light", "whole"],
            ["dark", "whole"],
          ],
    );
  });

  it("an animation that would be a large file is made smaller", async () => {
    const frames = noise(400, 400 * 12);
    for (let at = 3; at < frames.length; at += 4) frames[at] = 255;
    const given = await sharp(frames, {
      raw: { width: 400, height: 400 * 12, channels: 4, pageHeight: 400 },
    })
      .webp({ delay: Array.from({ length: 12 }, () => 100) })
      .toBuffer();
    expect(await pictures.sticker(given, "webp")).toMatchObject({ width: 256, height: 256 });
    expect(await pictures.sticker(given, "gif")).toMatchObject({ width: 192, height: 192 });
  });

  it("an animation of many frames is made smaller, and shown no slower than it was", async () => {
    const given = gif(300, { width: 500, height: 500, delay: 3 });
    const { bytes, width, height } = await pictures.sticker(given, "webp");
    expect(width).toBeLessThan(500);
    expect(width).toBe(height);
    const { delay = [] } = await read(bytes);
    expect(delay.reduce((sum, ms) => sum + ms, 0)).toBe(300 * 30);
  });
});

describe("what is hostile", () => {
  const side = ["picture-too-large", { side: 10_000 }] as const;
  const frames = ["picture-too-large", { frames: 600 }] as const;
  const megabytes = ["picture-too-large", { megabytes: 4 }] as const;
  const seconds = ["picture-too-large", { seconds: 10 }] as const;
  const unknown = ["picture-unknown", {}] as const;
  const svg = ["picture-svg", {}] as const;
  const broken = ["picture-broken", {}] as const;

  const tiny = async (): Promise<Buffer> =>
    vp8l(
      await sharp({ create: { ...square.create, width: 1, height: 1 } })
        .webp({ lossless: true })
        .toBuffer(),
    );

  const REFUSED: readonly (readonly [
    name: string,
    make: () => Buffer | Promise<Buffer>,
    refused: readonly [string, unknown],
  ])[] = [
    ["AVIF", () => sharp(square).avif({ effort: 0 }).toBuffer(), unknown],
    ["TIFF", () => sharp(square).tiff().toBuffer(), unknown],
    [
      "a PNG of 268 million pixels",
      () => pngOf(ihdr(16_383, 16_383), chunk("IDAT", zeros(MiB)), chunk("IEND")),
      side,
    ],
    [
      "a PNG of 36 million pixels",
      () => pngOf(ihdr(6000, 6000), chunk("IDAT", zeros(MiB)), chunk("IEND")),
      ["picture-too-large", { millions: 25, all: false }],
    ],
    [
      "a PNG of 50,000 pixels each way, one bit each",
      () => pngOf(ihdr(50_000, 50_000, 1, 0), chunk("IDAT", zeros(MiB)), chunk("IEND")),
      side,
    ],
    [
      "a PNG of as many pixels as it can say",
      () => pngOf(ihdr(2 ** 31 - 1, 2 ** 31 - 1), chunk("IDAT", zeros(MiB)), chunk("IEND")),
      broken,
    ],
    [
      "a PNG that is cut off",
      () => png(300, 300, { rgba: noise(300, 300) }).subarray(0, 2000),
      broken,
    ],
    ["a PNG without a picture", () => pngOf(ihdr(9, 9), chunk("IEND")), broken],
    ["a GIF of 50,000 frames", () => gif(50_000), frames],
    [
      "a GIF of 600 large frames",
      () => gif(600, { width: 2000, height: 2000 }),
      ["picture-too-large", { millions: 100, all: true }],
    ],
    ["a GIF that is cut off", () => gif(5, { width: 9, height: 9 }).subarray(0, 25), broken],
    ["a WebP of 20,000 frames", async () => webp(20_000, 1, 1, await tiny()), frames],
    [
      "a WebP of 1,000 frames of 16,383 × 16,383",
      async () => webp(1000, 16_383, 16_383, await tiny()),
      side,
    ],
    [
      "a WebP that is cut off",
      async () => (await sharp(square).webp().toBuffer()).subarray(0, 60),
      broken,
    ],
    ["a JPEG of 20,000 × 20,000", () => jpegHead(20_000, 20_000), side],
    ["an SVG that reads a file", () => Buffer.from(XXE), svg],
    ["an SVG that is a billion of itself", () => Buffer.from(LAUGHS), svg],
    ["an SVG in UTF-16", () => Buffer.from(`\ufeff${XXE}`, "utf16le"), svg],
    ["a page of the web", () => Buffer.from("<!doctype html><html><svg></svg></html>"), unknown],
    ["a PDF", () => Buffer.from("%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"), unknown],
    ["nothing", () => Buffer.alloc(0), unknown],
    ["an SVG packed with gzip", () => gzipSync(XXE), svg],
    ["a text packed with gzip", () => gzipSync("Hello."), unknown],
    ["256 MiB packed with gzip", () => gzipSync(Buffer.alloc(256 * MiB)), megabytes],
    ["a TGS that is cut off", () => tgs(lottie()).subarray(0, -20), broken],
    ["a Lottie of 5 MB", () => lottie({ nm: "a".repeat(5e6) }), megabytes],
    ["a Lottie that is cut off", () => lottie().subarray(0, -20), broken],
    ["a Lottie of no size", () => lottie({ w: 0 }), broken],
    ["a Lottie without layers", () => lottie({ layers: 7 }), broken],
    ["a Lottie of 1,000,000,000 frames", () => lottie({ op: 1e9 }), seconds],
    ["a Lottie that is 500,000 deep", () => deep(500_000), broken],
    ["a Lottie that is in itself", () => inItself(), broken],
    ["a Lottie that repeats 1,000,000,000 times", () => repeating(1e9, 1), broken],
    ["a WebM of 11 s", () => noWebm({ milliseconds: 11_000 }), seconds],
    ["a WebM of 20,000 × 20", () => noWebm({ width: 20_000, height: 20 }), side],
    [
      "a WebM of 36 million pixels",
      () => noWebm({ width: 6000, height: 6000 }),
      ["picture-too-large", { millions: 25, all: false }],
    ],
    ["a WebM of no size", () => noWebm({ width: 0 }), broken],
    ["a WebM of AV1", () => noWebm({}, "V_AV1"), broken],
    ["a WebM without pictures", () => noWebm({}), broken],
    ["a WebM of 700 frames", async () => manyFrames(700), frames],
    ["a WebM that is its head", () => noWebm({}).subarray(0, 90), broken],
    ["a file of 21 MB", () => Buffer.alloc(21e6), ["picture-too-large", { megabytes: 20 }]],
  ];

  it.each(REFUSED)("%s is refused", async (_, make, refused) => {
    expect(await refusal(await make())).toEqual(refused);
  });

  it.each([
    ["a text of 256 MiB", () => png(9, 9, { before: [packedZeros("zTXt", 256 * MiB)] })],
    ["a profile of 256 MiB", () => png(9, 9, { before: [packedZeros("iCCP", 256 * MiB)] })],
    [
      "more pixels than it says",
      () => pngOf(ihdr(9, 9), chunk("IDAT", zeros(256 * MiB)), chunk("IEND")),
    ],
    [
      "400 more scans",
      async () =>
        manyScans(
          await sharp({ create: { ...square.create, width: 9 } })
            .jpeg({ progressive: true })
            .toBuffer(),
          400,
        ),
    ],
    [
      "a frame beyond its screen",
      () => gif(3, { width: 9, height: 9, frameWidth: 65_535, frameHeight: 65_535 }),
    ],
  ])("a picture with %s costs what a small one costs", async (_, make) => {
    const small = openPictures({ clock: systemClock, limits: { memory: 200e6 } });
    try {
      // What there is of it is a sticker, or it is broken: either way its process lived in little memory.
      const { width } = await small.sticker(await make(), "webp");
      expect(width).toBe(9);
    } catch (error) {
      expect(error).toMatchObject({
        code: expect.stringMatching(/^picture-(?:broken|too-large)$/) as string,
      });
    } finally {
      await small.close();
    }
  });

  it.each([
    ["repeats 1,000 times, and that 1,000 times, and that again", repeating(1000, 3)],
    ["holds itself 100,000,000 times", tenfold(8)],
  ])("a Lottie that %s is ended, and the next is drawn", async (_, given) => {
    const short = openPictures({ clock: systemClock, limits: { busyMs: 3000 } });
    await expect(short.sticker(given, "webp")).rejects.toMatchObject({ code: "picture-slow" });
    expect(await short.sticker(png(9, 9), "webp")).toMatchObject({ width: 9 });
    await short.close();
  });

  it("a damaged file of any kind is a sticker or refused, and costs no other picture", async () => {
    const options = { width: 16, height: 16, ms: 40, transparent: true } as const;
    const grey = { left: [99, 255], right: [50, 99] } as const;
    const whole = { left: 0, top: 0, width: 6, height: 6, dispose: 0, blend: 0, rgba: flat(6, 6) };
    const files = [
      png(20, 20, { rgba: noise(20, 20) }),
      apng({ width: 6, height: 6 }, [whole, whole]),
      gif(3, { width: 6, height: 6 }),
      await sharp(square).jpeg().toBuffer(),
      await sharp(square).webp().toBuffer(),
      lottie(),
      tgs(lottie()),
      await webm([grey, grey], { codec: "libvpx", ...options }),
      await webm([grey, grey], { codec: "libvpx-vp9", ...options }),
    ];
    const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
    const next = random(seed);
    for (let turn = 0; turn < 60; turn += 1) {
      const damaged = Buffer.from(files[turn % files.length] ?? "");
      for (let times = 0; times < 3; times += 1)
        damaged[Math.floor(next() * damaged.length)] = Math.floor(next() * 256);
      const settled = await pictures.sticker(damaged, "webp").then(
        () => "picture-taken",
        (error: unknown) => (error instanceof UsherError ? error.code : String(error)),
      );
      expect(settled, `SEED=${String(seed)}, turn ${String(turn)}`).toMatch(/^picture-/);
    }
    expect(await pictures.sticker(png(9, 9), "webp")).toMatchObject({ width: 9 });
  });

  it("what is behind a picture, as a ZIP, does not go along", async () => {
    const given = png(9, 9, { after: Buffer.from("PK\x03\x04 and a program") });
    const { bytes } = await pictures.sticker(given, "webp");
    expect(Buffer.from(bytes).includes("program")).toBe(false);
  });
});

describe("a contact sheet", () => {
  it("is 1080 wide, with a row for every four, each on light and dark", async () => {
    const small = await sharp(square).webp().toBuffer();
    const large = png(300, 300, { rgba: flat(300, 300, [255, 0, 0, 255]) });
    const tiles = Array.from({ length: 5 }, (_, index) => ({
      picture: [small, Buffer.from("no picture"), large][index] ?? small,
      number: index + 1,
      shortcode: `cat-${String(index)}`,
    }));
    const { bytes, ...sheet } = await pictures.sheet(tiles);
    expect(sheet).toEqual({ mimetype: "image/jpeg", width: 1080, height: 708 });
    const { data } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number): readonly number[] => [
      ...data.subarray((y * 1080 + x) * 3, (y * 1080 + x) * 3 + 3),
    ];
    const isDark = (x: number, y: number): boolean => at(x, y).every((part) => part < 80);
    const isRed = (x: number, y: number): boolean => (at(x, y)[0] ?? 0) > 120 + (at(x, y)[1] ?? 0);
    // Light and dark corners of the first tile, its picture in between, and the words beneath.
    expect([isDark(200, 30), isDark(260, 260), isRed(140, 140)]).toEqual([false, true, true]);
    const words = Array.from({ length: 250 * 36 }, (_, index) =>
      isDark(16 + (index % 250), 274 + Math.floor(index / 250)),
    );
    expect(words.filter(Boolean).length).toBeGreaterThan(300);
    // The number is above a picture that fills its tile: the badge is blue.
    const [red = 0, , blue = 0] = at(16 + 266 * 2 + 6 + 22, 16 + 6 + 3);
    expect(blue).toBeGreaterThan(red + 80);
    expect(isRed(16 + 266 * 2 + 125, 141)).toBe(true);
    // The second is empty.
    expect(isRed(140 + 266, 140)).toBe(false);
  });

  it("of more tiles than fit is asked for by mistake", async () => {
    const tile = { picture: Buffer.alloc(0), number: 1, shortcode: "a" };
    const tiles = Array.from({ length: SHEET_TILES + 1 }, () => tile);
    await expect(pictures.sheet(tiles)).rejects.toThrow(RangeError);
  });
});

/** A WebM without a frame. */
function noWebm(head: Partial<Parameters<typeof file>[1]>, codec = "V_VP9"): Buffer {
  return file(codec, { width: 9, height: 9, transparent: false, milliseconds: 100, ...head }, []);
}

/** A short WebM that has many frames at its one moment. */
function manyFrames(count: number): Promise<Buffer> {
  const grey = { left: [99, 255], right: [99, 255] } as const;
  const options = { codec: "libvpx", width: 16, height: 16, ms: 1, transparent: false } as const;
  return webm(
    Array.from({ length: count }, () => grey),
    options,
  );
}

/** A Lottie with lists in lists. */
function deep(lists: number): Buffer {
  const layers = `${"[".repeat(lists)}${"]".repeat(lists)}`;
  return Buffer.from(lottie({ layers: 0 }).toString().replace('"layers":0', `"layers":${layers}`));
}

const XXE = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><text>&x;</text></svg>`;
const LAUGHS = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "${"&a;".repeat(99)}">]>
<svg xmlns="http://www.w3.org/2000/svg"><text>${"&b;".repeat(99)}</text></svg>`;
