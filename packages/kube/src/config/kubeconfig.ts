import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import type { ClusterConfig, ExecPlugin, Impersonation } from "./cluster-config.ts";
import { KubeconfigError } from "./kubeconfig-error.ts";

interface Named<T> {
  name: string;
  value: T;
  /** The file it came from and the directory that relative paths in it start at. */
  source: string;
  dir: string;
}

type Fields = Record<string, unknown>;

interface Merged {
  currentContext: string | undefined;
  clusters: Named<Fields>[];
  users: Named<Fields>[];
  contexts: Named<Fields>[];
}

export interface ParseKubeconfigOptions {
  /** Default: the file's current-context. */
  context?: string;
  /** Where relative paths in it start. Default: the working directory. */
  dir?: string;
  /** What messages call it. Default: "kubeconfig". */
  source?: string;
}

/** The cluster and identity of one context. Throws {@link KubeconfigError} that names the source, the context and the field. */
export async function parseKubeconfig(text: string, options: ParseKubeconfigOptions = {}): Promise<ClusterConfig> {
  const source = options.source ?? "kubeconfig";
  return configOf(merge([await readDocument(text, source, options.dir ?? ".")]), options.context, source);
}

export interface LoadKubeconfigOptions {
  /** Default: $KUBECONFIG (several files, the first mention of a name wins), else ~/.kube/config. */
  path?: string;
  context?: string;
  /** Default: the process's environment. */
  env?: Record<string, string | undefined>;
}

/** Reads kubeconfig files as kubectl does. Throws {@link KubeconfigError}. */
export async function loadKubeconfig(options: LoadKubeconfigOptions = {}): Promise<ClusterConfig> {
  const env = options.env ?? process.env;
  const listed = options.path ? [options.path] : (env.KUBECONFIG ?? "").split(delimiter).filter(Boolean);
  const paths = listed.length > 0 ? listed : [join(env.HOME ?? homedir(), ".kube", "config")];
  const documents: Merged[] = [];
  for (const path of paths) {
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      // kubectl too passes over a missing file when several are listed.
      if (error.code === "ENOENT" && paths.length > 1) return undefined;
      throw new KubeconfigError(`${path}: cannot be read: ${error.code ?? error.message}`, error);
    });
    if (text !== undefined) documents.push(await readDocument(text, path, dirname(path)));
  }
  if (documents.length === 0) throw new KubeconfigError(`None of ${paths.join(", ")} exists`);
  return configOf(merge(documents), options.context, paths.join(delimiter));
}

async function readDocument(text: string, source: string, dir: string): Promise<Merged> {
  const root = await parseYaml(text, source);
  if (typeof root !== "object" || root === null || Array.isArray(root)) {
    throw new KubeconfigError(`${source}: is not a kubeconfig: the document is not a mapping`);
  }
  const fields = root as Fields;
  const named = (list: string, item: string): Named<Fields>[] =>
    asList(fields[list], `${source}: ${list}`).map((entry, index) => {
      const { name, [item]: value } = entry as Fields;
      if (typeof name !== "string") throw new KubeconfigError(`${source}: ${list}[${index}].name is missing`);
      return { name, value: (value ?? {}) as Fields, source, dir };
    });
  return {
    currentContext: optionalString(fields["current-context"], `${source}: current-context`),
    clusters: named("clusters", "cluster"),
    users: named("users", "user"),
    contexts: named("contexts", "context"),
  };
}

async function parseYaml(text: string, source: string): Promise<unknown> {
  // JSON is YAML, and many machine-written kubeconfigs are; the YAML parser is loaded only when it is needed.
  if (text.trimStart().startsWith("{")) {
    try {
      return JSON.parse(text);
    } catch {
      // Not JSON after all: YAML's flow style begins the same.
    }
  }
  const { parse } = await import("yaml");
  try {
    return parse(text);
  } catch (error) {
    // The parser's message quotes the text, which may hold a key.
    const line = (error as { linePos?: { line: number }[] }).linePos?.[0]?.line;
    throw new KubeconfigError(`${source}: is not YAML${line ? ` (line ${line})` : ""}`);
  }
}

function merge(documents: Merged[]): Merged {
  return {
    currentContext: documents.map((document) => document.currentContext).find(Boolean),
    clusters: documents.flatMap((document) => document.clusters),
    users: documents.flatMap((document) => document.users),
    contexts: documents.flatMap((document) => document.contexts),
  };
}

function find(list: Named<Fields>[], name: string, what: string, where: string): Named<Fields> {
  const found = list.find((entry) => entry.name === name);
  if (found) return found;
  const known = list.map((entry) => entry.name).join(", ") || "none";
  throw new KubeconfigError(`${where}: has no ${what} "${name}" (there: ${known})`);
}

async function configOf(merged: Merged, wanted: string | undefined, source: string): Promise<ClusterConfig> {
  const contextName = wanted ?? merged.currentContext;
  if (!contextName) throw new KubeconfigError(`${source}: no context was named and current-context is not set`);
  const context = find(merged.contexts, contextName, "context", source);
  const where = `${context.source}: context "${contextName}"`;
  const clusterName = requiredString(context.value.cluster, `${where}: cluster`);
  const cluster = find(merged.clusters, clusterName, "cluster", where);
  const userName = optionalString(context.value.user, `${where}: user`);
  const user = userName ? await userFields(find(merged.users, userName, "user", where)) : {};
  const namespace = optionalString(context.value.namespace, `${where}: namespace`);
  return { ...(await clusterFields(cluster)), ...user, ...(namespace && { namespace }) };
}

