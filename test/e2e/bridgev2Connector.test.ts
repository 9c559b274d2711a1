import { connectorSuite, withBridges } from "../harness/bridges/connectorSuite.ts";

withBridges("bridges of bridgev2", [], (scene) => {
  connectorSuite("bridgev2", scene);
});
