/** Loaded before a program under test (`--import`): ends it when its standard input closes, so that it never outlives the test that started it. */
process.stdin.on("end", () => process.exit(1));
process.stdin.on("error", () => process.exit(1));
process.stdin.resume();
if ("unref" in process.stdin) process.stdin.unref();
