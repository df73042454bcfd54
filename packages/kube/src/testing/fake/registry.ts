import { resources } from "../../resources.ts";
import type { ResourceType } from "../../types.ts";

/** How the fake server treats a kind beyond where it is served. */
export interface ServedType extends ResourceType {
  /** Served from a custom resource definition: no strategic merge patch, lists are atomic, updates need a resourceVersion. */
  custom: boolean;
  /** Has a `status` subresource: a plain write cannot touch status, a status write nothing else. */
  status: boolean;
  /** Has `metadata.generation`. */
  generation: boolean;
  /** Where the scale subresource reads and writes, as member paths. */
  scale?: { spec: string[]; status: string[] };
}

type Trait = "status" | "generation" | "scale";

/** `group/version plural Kind scope traits`, one per line; scope is n (namespaced) or c (cluster). */
const wellKnown = `
/v1 pods Pod n status,generation
/v1 services Service n status
/v1 endpoints Endpoints n
/v1 configmaps ConfigMap n
/v1 secrets Secret n
/v1 serviceaccounts ServiceAccount n
/v1 persistentvolumeclaims PersistentVolumeClaim n status
/v1 persistentvolumes PersistentVolume c status
/v1 namespaces Namespace c status
/v1 nodes Node c status
/v1 events Event n
/v1 resourcequotas ResourceQuota n status
/v1 limitranges LimitRange n
/v1 replicationcontrollers ReplicationController n status,generation,scale
/v1 podtemplates PodTemplate n generation
apps/v1 deployments Deployment n status,generation,scale
apps/v1 statefulsets StatefulSet n status,generation,scale
apps/v1 replicasets ReplicaSet n status,generation,scale
apps/v1 daemonsets DaemonSet n status,generation
apps/v1 controllerrevisions ControllerRevision n
batch/v1 jobs Job n status,generation
batch/v1 cronjobs CronJob n status,generation
discovery.k8s.io/v1 endpointslices EndpointSlice n generation
networking.k8s.io/v1 ingresses Ingress n status,generation
networking.k8s.io/v1 ingressclasses IngressClass c generation
networking.k8s.io/v1 networkpolicies NetworkPolicy n generation
policy/v1 poddisruptionbudgets PodDisruptionBudget n status,generation
autoscaling/v2 horizontalpodautoscalers HorizontalPodAutoscaler n status
coordination.k8s.io/v1 leases Lease n
events.k8s.io/v1 events Event n
scheduling.k8s.io/v1 priorityclasses PriorityClass c generation
node.k8s.io/v1 runtimeclasses RuntimeClass c
storage.k8s.io/v1 storageclasses StorageClass c
storage.k8s.io/v1 volumeattachments VolumeAttachment c status
storage.k8s.io/v1 csidrivers CSIDriver c
storage.k8s.io/v1 csinodes CSINode c
storage.k8s.io/v1 csistoragecapacities CSIStorageCapacity n
rbac.authorization.k8s.io/v1 roles Role n
rbac.authorization.k8s.io/v1 rolebindings RoleBinding n
rbac.authorization.k8s.io/v1 clusterroles ClusterRole c
rbac.authorization.k8s.io/v1 clusterrolebindings ClusterRoleBinding c
admissionregistration.k8s.io/v1 mutatingwebhookconfigurations MutatingWebhookConfiguration c generation
admissionregistration.k8s.io/v1 validatingwebhookconfigurations ValidatingWebhookConfiguration c generation
admissionregistration.k8s.io/v1 validatingadmissionpolicies ValidatingAdmissionPolicy c status,generation
admissionregistration.k8s.io/v1 validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding c generation
apiextensions.k8s.io/v1 customresourcedefinitions CustomResourceDefinition c status,generation
apiregistration.k8s.io/v1 apiservices APIService c status
certificates.k8s.io/v1 certificatesigningrequests CertificateSigningRequest c status
`;

function parseLine(line: string): ServedType {
  const [groupVersion = "", plural = "", kind = "", scope, traitList = ""] = line.split(" ");
  const [group = "", version = ""] = groupVersion.split("/");
  const traits = new Set(traitList.split(",") as Trait[]);
  const type: ServedType = {
    group,
    version,
    plural,
    kind,
    namespaced: scope === "n",
    custom: false,
    status: traits.has("status"),
    generation: traits.has("generation"),
  };
  return traits.has("scale") ? { ...type, scale: standardScale } : type;
}

const standardScale = { spec: ["spec", "replicas"], status: ["status", "replicas"] };

/** Where objects of a type are stored; the same for all its versions, since nothing is converted. */
export function typeKey(type: ResourceType): string {
  return `${type.plural}.${type.group}`;
}

/** The kinds that a fake server serves. */
export class TypeRegistry {
  #types = new Map<string, ServedType>();

  constructor() {
    for (const line of wellKnown.trim().split("\n")) this.#add(parseLine(line));
    for (const type of Object.values(resources)) {
      if (this.find(type.group, type.version, type.plural)) continue;
      this.#add({ ...type, custom: false, status: false, generation: false });
    }
  }

  find(group: string, version: string, plural: string): ServedType | undefined {
    return this.#types.get(`${group}/${version}/${plural}`);
  }

  all(): ServedType[] {
    return [...this.#types.values()];
  }

  /** Serves a further kind as a custom resource; a kind that is served already stays as it is. */
  register(type: ResourceType, traits: Partial<Pick<ServedType, "status" | "scale">> = {}): void {
    if (this.find(type.group, type.version, type.plural)) return;
    this.#add({ ...type, custom: true, status: true, generation: true, ...traits });
  }

  unregister(type: ResourceType): void {
    this.#types.delete(`${type.group}/${type.version}/${type.plural}`);
  }

  #add(type: ServedType): void {
    this.#types.set(`${type.group}/${type.version}/${type.plural}`, type);
  }
}
