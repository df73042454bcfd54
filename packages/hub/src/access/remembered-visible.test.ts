import type { Change } from "@inkube/kube";
import { FakeClock } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import type { Principal } from "../auth/principal.ts";
import { rememberVisible } from "./remembered-visible.ts";
import { everything } from "./visible.ts";

const ann = { user: "ann", groups: ["a"] } as unknown as Principal;

function start() {
  const clock = new FakeClock();
  const asked: string[] = [];
  let onVoid: (namespace: string | undefined) => void = () => undefined;
  let onProject: (change: Change) => void = () => undefined;
  let failing = false;
  const visible = rememberVisible(
    {
      clock,
      access: {
        onVoid(handler) {
          onVoid = handler;
          return () => undefined;
        },
      },
      projects: {
        onChange(handler) {
          onProject = handler;
          return () => undefined;
        },
      },
    },
    async ({ user }) => {
      asked.push(user);
      if (failing) throw new Error("no answer");
      return everything;
    },
  );
  return {
    asked,
    clock,
    visible,
    rolesChange: () => onVoid("team"),
    projectsChange: () => onProject({ type: "added", object: { metadata: { name: "new" } } }),
    fail: (value: boolean) => {
      failing = value;
    },
  };
}

describe("what a caller may see", () => {
  it("is worked out once a second, for each caller and his groups", async () => {
    const { asked, clock, visible } = start();
    await Promise.all([visible(ann), visible(ann)]);
    await visible({ ...ann, groups: ["b"] });
    await visible({ ...ann, user: "bob" });
    expect(asked).toEqual(["ann", "ann", "bob"]);
    await clock.advance(1001);
    await visible(ann);
    expect(asked).toHaveLength(4);
  });

  it("is forgotten at once when roles or projects change, also while it is being worked out", async () => {
    const { asked, visible, rolesChange, projectsChange } = start();
    const early = visible(ann);
    rolesChange();
    await Promise.all([early, visible(ann)]);
    projectsChange();
    await visible(ann);
    expect(asked).toHaveLength(3);
  });

  it("is asked for again after no answer", async () => {
    const { visible, fail } = start();
    fail(true);
    await expect(visible(ann)).rejects.toThrow("no answer");
    fail(false);
    expect(await visible(ann)).toBe(everything);
  });
});
