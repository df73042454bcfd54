import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** True when a shell with this PATH would find the program. */
export function isOnPath(program: string, path = ""): boolean {
  return path.split(delimiter).some((dir) => {
    if (dir === "") return false;
    try {
      accessSync(join(dir, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
