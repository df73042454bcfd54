import type { ControlPlaneInput } from "@inkube/controlplane";
import type { KubeObject, WatchCache } from "@inkube/kube";

/** Marks the class that takes Ingresses which name none. */
const defaultAnnotation = "ingressclass.kubernetes.io/is-default-class";

/**
 * The input with the host's default class where the host names none. An API server fills that in only when an Ingress is
 * made, so one that was there before the class would be nobody's for ever.
 */
export function chooseIngressClass(input: ControlPlaneInput, ingressClasses: WatchCache): ControlPlaneInput {
  const { ingress } = input.endpointPolicy;
  if (input.endpointType !== "Ingress" || ingress.className !== undefined) return input;
  const className = defaultClass([...ingressClasses.list()]);
  if (className === undefined) return input;
  return { ...input, endpointPolicy: { ...input.endpointPolicy, ingress: { ...ingress, className } } };
}

/** Of several the newest counts, as for the API server. */
function defaultClass(classes: readonly KubeObject[]): string | undefined {
  const age = ({ metadata }: KubeObject): string => `${metadata.creationTimestamp ?? ""} ${metadata.name}`;
  return classes
    .filter(({ metadata }) => metadata.annotations?.[defaultAnnotation] === "true")
    .sort((a, b) => age(a).localeCompare(age(b)))
    .at(-1)?.metadata.name;
}

/** What there is in place of the wanted class; undefined when it is there. */
export function missingClass(input: ControlPlaneInput, ingressClasses: WatchCache): string | undefined {
  const wanted = input.endpointPolicy.ingress.className;
  const found = [...ingressClasses.list()].map(({ metadata }) => metadata.name).sort();
  if (wanted !== undefined && found.includes(wanted)) return undefined;
  const list = found.length > 0 ? `this host has ${found.join(", ")}` : "this host has none";
  return `${wanted === undefined ? "None is named, no class is the default one" : `${wanted} is named`}, and ${list}`;
}
