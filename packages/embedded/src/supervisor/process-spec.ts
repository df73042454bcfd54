/** How to tell that a process serves. */
export type ReadyProbe = { kind: "unix"; path: string } | { kind: "https"; url: string; caPath: string };

/** One process that the supervisor keeps running. */
export interface ProcessSpec {
  /** Unique inside a host; names its log and pid files. */
  name: string;
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Processes whose probe must have answered before this one is started for the first time. */
  after: readonly string[];
  ready?: ReadyProbe;
  /** Changes when anything changes that the process reads only at its start; then it is restarted. */
  revision: string;
}

/** What the supervisor reads at its start and on SIGHUP. */
export interface SupervisorConfig {
  cgroup: string;
  runDir: string;
  logDir: string;
  processes: readonly ProcessSpec[];
}
