import { BlockList, isIP } from "node:net";

/** IPv4 ranges that are nobody's public server (IANA's registry of special-purpose addresses, and multicast). */
const NOT_PUBLIC_4 = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const;

/** Of IPv6, everything outside global unicast is refused; of that, what stands for other addresses or for documentation is refused too. */
const NOT_PUBLIC_6 = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const;

const notPublic = new BlockList();
for (const [net, prefix] of NOT_PUBLIC_4) notPublic.addSubnet(net, prefix, "ipv4");
for (const [net, prefix] of NOT_PUBLIC_6) notPublic.addSubnet(net, prefix, "ipv6");
const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");

/** Whether an IP address is one that anybody on the internet could ask. Everything else, what is no address included, is not. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !notPublic.check(address, "ipv4");
    case 6:
      return globalUnicast.check(address, "ipv6") && !notPublic.check(address, "ipv6");
    default:
      return false;
  }
}

/** Names that lead to a machine of one's own, or of one's own network (RFC 6761, 6762, 8375, and what routers make up). */
const LOCAL_NAMES = /(?:^|\.)(?:localhost|local|internal|lan|home\.arpa)\.?$/;

/** The host of an address as it is looked up or connected to: an IPv6 address without its brackets. */
export function bareHost({ hostname }: Pick<URL, "hostname">): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** The host of an address, where it is another machine for each who asks, as far as its name tells; else undefined. */
export function localHost(url: URL): string | undefined {
  const { hostname } = url;
  const address = bareHost(url);
  const local = LOCAL_NAMES.test(hostname) || (isIP(address) !== 0 && !isPublicAddress(address));
  return local ? hostname : undefined;
}
