import type { KubeObject } from "@inkube/kube";

const namespace = "local-path-storage";
const account = "local-path-provisioner";

/** Programs that the provisioner runs in its helper pod on the node. */
const setup = '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n';
const teardown = '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n';

export interface LocalPathOptions {
  image: string;
  /** Any small image with `sh`, `mkdir` and `rm`. */
  helperImage: string;
  /** Directory on the node that holds the volumes. */
  volumesDir: string;
  /** The node that has this directory. */
  nodeName: string;
}

/** The default StorageClass `local-path` and its provisioner: volumes are directories on the node. */
export function localPathObjects(options: LocalPathOptions): KubeObject[] {
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account, namespace } },
    ...accessRules(),
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "local-path-config", namespace },
      data: {
        // With one node, its directory is shared by all nodes; only then does the provisioner work without being told a node.
        "config.json": JSON.stringify({ sharedFileSystemPath: options.volumesDir }),
        setup,
        teardown,
        "helperPod.yaml": JSON.stringify(helperPod(options)),
      },
    },
    deployment(options.image),
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "local-path", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "rancher.io/local-path",
      // There is no node to choose, so a volume need not wait for its pod to be scheduled.
      volumeBindingMode: "Immediate",
      reclaimPolicy: "Delete",
    },
  ];
}

function accessRules(): KubeObject[] {
  const subjects = [{ kind: "ServiceAccount", name: account, namespace }];
  const all = ["get", "list", "watch", "create", "patch", "update", "delete"];
  const read = ["get", "list", "watch"];
  const rbac = "rbac.authorization.k8s.io";
  return [
    {
      apiVersion: `${rbac}/v1`,
      kind: "Role",
      metadata: { name: account, namespace },
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: all }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata: { name: account, namespace },
      roleRef: { apiGroup: rbac, kind: "Role", name: account },
      subjects,
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRole",
      metadata: { name: account },
      rules: [
        {
          apiGroups: [""],
          resources: ["nodes", "persistentvolumeclaims", "configmaps", "pods", "pods/log"],
          verbs: read,
        },
        { apiGroups: [""], resources: ["persistentvolumes"], verbs: all },
        { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
        { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: read },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: account },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: account },
      subjects,
    },
  ];
}

function helperPod({ helperImage, nodeName }: LocalPathOptions) {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "helper-pod" },
    spec: {
      // A stand-in for a node, as tests and benchmarks add, has no such directory.
      nodeName,
      priorityClassName: "system-node-critical",
      terminationGracePeriodSeconds: 0,
      containers: [{ name: "helper-pod", image: helperImage, imagePullPolicy: "IfNotPresent" }],
    },
  };
}

function deployment(image: string): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: account, namespace },
    spec: {
      replicas: 1,
      strategy: { type: "Recreate" },
      selector: { matchLabels: { app: account } },
      template: {
        metadata: { labels: { app: account } },
        spec: {
          serviceAccountName: account,
          priorityClassName: "system-cluster-critical",
          containers: [
            {
              name: account,
              image,
              command: [
                "local-path-provisioner",
                "start",
                "--config",
                "/etc/config/config.json",
                "--service-account-name",
                account,
              ],
              env: [
                { name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
                { name: "CONFIG_MOUNT_PATH", value: "/etc/config/" },
              ],
              resources: { requests: { cpu: "10m", memory: "32Mi" } },
              volumeMounts: [{ name: "config", mountPath: "/etc/config/" }],
            },
          ],
          volumes: [{ name: "config", configMap: { name: "local-path-config" } }],
        },
      },
    },
  };
}
