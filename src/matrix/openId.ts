import { z } from "zod";
import type { UserId } from "../kernel/ids.ts";
import { path, type HomeserverCall } from "./client.ts";
import { expect } from "./roomReader.ts";

const issued = z.object({ access_token: z.string().min(1), matrix_server_name: z.string().min(1) });

/**
 * A token by which another service learns from the homeserver that it is Usher who asks, and that lets it do nothing (client-server API, "OpenID"). Rejects with a
 * `HomeserverError`. Tries once.
 */
export async function openIdToken(
  call: HomeserverCall,
  me: UserId,
): Promise<{ readonly token: string; readonly server: string }> {
  const answer = await call("POST", path("user", me, "openid", "request_token"), { body: {} });
  const { access_token: token, matrix_server_name: server } = expect(issued, answer);
  return { token, server };
}
