#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { userInfo } from "node:os";
import { join } from "node:path";

// Halves the time to start. The folder must be one that nobody else can write to: code is run from it. That rules out
// the default below /tmp, and $HOME, which may be another person's under sudo.
enableCompileCache(join(userInfo().homedir, ".cache", "inkube", "node"));
await import("./process-main.ts");
