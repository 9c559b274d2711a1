import { isIP } from "node:net";

/** What an address counts as where everybody has a share: of IPv6 the network, for whoever has one has all 2^64 addresses in it. What is no address is all one. */
export function addressKey(address: string): string {
  if (isIP(address) === 4 || (isIP(address) === 6 && address.includes("."))) return address;
  if (isIP(address) !== 6) return "unknown";
  const [head = "", tail] = address.split("%")[0]?.toLowerCase().split("::") ?? [];
  const groups = (part: string | undefined): readonly string[] =>
    part === undefined || part === "" ? [] : part.split(":");
  const [before, after] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}
