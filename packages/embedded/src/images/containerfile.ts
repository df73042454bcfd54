import { HostError } from "../host-error.ts";

/** What an image consists of; the instructions of a Containerfile that only put files together. */
export interface ImageRecipe {
  layers: { instruction: "COPY" | "ADD"; source: string; target: string }[];
  /** In the form of the OCI image configuration. */
  config: {
    Env?: string[];
    Entrypoint?: string[];
    Cmd?: string[];
    User?: string;
    WorkingDir?: string;
    ExposedPorts?: Record<string, object>;
  };
}

/**
 * Reads the subset of the Containerfile language that needs no running container: FROM scratch, COPY and ADD of one
 * file (ADD unpacks a tar archive), ENV, USER, WORKDIR, EXPOSE, ENTRYPOINT and CMD as JSON. Other tools read the same files.
 */
export function parseContainerfile(text: string): ImageRecipe {
  const recipe: ImageRecipe = { layers: [], config: {} };
  for (const line of text.split("\n").map((raw) => raw.trim())) {
    if (line === "" || line.startsWith("#")) continue;
    const [instruction = "", ...words] = line.split(/\s+/);
    apply(recipe, instruction, words, line.slice(instruction.length).trim());
  }
  return recipe;
}

function apply(recipe: ImageRecipe, instruction: string, words: string[], rest: string): void {
  const { config } = recipe;
  const [first = "", second = ""] = words;
  switch (instruction) {
    case "FROM":
      if (rest !== "scratch") throw new HostError("imageUnavailable", `FROM ${rest}: only scratch is known`);
      return;
    case "COPY":
    case "ADD":
      recipe.layers.push({ instruction, source: first, target: second });
      return;
    case "ENV":
      config.Env = [...(config.Env ?? []), rest];
      return;
    case "USER":
      config.User = first;
      return;
    case "WORKDIR":
      config.WorkingDir = first;
      return;
    case "EXPOSE":
      config.ExposedPorts = Object.fromEntries(words.map((port) => [`${port}/tcp`, {}]));
      return;
    case "ENTRYPOINT":
      config.Entrypoint = JSON.parse(rest) as string[];
      return;
    case "CMD":
      config.Cmd = JSON.parse(rest) as string[];
      return;
    default:
      throw new HostError("imageUnavailable", `A Containerfile here may not use ${instruction}`);
  }
}
