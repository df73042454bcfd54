import type { NestedCluster } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { median, percentile, type Result } from "../statistics.ts";
import type { FleetSize } from "./fleet.ts";
import { askOnce, type Request, type Round, run, type Target } from "./load.ts";
import type { PlainServer } from "./plain-server.ts";

/** Requests that are sent in turn, and for some the filter as one would write it by hand. */
interface Case {
  what: string;
  paths: string[];
  /** Absent: the administrator. */
  caller?: "member";
  filter?: (object: NestedCluster) => boolean;
  /** Limit for the ratio of p99. */
  target?: number;
}

const page = (query: string): string => `/api/v1/clusters?limit=50${query}`;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** More than lists are kept, so that none is there when it is asked for again. */
const others = 100;

function casesOf({ hosts, projects }: FleetSize): Case[] {
  return [
    { what: "page of 50", paths: [page("")], target: 3 },
    {
      what: "page of 50 by label",
      paths: [page("&label=team%3Dteam-1")],
      filter: ({ metadata }) => metadata.labels?.team === "team-1",
      target: 3,
    },
    {
      what: "page of 50 by phase",
      paths: [page("&phase=Degraded")],
      filter: ({ status }) => status?.phase === "Degraded",
      target: 3,
    },
    {
      what: "page of 50 of two thirds, from the end",
      paths: [page("&label=tier%21%3Ddev&sort=host&order=desc")],
      filter: ({ metadata }) => metadata.labels?.tier !== "dev",
      target: 3,
    },
    {
      what: "all of a host, always another",
      paths: numbers(Math.min(hosts, others)).map((index) => page(`&host=host-${index}`)),
      target: 3,
    },
    {
      what: "page of 50 by name, always another",
      paths: numbers(90).map((index) => page(`&name=cluster-${index + 10}`)),
      filter: ({ metadata }) => metadata.name.includes("cluster-10"),
      target: 3,
    },
    {
      what: "eleven by name, always others",
      paths: numbers(others).map((index) => page(`&name=cluster-${index + 100}`)),
      filter: ({ metadata }) => metadata.name.includes("cluster-100"),
    },
    {
      what: `page of 50 as member of 1 of ${projects} projects`,
      paths: [page("")],
      caller: "member",
      target: 3,
    },
    {
      what: "one nested cluster",
      paths: ["/api/v1/projects/project-1/clusters/cluster-1"],
    },
  ];
}

const busy = { count: 400, atOnce: 8 };
const single = { count: 100, atOnce: 1 };

interface Scene {
  administrator: Target;
  member: Target;
  plain: PlainServer;
  size: FleetSize;
  /** The nested clusters. */
  objects: KubeObject[];
}

/** Requests to the hub and, taken in turns, for the same bytes to the plain server. */
export async function benchLists(scene: Scene, rounds = 7): Promise<Result[]> {
  const results: Result[] = [];
  for (const one of casesOf(scene.size)) {
    const target = one.caller === "member" ? scene.member : scene.administrator;
    const plain = { ...target, url: scene.plain.url };
    const asked: Request[] = [];
    for (const path of one.paths) {
      const body = await askOnce(target, path);
      await scene.plain.keep(path, body);
      asked.push({ path, length: body.length });
    }
    const sides = { hub: [] as Round[], plain: [] as Round[] };
    const alone: number[] = [];
    const byHand: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      sides.hub.push(await run(target, asked, busy));
      sides.plain.push(await run(plain, asked, busy));
      if (!one.filter) continue;
      alone.push(...(await run(target, asked, single)).times);
      byHand.push(...filterByHand(scene.objects as unknown as NestedCluster[], one.filter));
    }
    // The first round only warms up.
    results.push(...resultsOf(one, { hub: sides.hub.slice(1), plain: sides.plain.slice(1) }));
    if (one.filter) results.push(againstByHand(one, alone, byHand));
  }
  return results;
}

/** Of each figure the middle one of the rounds: a machine that was busy with something else for a moment does not decide. */
function resultsOf({ what, target }: Case, { hub, plain }: { hub: Round[]; plain: Round[] }): Result[] {
  const middle = (rounds: Round[], figure: (round: Round) => number): number => median(rounds.map(figure));
  const timeOf = (share: number): Result => ({
    what: `${what}: p${share * 100}, hub / plain server`,
    measured: middle(hub, ({ times }) => percentile(times, share)),
    reference: middle(plain, ({ times }) => percentile(times, share)),
    unit: "ms",
  });
  const perSecond = ({ times, wallMs }: Round): number => (times.length / wallMs) * 1000;
  return [
    { ...timeOf(0.99), ...(target !== undefined && { target }) },
    timeOf(0.5),
    {
      what: `${what}: requests a second, plain server / hub`,
      measured: middle(plain, perSecond),
      reference: middle(hub, perSecond),
      unit: "a second",
    },
  ];
}

function againstByHand({ what }: Case, alone: number[], byHand: number[]): Result {
  const figures = { measured: median(alone), reference: median(byHand), unit: "ms" };
  return { what: `${what}: one client, hub / filter by hand`, ...figures };
}

/** Milliseconds that it takes to filter, sort and print the same objects with nothing around it. */
function filterByHand(objects: readonly NestedCluster[], filter: (object: NestedCluster) => boolean): number[] {
  const times: number[] = [];
  for (let index = 0; index < 20; index += 1) {
    const from = performance.now();
    const fitting = objects.filter(filter);
    fitting.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    const text = JSON.stringify({ items: fitting.slice(0, 50), total: fitting.length });
    times.push(performance.now() - from);
    if (text.length < 100) throw new Error("The filter by hand found nothing");
  }
  return times;
}
