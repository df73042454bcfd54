import { spawn } from "node:child_process";

/**
 * Shows an address in the person's browser. False when there is nothing to show it with: on a machine without a screen xdg-open
 * would start a browser of text on this very terminal.
 */
export function openBrowser(url: string, env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  const command = opener(env);
  if (!command) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(command, [url], { env, stdio: "ignore", detached: true });
    child.on("error", () => resolve(false));
    child.on("spawn", () => {
      // It may live as long as the browser does.
      child.unref();
      resolve(true);
    });
  });
}

function opener(env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (process.platform === "darwin") return "open";
  return env.DISPLAY || env.WAYLAND_DISPLAY ? "xdg-open" : undefined;
}
