import manifest from "../package.json" with { type: "json" };

/** Version of Inkube's own programs. */
export const programVersion: string = manifest.version;
