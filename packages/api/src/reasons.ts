/** What a reason tells a person: what happened, and what to do about it (empty when nothing is to be done). */
export interface ReasonText {
  happened: string;
  todo: string;
}

/**
 * Every reason that a condition of a NestedCluster, HostCluster or ClusterGroup may carry, and every one for which the hub refuses a
 * change. Writers add particulars after
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
  SchedulingDelayed: {
    happened: "The datastore's volume is bound, and the host's scheduler has not noticed.",
    todo: "Nothing: it is asked to look again each half minute. If that goes on, look at the log of the host's scheduler.",
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
  NestingDisabled: {
    happened: "This host takes no new nested clusters.",
    todo: "Choose another host, or set spec.nesting of the HostCluster to true.",
  },
  EndpointNotOffered: {
    happened: "The host does not offer this type of endpoint.",
    todo: "Set what the message names in spec.endpoint of the HostCluster, or choose another spec.endpoint.type.",
  },
  EndpointRefused: {
    happened: "The host refuses what the endpoint is made of.",
    todo: "Look at the quota, policy or controller that the message names.",
  },
  LoadBalancerPending: { happened: "The load balancer is being made.", todo: "" },
  LoadBalancerMissing: {
    happened: "Nothing on this host gives Services of type LoadBalancer an address.",
    todo: "Install MetalLB or the load balancer controller of your cloud, or choose another endpoint type.",
  },
  AddressPoolExhausted: {
    happened: "The host has no free address for another load balancer.",
    todo: "Add addresses to the pool (with MetalLB an IPAddressPool), or delete Services that hold one.",
  },
  EndpointRestricted: {
    happened: "The API server answers, and its endpoint lets only spec.endpoint.loadBalancer.sourceRanges connect.",
    todo: "",
  },
  IngressClassMissing: {
    happened: "No ingress class of this host takes the endpoint.",
    todo: "Install an ingress controller with that class, or set spec.endpoint.ingress.className of the HostCluster.",
  },
  IngressPending: {
    happened: "No ingress controller has taken the endpoint up yet.",
    todo: "Check that the controller of this class runs and has TLS passthrough turned on.",
  },
  PassthroughMissing: {
    happened: "F5 NGINX Ingress Controller passes TLS through by a TransportServer, which this host does not serve.",
    todo: "Install its custom resources and run it with -enable-tls-passthrough, or set another endpoint.ingress.controller.",
  },
  GatewayAPIMissing: {
    happened: "The host does not serve TLSRoute of the Gateway API.",
    todo: "Install Gateway API 1.5 or newer, or an older one with its experimental channel.",
  },
  GatewayMissing: {
    happened: "The Gateway that the host names does not exist.",
    todo: "Create it with a listener of protocol TLS in mode Passthrough, or correct spec.endpoint.gateway of the HostCluster.",
  },
  GatewayRefused: {
    happened: "The Gateway refuses the endpoint's route.",
    todo: "Let a TLS listener in mode Passthrough allow TLSRoutes from all namespaces under the host's domain.",
  },
  GatewayPending: {
    happened: "The Gateway has not taken the endpoint's route up yet.",
    todo: "Check that the controller of the Gateway's class runs and knows TLSRoute.",
  },
  DNSRecordMissing: {
    happened: "The endpoint's name does not resolve.",
    todo: "Create the wildcard record that the message names.",
  },
  DNSRecordWrong: {
    happened: "The endpoint's name leads somewhere else.",
    todo: "Correct the wildcard record that the message names.",
  },
  DNSRecordFound: { happened: "Names under the wildcard DNS name resolve.", todo: "" },
  DNSUnanswered: {
    happened: "The name servers give no answer about the wildcard DNS name.",
    todo: "Check that pods of the host reach name servers, and that those reach the ones of the domain.",
  },
  EndpointAnswersOther: {
    happened: "Something else answers at the endpoint, with a certificate that is not this nested cluster's.",
    todo: "Turn TLS passthrough on in the ingress controller or gateway: TLS must end at the nested API server.",
  },
  EndpointUnreachable: {
    happened: "The API server does not answer at its endpoint.",
    todo: "Check that the endpoint's address and port can be reached from the host.",
  },
  EndpointAnswersHub: { happened: "The API server answers the hub at its endpoint.", todo: "" },
  EndpointSilentToHub: {
    happened: "The API server gives the hub no ready answer at its endpoint.",
    todo: "Check the way from outside the host to the endpoint; where the hub has no route to the host's network this may be meant.",
  },
  EndpointOtherToHub: {
    happened: "Something else answers the hub at the endpoint, with a certificate that is not this nested cluster's.",
    todo: "Check where the endpoint leads from outside the host; where the hub has no route to the host's network this may be meant.",
  },
  EndpointUnknownToHub: {
    happened: "The endpoint's name does not resolve at the hub.",
    todo: "Create its record where the hub's name servers find it; where people use others than the hub this may be meant.",
  },
  EndpointNotDialled: {
    happened:
      "The hub does not dial this endpoint: its name or address is not one by which people outside the host reach it.",
    todo: "Check that the name lies under the host's domain, and that it leads to no loopback, link-local or multicast address.",
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
  HostVersionTooOld: {
    happened: "The cluster is too old to be a host.",
    todo: "Upgrade it; its agent tries again by itself.",
  },
  HostReady: { happened: "The agent is at work on this host.", todo: "" },
  NameTakenOnHost: {
    happened: "A nested cluster of this name and project exists on the host and does not come from the hub.",
    todo: "Delete it on the host, or give this one another name.",
  },
  Placed: { happened: "A host was chosen.", todo: "" },
  Placing: { happened: "A host is being chosen.", todo: "" },
  InsufficientCapacity: {
    happened: "No host of the group has room for this size: insufficient capacity.",
    todo: "Ask for less, delete or pause something there, or add a host to the group.",
  },
  QuotaExceeded: {
    happened: "The quota of the user who created it does not allow this.",
    todo: "Ask for less, delete another nested cluster of this user, or have the quota raised.",
  },
  OutsideLimits: {
    happened: "The size is not within the limits of the group.",
    todo: "Choose a size between the group's minimum and limits.",
  },
  OtherDistro: {
    happened: "The group is for nested clusters of another distro.",
    todo: "Leave out the distro and version, or name another group.",
  },
  GroupMissing: { happened: "There is no such cluster group.", todo: "Name another in spec.group." },
  HostMissing: { happened: "There is no such host.", todo: "Name another in spec.host." },
  NotForThisProject: {
    happened: "The host or group is not for this project.",
    todo: "Name another, or have the project added to it.",
  },
  HostNotEligible: {
    happened: "Nothing can be placed on the host now.",
    todo: "Choose another host, or mend what the message names.",
  },
  OwnerFixed: {
    happened: "The owner of a nested cluster is the user who created it.",
    todo: "Leave the annotation inkube.dev/owner out.",
  },
  AdvancedReserved: {
    happened: "The advanced values of a nested cluster are those of its group.",
    todo: "Leave spec.advanced out, or have an administrator change spec.advanced of the group.",
  },
  DomainReserved: {
    happened: "The wildcard DNS name of a nested cluster is that of its host or group.",
    todo: "Leave spec.endpoint.domain out, or have an administrator change it in the group or host.",
  },
  HostInUse: {
    happened: "Nested clusters are on the host.",
    todo: "Delete them first.",
  },
  HostIsOwn: {
    happened: "The hub itself runs on this host, so it stays.",
    todo: "Set its spec.nesting to false to keep nested clusters off it.",
  },
  GroupReady: { happened: "Nested clusters can be placed in the group.", todo: "" },
  GroupEmpty: { happened: "The group has no hosts.", todo: "Name some in spec.hosts." },
  NoHostEligible: {
    happened: "Nothing can be placed on any host of the group now.",
    todo: "Mend what the message names, or add a host to the group.",
  },
  GroupInUse: {
    happened: "Nested clusters are in the group.",
    todo: "Delete them first.",
  },
  ProjectInUse: {
    happened: "Nested clusters are in the project.",
    todo: "Delete them first.",
  },
  HostNotForGroup: {
    happened: "The host cannot be in this group.",
    todo: "Leave it out, or change what the message names.",
  },
  DomainMissing: {
    happened: "Endpoint types Ingress and Gateway need a wildcard DNS name on every host of the group.",
    todo: "Set domain of the group's host, or spec.endpoint.domain of the HostCluster.",
  },
  DomainShared: {
    happened: "A wildcard DNS name leads to one host only.",
    todo: "Give each host a name of its own.",
  },
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
