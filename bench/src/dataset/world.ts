import { Popular, Random, Shares } from './random.ts';

export interface Branch {
  tree: string;
  branch: string;
  url: string;
}

export interface Platform {
  name: string;
  arch: string;
  runtime: string;
}

export interface Build {
  name: string;
  arch: string;
  defconfig: string;
  compiler: string;
  fragments: string[];
}

export interface TestCase {
  name: string;
  failing: number;
}

export interface Job {
  name: string;
  tests: TestCase[];
}

/** The names that everything in a data set is made of, and how frequent each is. */
export interface World {
  branches: Popular<Branch>;
  platforms: ReadonlyMap<string, Popular<Platform>>;
  builds: readonly Build[];
  jobs: Popular<Job>;
  buildRuntimes: Popular<string>;
  owners: Shares<string>;
  submitters: Shares<string>;
}

const TREES: ReadonlyArray<readonly [name: string, branches: readonly string[]]> = [
  ['next', ['master', 'pending-fixes']],
  ['mainline', ['master']],
  ['stable-rc', ['linux-6.18.y', 'linux-6.12.y', 'linux-6.6.y', 'linux-6.1.y', 'linux-5.15.y']],
  ['stable', ['linux-6.18.y', 'linux-6.12.y', 'linux-6.6.y']],
  ['android', ['android-mainline', 'android16-6.12', 'android15-6.6']],
  ['chromiumos', ['chromeos-6.6', 'chromeos-6.12', 'chromeos-5.15']],
  ['media', ['next', 'fixes']],
  ['drm', ['drm-next', 'drm-misc-next', 'drm-misc-fixes']],
  ['net-next', ['main']],
  ['arm64', ['for-next/core', 'for-kernelci']],
  ['riscv', ['for-next', 'fixes']],
  ['soc', ['for-next']],
  ['mediatek', ['for-next']],
  ['renesas', ['master', 'next']],
  ['regulator', ['for-next']],
  ['sound', ['for-next', 'for-linus']],
  ['broonie-spi', ['for-next']],
  ['cip', ['linux-6.1.y-cip', 'linux-5.10.y-cip', 'linux-4.19.y-cip']],
  ['pm', ['testing']],
  ['tip', ['master', 'x86/urgent', 'sched/core']],
];

const ARCHS: ReadonlyArray<readonly [arch: string, platforms: number, builds: number]> = [
  ['arm64', 62, 14],
  ['x86_64', 44, 9],
  ['arm', 24, 8],
  ['riscv', 9, 4],
  ['i386', 7, 4],
  ['mips', 3, 3],
  ['um', 1, 2],
];

const RUNTIMES = [
  'lava-collabora',
  'lava-broonie',
  'lava-baylibre',
  'lava-cip',
  'lava-qualcomm',
  'lava-foundriesio',
  'lava-kontron',
  'lava-collabora-staging',
  'opentest-ti',
  'pull-labs-demo',
  'docker',
];
const BUILD_RUNTIMES = ['k8s-all', 'k8s-gke-eu-west4', 'k8s-aks-east-us', 'shell'];

const SILICON = [
  'mt8183',
  'mt8195',
  'rk3399',
  'imx8mm',
  'qcs6490',
  'bcm2711',
  'am625',
  'sc7180',
  's922x',
  'tglr',
];
const FAMILIES: Record<string, readonly string[]> = {
  arm64: SILICON,
  x86_64: ['acer-cb317', 'asus-c433', 'dell-3410', 'hp-14b', 'lenovo-tp', 'minnow-turbot', 'qemu-q35'],
  arm: ['am335x', 'imx6q', 'stm32mp157', 'sun8i-h3', 'tegra124', 'beaglebone'],
};
const COMPILERS = ['gcc-14', 'gcc-12', 'clang-21', 'clang-17', 'rustc-1.84'];
const DEFCONFIGS = [
  'defconfig',
  'allmodconfig',
  'cros-flavour_defconfig',
  'tinyconfig',
  'multi_v7_defconfig',
];
const FRAGMENTS = [
  'lab-setup',
  'kselftest',
  'debug',
  'preempt_rt',
  'arm64-chromebook',
  'CONFIG_KASAN=y',
  'videodec',
];
const SUITES = [
  'kselftest',
  'ltp',
  'baseline',
  'kunit',
  'fluster',
  'igt',
  'tast',
  'rt-tests',
  'blktests',
  'v4l2',
];
const AREAS = [
  'net',
  'mm',
  'timers',
  'fs',
  'sched',
  'dt',
  'cpufreq',
  'seccomp',
  'futex',
  'alsa',
  'gpio',
  'acpi',
];

