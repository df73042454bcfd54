/** What a reason tells a person: what happened, and what to do about it (empty when nothing is to be done). */
export interface ReasonText {
  happened: string;
  todo: string;
}

/**
 * Every reason that a condition of a NestedCluster or HostCluster may carry. Writers add particulars after
 * `happened`; the words here stay the same everywhere, so that people can search for them.
 */
export const reasons = {
  Ready: { happened: "Everything that was asked for is running.", todo: "" },
  NamespaceCreated: { happened: "The host namespace and its limits are in place.", todo: "" },
  ControlPlaneAnswers: { happened: "The API server answers and reports ready.", todo: "" },
  EndpointAnswers: { happened: "The API server answers at its endpoint.", todo: "" },
  InSync: { happened: "Both sides agree.", todo: "" },

  Waiting: { happened: "Waiting for what comes before.", todo: "" },
  NamespaceCreating: { happened: "The host namespace is being made.", todo: "" },
  ContainersStarting: { happened: "The control plane's containers are starting.", todo: "" },
  SyncStarting: { happened: "The syncer is reading both sides for the first time.", todo: "" },
  EndpointPending: { happened: "The endpoint has no address yet.", todo: "" },
  Deleting: { happened: "The nested cluster is being deleted.", todo: "" },

  Paused: {
    happened: "Reconciliation is stopped by the annotation inkube.dev/paused.",
    todo: "Remove the annotation to go on.",
  },
  HostNamespaceTaken: {
    happened: "The host namespace of this nested cluster exists and belongs to something else.",
    todo: "Delete that namespace, or give the nested cluster another name.",
  },
  VersionUnsupported: {
    happened: "This version cannot be run on this host.",
    todo: "Choose a supported version in spec.version, or in the host's defaultVersion.",
  },
  DistroUnsupported: {
    happened: "This distro cannot be run with this specification.",
    todo: "Choose another distro, or change the field that the message names.",
  },
  SpecInvalid: {
    happened: "The specification cannot be carried out.",
    todo: "Change the field that the message names.",
  },
  ImagePullFailed: {
    happened: "The host cannot get an image of the control plane.",
    todo: "Check the image's name and the registry in spec.images, its pull secret, and the host's way to the registry.",
  },
  PullSecretMissing: {
    happened: "The pull secret that spec.images names is not there.",
    todo: "Create it in the project, or remove pullSecret.",
  },
  Unschedulable: {
    happened: "No host node has room for the control plane.",
    todo: "Free capacity on the host or add a node.",
  },
  QuotaTooSmall: {
    happened: "A quota of the host namespace refuses the control plane.",
    todo: "Raise spec.size, or the quota that somebody added to the host namespace.",
  },
  PodSecurityRefused: {
    happened: "The host's Pod Security level refuses the control plane.",
    todo: "Let the host admit pods of level restricted in this namespace.",
  },
  AdmissionRefused: {
    happened: "An admission webhook or policy of the host refuses an object of the control plane.",
    todo: "Make an exception on the host for namespaces labelled inkube.dev/managed-by=agent.",
  },
  VolumePending: {
    happened: "The datastore's volume is not bound.",
    todo: "Check that the host has a default storage class, or name one in spec.datastore.storage.storageClassName.",
  },
  DatastoreUnavailable: {
    happened: "The datastore does not answer the API server.",
    todo: "Look at inkube logs NAME --part kine; check the volume and its free space.",
  },
  ControlPlaneCrashing: {
    happened: "A container of the control plane ends again and again.",
    todo: "Look at inkube logs NAME --part CONTAINER.",
  },
  NestedAPIUnreachable: {
    happened: "The nested API server does not answer.",
    todo: "Look at inkube logs NAME --part kube-apiserver; if the pod runs, check the host's network policies.",
  },
  NestedAPIRefused: {
    happened: "The nested API server refuses the credentials of Inkube.",
    todo: "Delete the Secrets pki and kubeconfig-syncer in the host namespace; they are made again.",
  },
  EndpointUnreachable: {
    happened: "The API server does not answer at its endpoint.",
    todo: "Check that the endpoint's address and port can be reached from the host.",
  },
  Desynced: {
    happened: "The syncer lost sight of one side; nothing is deleted until it sees both again.",
    todo: "Nothing, it tries again by itself; when it lasts, look at inkube logs NAME --part syncer.",
  },
  SyncFailing: {
    happened: "Some objects cannot be brought to the other side.",
    todo: "Run inkube explain on the object that the message names.",
  },
  SyncerMissing: {
    happened: "No syncer serves this nested cluster.",
    todo: "Check the Deployment inkube-syncer in the namespace inkube-system.",
  },
  HostRefused: {
    happened: "The host refuses a request of the agent.",
    todo: "Check the rights of the ServiceAccount inkube-agent; reinstall the manifests of this version.",
  },
  HostReady: { happened: "The agent is at work on this host.", todo: "" },
  DeletionBlocked: {
    happened: "Something in the host namespace does not go away.",
    todo: "Look at the finalizers of the object that the message names.",
  },
  InternalError: {
    happened: "Something went wrong that has no name yet.",
    todo: "It is tried again; when it lasts, look at inkube logs NAME --part agent.",
  },
} as const satisfies Record<string, ReasonText>;

export type Reason = keyof typeof reasons;

/** The text for a condition's message: what happened, particulars if any, what to do. One sentence each. */
export function reasonMessage(reason: Reason, particulars = ""): string {
  const { happened, todo } = reasons[reason];
  return [happened, asSentence(particulars), todo].filter((part) => part !== "").join(" ");
}

function asSentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === "" || /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
