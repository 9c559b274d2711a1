import { describe, expect, it, vi } from "vitest";
import { SetupFault } from "../fault.ts";
import { isMissing } from "./missing.ts";
import { realPeer } from "./realPeer.ts";

describe("a peer that is not here", () => {
  it("is skipped by name, with the reason", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const fails = (): Promise<never> => Promise.reject(new SetupFault("No network"));
    expect(await isMissing("maubot", "some.txt", fails)).toBe(true);
    expect(said.mock.calls.flat()).toEqual(["SKIPPED, for it is not here: maubot. No network"]);
    said.mockRestore();
  });

  it("is one whose packages cannot be had, and nothing else", async () => {
    expect(await isMissing("maubot", "some.txt", () => Promise.resolve("python"))).toBe(false);
    const breaks = (): Promise<never> => Promise.reject(new TypeError("ours"));
    await expect(isMissing("maubot", "some.txt", breaks)).rejects.toThrow("ours");
  });

  it("and that no folder is named for is said, by the variable that would", () => {
    const said: string[] = [];
    expect(realPeer("appservice-irc", {}, (line) => said.push(line))).toBeUndefined();
    expect(said.join()).toContain("appservice-irc. USHER_PEER_APPSERVICE_IRC names no folder");
  });
});
