import { isIP } from "node:net";
import { z } from "zod";
import { address, text } from "./values.ts";

/** An address of this machine with a port: `127.0.0.1:8090`, `[::1]:8090`. */
const listening = text(
  "must be an address of this machine and a port, such as 127.0.0.1:8090 or [::1]:8090.",
  (value) => listenAddress(value) !== undefined,
);

/** Where Usher listens for browsers and for what watches it, and who stands before it. */
export const httpSection = z
  .strictObject({
    listen: listening.optional().meta({
      description:
        "Where Usher listens: an address of this machine and a port, as `127.0.0.1:8090`; port 0 is any that is free. Left out: Usher listens for nobody.",
      env: "USHER_HTTP_LISTEN",
    }),
    publicUrl: address.optional().meta({
      description:
        "Where others reach that, as `https://usher.example.org`: the address of the proxy before it, which speaks TLS.",
      env: "USHER_HTTP_PUBLIC_URL",
    }),
    trustedProxies: z
      .array(text("must be an IP address.", (value) => isIP(value) !== 0))
      .default([])
      .meta({
        description:
          "Addresses of your own proxies, as `127.0.0.1`. They alone are believed about who asks (`X-Forwarded-For`); without them all who come through a proxy share what one address may ask.",
      }),
  })
  .prefault({})
  .meta({
    description:
      "What Usher answers over HTTP: how it is, its privacy notice, and where a weakness is reported. Off unless `http.listen` is set. [web.md](web.md) says how to run it behind a proxy.",
  });

/** The parts of such an address; undefined where it is none. */
export function listenAddress(
  value: string,
): { readonly host: string; readonly port: number } | undefined {
  const [, six, four, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(value) ?? [];
  const host = six ?? four ?? "";
  const port = Number(digits);
  const fits = isIP(host) === (six === undefined ? 4 : 6) && port <= 65_535;
  return fits ? { host, port } : undefined;
}
