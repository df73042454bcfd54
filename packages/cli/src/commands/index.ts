import type { Command } from "../command.ts";
import { apply } from "./apply.ts";
import { completion } from "./completion.ts";
import { connect } from "./connect.ts";
import { create } from "./create.ts";
import { deleteCommand } from "./delete.ts";
import { describeCommand } from "./describe.ts";
import { down } from "./down.ts";
import { explain } from "./explain.ts";
import { groupCreate } from "./group/create.ts";
import { groupDelete } from "./group/delete.ts";
import { groupDescribe } from "./group/describe.ts";
import { groupList } from "./group/list.ts";
import { hostDescribe } from "./host/describe.ts";
import { hostDrain } from "./host/drain.ts";
import { hostImport } from "./host/import.ts";
import { hostList } from "./host/list.ts";
import { hostRemove } from "./host/remove.ts";
import { keyCreate } from "./key/create.ts";
import { keyList } from "./key/list.ts";
import { keyRevoke } from "./key/revoke.ts";
import { kubeconfig } from "./kubeconfig.ts";
import { list } from "./list.ts";
import { login } from "./login.ts";
import { logout } from "./logout.ts";
import { logs } from "./logs.ts";
import { projectCreate } from "./project/create.ts";
import { projectDelete } from "./project/delete.ts";
import { projectList } from "./project/list.ts";
import { status } from "./status.ts";
import { token } from "./token.ts";
import { up } from "./up.ts";
import { update } from "./update.ts";
import { version } from "./version.ts";

/** Every command, in the order of help. */
export const commands: readonly Command[] = [
  up,
  down,
  status,
  create,
  apply,
  update,
  list,
  describeCommand,
  kubeconfig,
  connect,
  explain,
  logs,
  deleteCommand,
  login,
  logout,
  hostImport,
  hostList,
  hostDescribe,
  hostDrain,
  hostRemove,
  groupCreate,
  groupList,
  groupDescribe,
  groupDelete,
  projectCreate,
  projectList,
  projectDelete,
  keyCreate,
  keyList,
  keyRevoke,
  token,
  completion,
  version,
];