const JOBS = 200;
/** Boots and the like: run everywhere, with few results each. */
const SHORT_JOBS = 40;
const TEST_NAMES = 2000;

function makePlatforms(random: Random): Map<string, Popular<Platform>> {
  const runtimes = new Popular(RUNTIMES, 0.9);
  const entries = ARCHS.map(([arch, count]) => {
    const families = FAMILIES[arch] ?? [`qemu-${arch}`, `${arch}-board`];
    const platforms = Array.from({ length: count }, (_, i) => ({
      name: `${families[i % families.length]}-${String(i).padStart(3, '0')}`,
      arch,
      runtime: runtimes.pick(random),
    }));
    return [arch, new Popular(platforms, 0.7)] as const;
  });
  return new Map(entries);
}

function makeBuilds(random: Random): Build[] {
  return ARCHS.flatMap(([arch, , count]) =>
    Array.from({ length: count }, (_, i) => {
      const compiler = COMPILERS[i % COMPILERS.length] as string;
      const defconfig = DEFCONFIGS[Math.floor(i / 2) % DEFCONFIGS.length] as string;
      const fragments = FRAGMENTS.filter(() => random.chance(0.3));
      return { name: `kbuild-${compiler}-${arch}-${i}`, arch, defconfig, compiler, fragments };
    }),
  );
}

/** How often a test fails: most nearly never, some often. */
const failing = (random: Random): number => (random.chance(0.06) ? random.between(0.2, 0.9) : 0.01);

function makeJobs(random: Random): Job[] {
  const names = Array.from({ length: TEST_NAMES }, (_, i) => ({
    name: `${AREAS[i % AREAS.length]}_${SUITES[i % SUITES.length]?.slice(0, 4)}_${i.toString(36)}_test`,
    failing: failing(random),
  }));
  const boot = ['login', 'dmesg.crit', 'dmesg.alert', 'dmesg.emerg', 'bootrr', 'kernelmsg'];
  const bootTests = boot.map((name) => ({ name, failing: failing(random) }));
  return Array.from({ length: JOBS }, (_, i) => {
    if (i < SHORT_JOBS) return { name: `baseline-${AREAS[i % AREAS.length]}-${i}`, tests: bootTests };
    const size = Math.round(random.logBetween(3, 70));
    const first = random.below(names.length - size);
    const tests = names.slice(first, first + size);
    return { name: `${SUITES[i % SUITES.length]}-${AREAS[i % AREAS.length]}-${i}`, tests };
  });
}

export function makeWorld(seed: number): World {
  const random = new Random(seed, 1);
  const branches = TREES.flatMap(([tree, names]) =>
    names.map((branch) => ({
      tree,
      branch,
      url: `https://git.kernel.org/pub/scm/linux/kernel/git/${tree}/linux.git`,
    })),
  );
  return {
    branches: new Popular(branches, 0.8),
    platforms: makePlatforms(random),
    builds: makeBuilds(random),
    jobs: new Popular(makeJobs(random), 0.9),
    buildRuntimes: new Popular(BUILD_RUNTIMES, 1),
    owners: new Shares([
      ['production', 97],
      ['staging.kernelci.org', 2],
      ['lab-qualcomm', 0.6],
      ['pull-lab-demo', 0.4],
    ]),
    submitters: new Shares([
      ['service:pipeline', 94],
      ['user:maintainer@kernel.org', 4],
      ['user:developer@example.org', 2],
    ]),
  };
}
