import { it } from "vitest";
import { connectorSuite, withBridges } from "../harness/bridges/connectorSuite.ts";
import { REAL_PEERS, realPeer } from "../harness/peers/realPeer.ts";

const REAL = REAL_PEERS.flatMap((name) => realPeer(name) ?? []);
const NOT_HERE = REAL_PEERS.filter((name) => REAL.every((one) => one.name !== name));
const NOT_HEARD = REAL.filter(({ farSide }) => farSide === undefined).map(({ name }) => name);

withBridges("bridges", REAL, (scene) => {
  for (const connector of ["heisenbridge", ...REAL.map(({ name }) => `real ${name}`)])
    connectorSuite(connector, scene);

  // Named in what was skipped: a run without them has shown less.
  it.skipIf(NOT_HERE.length > 0).each(NOT_HERE)("real %s, which is not here", () => undefined);
  it.skipIf(NOT_HEARD.length > 0).each(NOT_HEARD)(
    "real %s, heard on its far side",
    () => undefined,
  );
});
