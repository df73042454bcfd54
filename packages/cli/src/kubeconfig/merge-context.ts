import { AppError } from "@inkube/api";
import { Document, isMap, isSeq, parse, parseDocument, type YAMLMap, YAMLSeq } from "yaml";

interface Kubeconfig {
  clusters?: { cluster?: unknown }[];
  users?: { user?: unknown }[];
}

/**
 * The text of a kubeconfig with one more context, named `name`, that leads where `added` leads, and made current.
 * Everything else, comments included, stays as it is; entries of that name are replaced. Throws AppError USAGE when
 * `existing` is not a kubeconfig.
 */
export function mergeContext(existing: string, added: string, name: string): string {
  const source = parse(added) as Kubeconfig;
  const document = parseDocument(existing);
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents))) {
    throw new AppError("USAGE", "The kubeconfig that should get the context is not one", {
      todo: "Repair it, or name another with --kubeconfig-file.",
    });
  }
  const target = document.contents === null ? emptyKubeconfig() : document;
  upsert(target, "clusters", { name, cluster: source.clusters?.[0]?.cluster });
  upsert(target, "users", { name, user: source.users?.[0]?.user });
  upsert(target, "contexts", { name, context: { cluster: name, user: name } });
  target.set("current-context", name);
  return target.toString({ lineWidth: 0 });
}

function emptyKubeconfig(): Document {
  return new Document({ apiVersion: "v1", kind: "Config" });
}

function upsert(document: Document, list: string, entry: { name: string; [field: string]: unknown }): void {
  const node = document.createNode(entry);
  const present = document.get(list);
  if (!isSeq(present)) {
    const sequence = new YAMLSeq();
    sequence.add(node);
    document.set(list, sequence);
    return;
  }
  const index = present.items.findIndex((item) => isMap(item) && (item as YAMLMap).get("name") === entry.name);
  if (index === -1) present.add(node);
  else present.items[index] = node;
  present.flow = false;
}
