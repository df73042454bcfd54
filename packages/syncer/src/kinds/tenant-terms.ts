import { names } from "@inkube/api";
import type { KindContext } from "./kind.ts";

/** A nested object and its host copy, known to whoever has a text translated. */
export interface KnownPair {
  hostName: string;
  name: string;
  namespace: string;
  hostUid?: string | undefined;
  uid?: string | undefined;
}

const syncerAccount = `system:serviceaccount:${names.systemNamespace}:${names.syncer}`;
const separator = "-x-";
const tokensSuffix = "-tokens";
const namedKinds = ["pods", "services", "persistentvolumeclaims", "configmaps", "secrets", "endpoints"] as const;

/** A run of characters of a DNS name that does not begin or end inside a longer one. */
const nameLike = /(?<![a-z0-9.-])[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?/g;

function escapeRegExp(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function replaceWord(content: string, word: string, by: string): string {
  if (word === "") return content;
  // A function, so that "$&" in a name is no pattern.
  return content.replace(new RegExp(`(?<![a-z0-9-])${escapeRegExp(word)}(?![a-z0-9-])`, "g"), () => by);
}

/** Names that were too long, or could be read in two ways, end in a hash. */
function isCut(hostName: string): boolean {
  return /-[0-9a-f]{10}$/.test(hostName);
}

/**
 * The nested name behind a host name, from the name alone: `<name>-x-<namespace>-x-<cluster>`, which is unambiguous because names
 * that are not are cut and hashed. Cut names are looked up among the nested objects. Undefined for any other word.
 */
export function nestedNameOf(
  hostName: string,
  context: KindContext,
  kindsToSearch: readonly string[] = namedKinds,
): { name: string; namespace: string } | undefined {
  const suffix = separator + context.cluster.name;
  if (hostName.endsWith(suffix)) {
    const [name, namespace, ...more] = hostName.slice(0, -suffix.length).split(separator);
    if (name && namespace && more.length === 0 && context.hostName(name, namespace) === hostName)
      return { name, namespace };
  }
  if (!isCut(hostName)) return undefined;
  for (const kind of kindsToSearch) {
    for (const { metadata } of context.nestedList(kind)) {
      const { name, namespace = "" } = metadata;
      if (context.hostName(name, namespace) === hostName) return { name, namespace };
    }
  }
  return undefined;
}

/** One word of the text, which may be a host name, its token Secret, or the first part of a DNS name. */
function translateWord(word: string, context: KindContext): string {
  if (!word.includes(separator) && !/-[0-9a-f]{10}(?![a-z0-9])/.test(word)) return word;
  const whole = nestedNameOf(word, context);
  if (whole !== undefined) return whole.name;
  if (word.endsWith(tokensSuffix)) {
    const pod = nestedNameOf(word.slice(0, -tokensSuffix.length), context);
    if (pod !== undefined) return pod.name + tokensSuffix;
  }
  const dot = word.lastIndexOf(".");
  return dot < 0 ? word : translateWord(word.slice(0, dot), context) + word.slice(dot);
}

/**
 * A text of the host (a condition's message, an Event, an error) in the tenant's terms: names of host copies become nested names,
 * the host namespace becomes `pair`'s nested one, uids follow, and Inkube's own identities on the host are not named.
 */
export function tenantTerms(content: string, context: KindContext, pair: KnownPair): string {
  let told = replaceWord(content, pair.hostName, pair.name);
  if (pair.hostUid && pair.uid) told = replaceWord(told, pair.hostUid, pair.uid);
  told = replaceWord(told, syncerAccount, "the syncer");
  told = told.replace(nameLike, (word) => translateWord(word, context));
  return replaceWord(told, context.cluster.hostNamespace, pair.namespace);
}
