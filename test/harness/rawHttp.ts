import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A connection to a port of this machine; what breaks it is no error. */
export async function connected(port: number | undefined): Promise<Socket> {
  const socket = connect(port ?? 0, "127.0.0.1").on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/** What comes back over a connection until the other side closes it. */
export async function answerTo(port: number | undefined, text: string): Promise<string> {
  const socket = await connected(port);
  socket.write(text);
  let answer = "";
  for await (const piece of socket as AsyncIterable<Buffer>) answer += piece.toString();
  return answer;
}
