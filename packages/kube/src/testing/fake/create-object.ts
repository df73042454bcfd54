import type { KubeObject } from "../../types.ts";
import {
  type ApiContext,
  findObject,
  keyOf,
  nameSuffix,
  newUid,
  type Target,
  timestamp,
  type WriteContext,
} from "./api-context.ts";
import { ApiFailure, alreadyExists, badRequest, invalid, notFound } from "./api-failure.ts";
import { trackUpdate } from "./apply/managers.ts";
import { withCreateDefaults } from "./defaults.ts";
import { asJsonObject } from "./json.ts";
import { type ServedType, typeKey } from "./registry.ts";
import { validateCreate } from "./validation.ts";

/** The object of a request body with `apiVersion`, `kind` and namespace of the URL; a 400 when they disagree. */
export function readObject(type: ServedType, namespace: string, body: unknown): KubeObject {
  const object = asJsonObject(body) as Partial<KubeObject>;
  const apiVersion = type.group === "" ? type.version : `${type.group}/${type.version}`;
  if ((object.kind ?? type.kind) !== type.kind || (object.apiVersion ?? apiVersion) !== apiVersion) {
    const given = `${object.apiVersion}, Kind=${object.kind}`;
    throw badRequest(`the API version in the data (${given}) does not match the expected API version (${apiVersion})`);
  }
  const metadata = { ...asJsonObject(object.metadata) } as KubeObject["metadata"];
  const given = metadata.namespace ?? "";
  if (given !== "" && given !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (namespace !== "") metadata.namespace = namespace;
  else delete metadata.namespace;
  return { ...object, apiVersion, kind: type.kind, metadata };
}

function nameOf(context: ApiContext, type: ServedType, object: KubeObject): string {
  const { name, generateName } = object.metadata;
  if (name) return name;
  if (generateName) return `${generateName.slice(0, 58)}${nameSuffix(context)}`;
  const message = "Required value: name or generateName is required";
  throw invalid(type, "", [{ reason: "FieldValueRequired", message, field: "metadata.name" }]);
}

function checkNamespace(context: ApiContext, namespace: string, target: Target): void {
  if (namespace === "") return;
  const type = context.registry.find("", "v1", "namespaces");
  if (type === undefined) return;
  const owner = findObject(context, { type, namespace: "", name: namespace });
  if (owner === undefined) {
    if (context.requireNamespaces) throw notFound(type, namespace);
    return;
  }
  if (owner.metadata.deletionTimestamp === undefined) return;
  throw new ApiFailure(
    403,
    "Forbidden",
    `${target.type.plural} "${target.name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
    {
      causes: [
        {
          reason: "NamespaceTerminating",
          message: `namespace ${namespace} is being terminated`,
          field: "metadata.namespace",
        },
      ],
    },
  );
}

/**
 * Creates an object that {@link readObject} returned. `managed` says that its `managedFields` are already right
 * (it comes from an apply).
 */
export function createObject(
  context: ApiContext,
  type: ServedType,
  object: KubeObject,
  write: WriteContext & { managed?: boolean },
): KubeObject {
  if (object.metadata.resourceVersion) {
    throw new ApiFailure(500, "InternalError", "resourceVersion should not be set on objects to be created");
  }
  const namespace = object.metadata.namespace ?? "";
  const name = nameOf(context, type, object);
  const target = { type, namespace, name };
  checkNamespace(context, namespace, target);
  const { deletionTimestamp: _at, deletionGracePeriodSeconds: _grace, ...metadata } = object.metadata;
  const named: KubeObject = {
    ...object,
    metadata: {
      ...metadata,
      name,
      uid: newUid(context),
      creationTimestamp: timestamp(context.clock.now()),
      ...(type.generation ? { generation: 1 } : {}),
    },
  };
  validateCreate(type, named);
  const existing = findObject(context, target);
  if (existing) throw alreadyExists(type, name, existing.metadata.deletionTimestamp !== undefined);
  const full = withCreateDefaults(named, context, type);
  const writer = { name: write.manager, subresource: "", time: timestamp(context.clock.now()) };
  const stored = write.managed ? full : trackUpdate(type, undefined, full, writer);
  return write.dryRun ? stored : context.store.put(typeKey(type), keyOf(stored), stored);
}