async function clusterFields(cluster: Named<Fields>): Promise<ClusterConfig> {
  const { value } = cluster;
  const where = `${cluster.source}: cluster "${cluster.name}"`;
  const server = requiredString(value.server, `${where}: server`);
  if (!/^https?:$/.test(URL.parse(server)?.protocol ?? "")) {
    throw new KubeconfigError(`${where}: server is not an http or https URL`);
  }
  const ca = await pem(cluster, "certificate-authority", where);
  const tlsServerName = optionalString(value["tls-server-name"], `${where}: tls-server-name`);
  const proxyUrl = optionalString(value["proxy-url"], `${where}: proxy-url`);
  if (proxyUrl && !/^https?:$/.test(URL.parse(proxyUrl)?.protocol ?? "")) {
    throw new KubeconfigError(`${where}: proxy-url is not an http or https URL`);
  }
  return {
    server: server.replace(/\/+$/, ""),
    ...(ca && { ca }),
    ...(tlsServerName && { tlsServerName }),
    ...(proxyUrl && { proxyUrl }),
    ...(value["insecure-skip-tls-verify"] === true && { insecureSkipTlsVerify: true }),
  };
}

async function userFields(user: Named<Fields>): Promise<Partial<ClusterConfig>> {
  const { value } = user;
  const where = `${user.source}: user "${user.name}"`;
  const cert = await pem(user, "client-certificate", where);
  const key = await pem(user, "client-key", where);
  if (Boolean(cert) !== Boolean(key)) {
    throw new KubeconfigError(`${where}: client-certificate and client-key need each other`);
  }
  const token = optionalString(value.token, `${where}: token`);
  const tokenFile = optionalString(value.tokenFile, `${where}: tokenFile`);
  const exec = value.exec === undefined ? undefined : execPlugin(value.exec as Fields, user, where);
  const impersonate = impersonation(value, where);
  if (!cert && !token && !tokenFile && !exec && (value["auth-provider"] || value.username)) {
    throw new KubeconfigError(
      `${where}: auth-provider and username are not supported; use exec, a token or a certificate`,
    );
  }
  return {
    ...(cert && key && { cert, key }),
    ...(token && !tokenFile && { token }),
    ...(tokenFile && { tokenFile: resolve(user.dir, tokenFile) }),
    ...(exec && !cert && !token && !tokenFile && { exec }),
    ...(impersonate && { impersonate }),
  };
}

function impersonation(value: Fields, where: string): Impersonation | undefined {
  const as = optionalString(value.as, `${where}: as`);
  if (!as) return undefined;
  const uid = optionalString(value["as-uid"], `${where}: as-uid`);
  const groups = asList(value["as-groups"], `${where}: as-groups`).map(String);
  const extra = value["as-user-extra"] as Record<string, string[]> | undefined;
  return { user: as, ...(uid && { uid }), ...(groups.length > 0 && { groups }), ...(extra && { extra }) };
}

function execPlugin(value: Fields, user: Named<Fields>, where: string): ExecPlugin {
  const apiVersion = requiredString(value.apiVersion, `${where}: exec.apiVersion`);
  const command = requiredString(value.command, `${where}: exec.command`);
  const args = asList(value.args, `${where}: exec.args`).map(String);
  const env = asList(value.env, `${where}: exec.env`) as { name: string; value: string }[];
  const installHint = optionalString(value.installHint, `${where}: exec.installHint`);
  // A path with a directory starts at the file; a bare name is looked up in PATH.
  const program = command.includes("/") && !isAbsolute(command) ? resolve(user.dir, command) : command;
  return {
    apiVersion,
    command: program,
    args,
    env: Object.fromEntries(env.map((variable) => [variable.name, variable.value])),
    provideClusterInfo: value.provideClusterInfo === true,
    ...(installHint && { installHint }),
  };
}

async function pem(entry: Named<Fields>, field: string, where: string): Promise<string | undefined> {
  const data = optionalString(entry.value[`${field}-data`], `${where}: ${field}-data`);
  if (data) {
    const text = Buffer.from(data, "base64").toString("utf8");
    if (!text.includes("-----BEGIN ")) throw new KubeconfigError(`${where}: ${field}-data is not base64 of PEM`);
    return text;
  }
  const path = optionalString(entry.value[field], `${where}: ${field}`);
  if (!path) return undefined;
  const file = resolve(entry.dir, path);
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new KubeconfigError(`${where}: ${field} ${file} cannot be read: ${error.code ?? error.message}`, error);
  });
}

function asList(value: unknown, where: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new KubeconfigError(`${where} is not a list`);
  return value;
}

function optionalString(value: unknown, where: string): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string") throw new KubeconfigError(`${where} is not a string`);
  return value;
}

function requiredString(value: unknown, where: string): string {
  const text = optionalString(value, where);
  if (!text) throw new KubeconfigError(`${where} is missing`);
  return text;
}
