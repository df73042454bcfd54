/** A CustomResourceDefinition as an untyped object. */
export type CustomResourceDefinition = {
  apiVersion: "apiextensions.k8s.io/v1";
  kind: "CustomResourceDefinition";
  metadata: { name: string };
  spec: Record<string, unknown>;
};

/**
 * The CustomResourceDefinitions of this version, built from the schemas. Asynchronous because the schema library
 * is loaded only by programs that ask for it.
 */
export async function crds(): Promise<CustomResourceDefinition[]> {
  const { buildCrds } = await import("./schemas/build-crds.ts");
  return buildCrds();
}
