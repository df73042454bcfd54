import type { Command } from "../command.ts";
import { completion } from "./completion.ts";
import { connect } from "./connect.ts";
import { create } from "./create.ts";
import { deleteCommand } from "./delete.ts";
import { describeCommand } from "./describe.ts";
import { down } from "./down.ts";
import { explain } from "./explain.ts";
import { kubeconfig } from "./kubeconfig.ts";
import { list } from "./list.ts";
import { logs } from "./logs.ts";
import { status } from "./status.ts";
import { up } from "./up.ts";
import { version } from "./version.ts";

/** Every command, in the order of help. */
export const commands: readonly Command[] = [
  up,
  down,
  status,
  create,
  list,
  describeCommand,
  kubeconfig,
  connect,
  explain,
  logs,
  deleteCommand,
  completion,
  version,
];
