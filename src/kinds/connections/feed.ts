import { UsherError } from "../../kernel/errors.ts";
import { localHost } from "../../net/publicAddress.ts";
import { nameOf } from "./connections.ts";
import type { Target } from "./target.ts";

/** UTF-16 units; a state key may be 255 bytes long, and an address is in ASCII. */
const MAX_ADDRESS = 255;

/**
 * The feed that is meant. Throws `feed-address`: hookshot itself asks whatever it is told to, in its own network too, and a password in an address would stand in the room's
 * state for everybody.
 */
export function feedTarget(url: URL, label: string | undefined): Target {
  const { username, password, hash, href } = url;
  const plain = username === "" && password === "" && hash === "";
  if (!plain || localHost(url) !== undefined || href.length > MAX_ADDRESS)
    throw new UsherError("feed-address");
  // What could end the label where hookshot is told it in a command.
  const name = label?.replaceAll(/["\\]/g, "'");
  return {
    ...{ entry: "feed", key: href, name: name ?? nameOf(href) },
    ...(name === undefined ? {} : { label: name }),
  };
}
