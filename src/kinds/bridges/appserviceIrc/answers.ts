import { z } from "zod";

const name = z.string().min(1).max(300);

/** What of its answers is read. */
export const NETWORKS = z.object({
  servers: z.array(z.object({ network_id: name, fields: z.object({ domain: name }) })).max(1000),
});

export const OPERATORS = z.object({ operators: z.array(name).max(5000) });

export const LINKS = z
  .array(z.object({ remote_room_channel: name, remote_room_server: name }))
  .max(5000);

export const DONE = z.object({});

/** The state event by which it tells how a request stands. */
export const BRIDGING = z.object({
  user_id: z.string(),
  status: z.enum(["pending", "success", "failure"]),
});
