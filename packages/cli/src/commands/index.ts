import type { Command } from "../command.ts";
import { apply } from "./apply.ts";
import { auditList } from "./audit/list.ts";
import { completion } from "./completion.ts";
import { connect } from "./connect.ts";
import { create } from "./create.ts";
import { deleteCommand } from "./delete.ts";
import { describeCommand } from "./describe.ts";
import { down } from "./down.ts";
import { events } from "./events.ts";
import { explain } from "./explain.ts";
import { filterCreate } from "./filter/create.ts";
import { filterDelete } from "./filter/delete.ts";
import { filterList } from "./filter/list.ts";
import { groupCreate } from "./group/create.ts";
import { groupDelete } from "./group/delete.ts";
import { groupDescribe } from "./group/describe.ts";
import { groupDrain } from "./group/drain.ts";
import { groupList } from "./group/list.ts";
import { groupUpdate } from "./group/update.ts";
import { hostAdd } from "./host/add.ts";
import { hostDescribe } from "./host/describe.ts";
import { hostDrain } from "./host/drain.ts";
import { hostImport } from "./host/import.ts";
import { hostList } from "./host/list.ts";
import { hostRemove } from "./host/remove.ts";
import { hostUpdate } from "./host/update.ts";
import { keyCreate } from "./key/create.ts";
import { keyDelete } from "./key/delete.ts";
import { keyLimit } from "./key/limit.ts";
import { keyList } from "./key/list.ts";
import { keyRevoke } from "./key/revoke.ts";
import { kubeconfig } from "./kubeconfig.ts";
import { list } from "./list.ts";
import { login } from "./login.ts";
import { logout } from "./logout.ts";
import { logs } from "./logs.ts";
import { memberAdd } from "./member/add.ts";
import { memberList } from "./member/list.ts";
import { memberRemove } from "./member/remove.ts";
import { projectCreate } from "./project/create.ts";
import { projectDelete } from "./project/delete.ts";
import { projectList } from "./project/list.ts";
import { quotaSet } from "./quota/set.ts";
import { quotaShow } from "./quota/show.ts";
import { quotaUsage } from "./quota/usage.ts";
import { sessionEnd } from "./session/end.ts";
import { sessionList } from "./session/list.ts";
import { status } from "./status.ts";
import { token } from "./token.ts";
import { up } from "./up.ts";
import { update } from "./update.ts";
import { usage } from "./usage.ts";
import { version } from "./version.ts";
import { whoami } from "./whoami.ts";

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
  events,
  usage,
  explain,
  logs,
  deleteCommand,
  login,
  logout,
  whoami,
  hostAdd,
  hostImport,
  hostList,
  hostDescribe,
  hostUpdate,
  hostDrain,
  hostRemove,
  groupCreate,
  groupList,
  groupDescribe,
  groupUpdate,
  groupDrain,
  groupDelete,
  projectCreate,
  projectList,
  projectDelete,
  memberAdd,
  memberList,
  memberRemove,
  filterCreate,
  filterList,
  filterDelete,
  quotaShow,
  quotaSet,
  quotaUsage,
  auditList,
  keyCreate,
  keyList,
  keyRevoke,
  keyDelete,
  keyLimit,
  sessionList,
  sessionEnd,
  token,
  completion,
  version,
];
