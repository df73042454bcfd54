import { AppError } from "@inkube/api";

/** The value of a flag that takes `on` or `off`; undefined when it was not given. Throws AppError USAGE. */
export function onOrOff(flag: string, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text === "on" || text === "off") return text === "on";
  throw new AppError("USAGE", `--${flag} ${text} cannot be understood`, { todo: "Write on or off." });
}
