import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { gunzipSync } from "node:zlib";
import { DotLottie } from "@lottiefiles/dotlottie-web";
import { z } from "zod";
import { UsherError } from "../../../kernel/errors.ts";
import { drawnSize, STICKER_SIDE, type Animation } from "./animation.ts";
import { kindOf } from "./kinds.ts";
import { tooLarge, withinSeconds } from "./limits.ts";

/** A Lottie as text, MB; those of Telegram have less than 1. */
const MOST_MB = 4;
/** How many frames are drawn a second, at most. */
const FRAMES_A_SECOND = 25;
/** Where the player is said to be: what is asked for there is answered from the disk, and nothing else is. */
const PLAYER = "https://player.invalid/player.wasm";

/** What a Lottie says of itself (Lottie Animation Specification 1.0, "Animation"): its size, and from which frame to which it goes. */
const HEAD = z.object({
  w: z.number().positive(),
  h: z.number().positive(),
  fr: z.number().positive(),
  ip: z.number(),
  op: z.number(),
});

/** The text of a TGS, which is a Lottie packed with gzip. Throws `picture-too-large`, `picture-broken`, and what `kindOf` throws for what else was in it. */
export function unpackedTgs(bytes: Uint8Array): Uint8Array {
  const text = unpacked(bytes);
  if (kindOf(text) !== "lottie") throw new UsherError("picture-unknown");
  return text;
}

function unpacked(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_MB * 1e6 });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw isTooLarge ? tooLarge({ megabytes: MOST_MB }) : new UsherError("picture-broken");
  }
}

/** A Lottie, drawn. Throws `picture-too-large` or `picture-broken`; where it stops in the middle of WebAssembly, the process is to be ended. */
export async function drawnLottie(bytes: Uint8Array): Promise<Animation> {
  if (bytes.length > MOST_MB * 1e6) throw tooLarge({ megabytes: MOST_MB });
  const text = new TextDecoder().decode(bytes);
  const { w, h, fr, ip, op } = headOf(text);
  const seconds = (op - ip) / fr;
  withinSeconds(seconds);
  const count = Math.max(1, Math.round(seconds * Math.min(fr, FRAMES_A_SECOND)));
  const larger = STICKER_SIDE / Math.max(w, h);
  const size = drawnSize({ width: w * larger, height: h * larger }, count);
  const player = await loaded(text, size);
  const frames: Buffer[] = [];
  for (let index = 0; index < count; index += 1) {
    player.setFrame((index * player.totalFrames) / count);
    frames.push(Buffer.from(player.buffer ?? []));
  }
  player.destroy();
  const isWhole = (frame: Buffer): boolean => frame.length === size.width * size.height * 4;
  // What the player makes nothing of, it draws as nothing.
  if (!frames.every(isWhole) || frames.every(isClear)) throw new UsherError("picture-broken");
  const delay = Math.round((seconds * 1000) / count / 10) * 10;
  return {
    ...size,
    frames: Buffer.concat(frames),
    delays: frames.map(() => Math.max(20, delay)),
    loop: 0,
  };
}

function isClear(frame: Buffer): boolean {
  for (let at = 3; at < frame.length; at += 4) if (frame[at] !== 0) return false;
  return true;
}

function headOf(text: string): z.infer<typeof HEAD> {
  try {
    return HEAD.parse(JSON.parse(text));
  } catch (cause) {
    throw new UsherError("picture-broken", {}, { cause });
  }
}

async function loaded(
  data: string,
  canvas: { readonly width: number; readonly height: number },
): Promise<DotLottie> {
  await offline;
  const player = new DotLottie({
    canvas: { ...canvas },
    data,
    autoplay: false,
    useFrameInterpolation: false,
    renderConfig: { devicePixelRatio: 1, autoResize: false },
  });
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  player.addEventListener("load", () => {
    resolve(undefined);
  });
  player.addEventListener("loadError", ({ error }) => {
    reject(new UsherError("picture-broken", {}, { cause: error }));
  });
  await promise;
  return player;
}

/** The player is one for browsers, and asks for its WebAssembly by `fetch`. Nothing in a file can make this process ask anybody. */
const offline = (async () => {
  const path = createRequire(import.meta.url).resolve(
    "@lottiefiles/dotlottie-web/dotlottie-player.wasm",
  );
  const wasm = await readFile(path);
  const headers = { "content-type": "application/wasm" };
  globalThis.fetch = (asked) =>
    asked === PLAYER
      ? Promise.resolve(new Response(wasm, { headers }))
      : Promise.reject(new TypeError("Nothing is fetched here."));
  DotLottie.setWasmUrl(PLAYER);
})();
