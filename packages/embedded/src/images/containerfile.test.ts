import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { componentModules } from "../components/component-list.ts";
import { parseContainerfile } from "./containerfile.ts";
import { imageDefinitions, imagesDir, rootfsDefinitions } from "./image-list.ts";

describe("a Containerfile", () => {
  it("gives layers in order and the image's configuration", () => {
    const text = `# what it is
FROM scratch
ADD rootfs/runtime.tar /
COPY bin/tool /usr/bin/tool
ENV PATH=/usr/bin
ENV MODE=on
USER 65532:65532
WORKDIR /work
EXPOSE 80 443
ENTRYPOINT ["/usr/bin/tool"]
CMD ["serve", "all of it"]
`;
    expect(parseContainerfile(text)).toEqual({
      layers: [
        { instruction: "ADD", source: "rootfs/runtime.tar", target: "/" },
        { instruction: "COPY", source: "bin/tool", target: "/usr/bin/tool" },
      ],
      config: {
        Env: ["PATH=/usr/bin", "MODE=on"],
        User: "65532:65532",
        WorkingDir: "/work",
        ExposedPorts: { "80/tcp": {}, "443/tcp": {} },
        Entrypoint: ["/usr/bin/tool"],
        Cmd: ["serve", "all of it"],
      },
    });
  });

  it.each(["FROM debian", "FROM scratch\nRUN true"])(
    "is refused when it needs more than putting files together: %j",
    (text) => {
      expect(() => parseContainerfile(text)).toThrow(expect.objectContaining({ kind: "imageUnavailable" }));
    },
  );
});

describe("the images of this repository", () => {
  it.each(imageDefinitions().map((image) => [image.name, image] as const))(
    "%s copies only what it says it needs",
    (_, image) => {
      const recipe = parseContainerfile(readFileSync(join(imagesDir, image.name, "Containerfile"), "utf8"));
      const available = [
        ...(image.components ?? []).map((name) => `bin/${name}`),
        ...(image.rootfs ?? []).map((name) => `rootfs/${name}.tar`),
        ...(image.node ? ["bin/node"] : []),
        ...Object.keys(image.bundles ?? {}).map((name) => `bundle/${name}`),
        ...(image.certificate ? ["files/localhost.crt", "files/localhost.key"] : []),
      ];
      for (const { source } of recipe.layers) {
        if (!source.startsWith("images/")) expect(available).toContain(source);
      }
    },
  );

  it("name components and root file systems that exist", () => {
    const binaries = componentModules().flatMap((module) => module.binaries.map((binary) => binary.name));
    for (const image of imageDefinitions()) {
      for (const name of image.components ?? []) expect(binaries).toContain(name);
      for (const name of image.rootfs ?? []) expect(Object.keys(rootfsDefinitions())).toContain(name);
    }
  });

  it("carry the version of the component that is in them", () => {
    for (const image of imageDefinitions().filter((one) => one.components?.length === 1 && !one.rootfs)) {
      const module = componentModules().find((one) =>
        one.binaries.some((binary) => binary.name === image.components?.[0]),
      );
      expect(image.reference.split(":")[1]).toBe(module?.version);
    }
  });
});
