/** The one part of undici that is used, by its own path; see connection-pools.ts for why. */
declare module "undici/lib/dispatcher/pool.js" {
  import { Pool } from "undici";
  export default Pool;
}
