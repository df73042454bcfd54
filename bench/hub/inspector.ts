import { readFile } from "node:fs/promises";

interface Answer {
  id: number;
  result: Record<string, unknown>;
}

/** One call after the other of a Node process that was started with its inspector. */
async function ask(url: string, calls: readonly [method: string, params?: object][]): Promise<Answer["result"][]> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error("The inspector does not answer"));
  });
  const results: Answer["result"][] = [];
  for (const [id, [method, params = {}]] of calls.entries()) {
    const answered = new Promise<Answer["result"]>((resolve) => {
      socket.onmessage = ({ data }) => {
        const answer = JSON.parse(String(data)) as Answer;
        if (answer.id === id) resolve(answer.result);
      };
    });
    socket.send(JSON.stringify({ id, method, params }));
    results.push(await answered);
  }
  socket.close();
  return results;
}

/** Collects the garbage of a process; MiB of its heap that are in use then, buffers outside of it included. */
export async function collectGarbage(inspectorUrl: string): Promise<number> {
  const expression = "process.memoryUsage().heapUsed + process.memoryUsage().external";
  const results = await ask(inspectorUrl, [
    ["HeapProfiler.collectGarbage"],
    ["HeapProfiler.collectGarbage"],
    ["Runtime.evaluate", { expression }],
  ]);
  const answer = results[2]?.result as { value: number } | undefined;
  if (!answer) throw new Error("The inspector does not say how much memory is used");
  return answer.value / 2 ** 20;
}

/** MiB of memory that no other process shares. */
export async function memoryOf(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
  const kibibytes = (line: RegExp): number => Number(line.exec(rollup)?.[1] ?? 0);
  return (kibibytes(/^Private_Dirty:\s+(\d+)/m) + kibibytes(/^Private_Clean:\s+(\d+)/m)) / 1024;
}
