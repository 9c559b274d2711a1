import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MatrixClient, nativeCrypto } from "./sdk.ts";

const here = import.meta.dirname;

describe("the SDK", () => {
  it("row 1: imports in a plain process although the native crypto binary is absent, without a warning", () => {
    const code = `
      import("${join(here, "sdk.ts")}").then(({ MatrixClient, nativeCrypto }) => {
        console.log(typeof MatrixClient, typeof nativeCrypto());
      });`;
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", code], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout.trim()).toMatch(/^function (undefined|object)$/);
  });

  it("row 1: says whether the native package loads", () => {
    const load = (): unknown =>
      createRequire(import.meta.url)("@matrix-org/matrix-sdk-crypto-nodejs");
    if (nativeCrypto() === undefined) expect(load).toThrow();
    else expect(load()).toHaveProperty("OlmMachine");
  });

  it("row 15: never loads the unmaintained request package", () => {
    expect(typeof MatrixClient).toBe("function");
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    expect(loaded.some((file) => file.includes("/matrix-bot-sdk/"))).toBe(true);
    expect(loaded.filter((file) => file.includes("/node_modules/request/"))).toEqual([]);
  });

  it("rows 22, 24, 28: the SDK's reply helpers, mixins and storage are imported by nobody, and the SDK by one file alone", () => {
    const importers = readdirSync(here, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .filter((file) =>
        /from "matrix-bot-sdk|require\("matrix-bot-sdk/.test(
          readFileSync(join(here, file), "utf8"),
        ),
      );
    expect(importers).toEqual(["sdk.ts"]);
    expect(readFileSync(join(here, "sdk.ts"), "utf8")).not.toMatch(
      /RichReply|Autojoin|StorageProvider/,
    );
  });
});
