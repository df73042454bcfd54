/** What programs log with; apart from the rest, so that who only uses a client does not load it. */
export { createProgramLogger, type ProgramLoggerOptions } from "./program-logger.ts";
