import type { Plugin } from 'esbuild';
import type { EntryPoint } from '../../project/entry-points.ts';
import type { Project } from '../../project/project.ts';
import { bundlePackages, namePackages, packagesPlugin } from './bundle-at-once.ts';
import { examineAtOnce } from './examine.ts';
import type { ExaminedAtOnce } from './examine.ts';
import type { InspectionOptions } from './inspection.ts';
import { Inspector } from './inspector.ts';

/** Where and how modules are looked at. */
export interface PackageSessionSetting {
  project: Project;
  plugins: readonly Plugin[];
  options: InspectionOptions;
}

/** After so many examinations the realm has seen enough old code, and a new session is due. */
const LIFETIME = 200;

/**
 * A realm in which the packages of a project are loaded already, so that a few modules can be looked at in it in no
 * time. What was looked at before leaves its traces in the realm's globals, as in any process that reloads modules.
 */
export class PackageSession implements AsyncDisposable {
  readonly #setting: PackageSessionSetting;
  readonly #inspector: Inspector;
  readonly #ready: Promise<Plugin>;
  #count = 0;

  /** @param packages files of packages that modules may import. */
  constructor(setting: PackageSessionSetting, packages: readonly string[]) {
    this.#setting = setting;
    this.#inspector = new Inspector({ ...setting.options, isAnnounced: false });
    this.#ready = this.#loadPackages(packages);
    // Whoever examines modules learns of it.
    this.#ready.catch(() => {});
  }

  get isWornOut(): boolean {
    return this.#count >= LIFETIME;
  }

  async #loadPackages(files: readonly string[]): Promise<Plugin> {
    const { project, plugins } = this.#setting;
    const names = namePackages(files);
    const bundle = await bundlePackages(project, names, plugins);
    await this.#inspector.inspect({ bundle, subjects: [] });
    return packagesPlugin(names);
  }

  /** `undefined` if the modules import packages that are not loaded. Throws when they do not load. */
  async examine(entryPoints: readonly EntryPoint[]): Promise<ExaminedAtOnce | undefined> {
    this.#count += 1;
    const { project, plugins } = this.#setting;
    const withoutPackages = [...plugins, await this.#ready];
    const examination = { project, entryPoints, plugins: withoutPackages };
    const examined = await examineAtOnce(examination, this.#inspector);
    return examined.graph.importedPackages().length === 0 ? examined : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inspector[Symbol.asyncDispose]();
  }
}
