import { type HostStatus, status } from "@inkube/embedded";
import type { CommandContext } from "../context.ts";
import { embeddedHost } from "../host-access.ts";
import type { Colors } from "../output/colors.ts";
import { ageOf } from "../output/duration.ts";
import { structured } from "../output/structured.ts";
import { type TreeNode, tree } from "../output/tree.ts";

/** Prints what the embedded host is and does; a host that is not there is no error. */
export async function printStatus(context: CommandContext): Promise<void> {
  const { io, globals, colors, clock } = context;
  const { name, stateDir } = embeddedHost(globals, io);
  const found = await status({ name, stateDir });
  const text = await structured(found, globals.output);
  io.stdout.write(text ?? tree(statusTree(found, { colors, now: clock.now() })));
}

/** The host as a tree for people. */
export function statusTree(found: HostStatus, { colors, now }: { colors: Colors; now: number }): TreeNode {
  const paint = { running: colors.green, degraded: colors.yellow, stopped: colors.red, absent: colors.dim };
  const text = `${colors.bold(`host ${found.name}`)}  ${paint[found.state](found.state)}`;
  if (found.state === "absent") return { text, children: [{ text: "Make it with inkube up" }] };
  const processes = found.processes.map(({ name, running, pid, restarts, startedAt }) => {
    const mark = running ? colors.green("✓") : colors.red("✗");
    const again = restarts > 0 ? `, restarted ${restarts}×` : "";
    return {
      text: running
        ? `${mark} ${name}  pid ${pid}, ${ageOf(startedAt, now)}${again}`
        : `${mark} ${name}  not running${again}`,
    };
  });
  return {
    text,
    children: [
      { text: `API server: ${found.apiServerURL}, ${found.apiServerReady ? "ready" : "not ready"}` },
      { text: `Kubeconfig: ${found.kubeconfigPath}` },
      { text: `Directory: ${found.stateDir}` },
      { text: "Processes", children: processes },
    ],
  };
}
