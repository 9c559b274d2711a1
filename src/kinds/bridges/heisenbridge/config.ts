import { z } from "zod";
import { askChange } from "../dialogue/wording.ts";
import { bridgeFields } from "../bridgeFields.ts";

const server = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:]+\]):\d{1,5}(?:\+tls)?$/,
    'must be a host and port, such as "irc.libera.chat:6697+tls".',
  );
/** IRC (RFC 2812, 2.3.1), and what ordinary servers take of it. */
const nick = z
  .string()
  .regex(
    /^[A-Za-z[\]\\`_^{|}][A-Za-z0-9[\]\\`_^{|}-]{0,29}$/,
    "must be a nickname as IRC takes it.",
  );

/** A heisenbridge that an operator runs, and the networks that people can ask for. */
export const heisenbridgeEntry = z.strictObject({
  ...bridgeFields,
  connector: z.literal("heisenbridge"),
  networks: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "must be lower-case letters, digits and dashes."),
      z.strictObject({
        servers: z
          .array(server)
          .min(1)
          .max(10)
          .meta({
            description: "Where the network is: host and port, `+tls` for one with TLS.",
            examples: [["irc.libera.chat:6697+tls"]],
          }),
        nick: nick.optional().meta({
          description: "The nickname under which the bridge comes; Usher's own name unless given.",
          examples: ["usher"],
        }),
      }),
    )
    .refine((networks) => Object.keys(networks).length > 0, "must name at least one network.")
    .meta({ description: "The IRC networks, by the name that people type." }),
  wording: z
    .partialRecord(
      z.enum([
        ...(["addNetwork", "addServer", "addTlsServer", "open", "nick"] as const),
        ...(["connect", "plumb", "unplumb", "status", "version"] as const),
      ]),
      askChange,
    )
    .default({})
    .meta({ description: "What this version of it says otherwise; docs/bridges.md tells how." }),
});

export type HeisenbridgeEntry = z.output<typeof heisenbridgeEntry>;
