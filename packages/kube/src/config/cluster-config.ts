/** How to get a token or client certificate from a program, as the kubeconfig's `exec` says. */
export interface ExecPlugin {
  apiVersion: string;
  command: string;
  args?: string[];
  env?: Record<string, string>;
  /** Tells the program which cluster it is for. */
  provideClusterInfo?: boolean;
  /** Shown when the program is not installed. */
  installHint?: string;
}

/** Whom to act as; the API server checks that the real identity may. */
export interface Impersonation {
  user: string;
  uid?: string;
  groups?: string[];
  extra?: Record<string, string[]>;
}

/** One API server and one identity at it. PEM values are the text itself, not base64 and not a path. */
export interface ClusterConfig {
  /** `https://host:port`, or http; a path is kept as a prefix. */
  server: string;
  /** The name that the server's certificate is checked against, when it differs from the URL's host. */
  tlsServerName?: string;
  /** Absent: the system's roots. */
  ca?: string;
  insecureSkipTlsVerify?: boolean;
  cert?: string;
  key?: string;
  token?: string;
  /** Read again when it changed, at most once a minute. */
  tokenFile?: string;
  exec?: ExecPlugin;
  /** An HTTP proxy that takes CONNECT. */
  proxyUrl?: string;
  impersonate?: Impersonation;
  /** The namespace that commands use when none is named. */
  namespace?: string;
  /** How many requests may be under way at once; watches and streams are not counted. Default 32. */
  connections?: number;
  /** How long an ordinary request may stay silent. Default 30 000 ms. */
  requestTimeoutMs?: number;
}
