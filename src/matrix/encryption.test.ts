import { expect, it } from "vitest";
import { refusalOf } from "../../test/harness/sentenceOf.ts";
import type { Config } from "../config/load.ts";
import { openEncryption } from "./encryption.ts";

type Way = Parameters<typeof openEncryption>[1];
const open = (engine: "wasm" | "off"): ReturnType<typeof openEncryption> =>
  openEncryption({ crypto: { engine } } as Config, { deviceId: undefined } as Way);

it("a token without a device holds no keys: what to run, or what to switch off", async () => {
  const refusal = await refusalOf(open("wasm"));
  expect(refusal).toContain("My access token belongs to no device");
  expect(refusal).toContain("Run `npm run setup`");
  expect(refusal).toContain("set `crypto.engine` to `off`");
});

it("a token without a device is enough where nothing is encrypted", async () => {
  await expect(open("off")).resolves.toBeUndefined();
});
