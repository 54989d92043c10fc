#!/usr/bin/env -S MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072 node --max-semi-space-size=8
import { launch } from './launch.mjs';

await launch('kernelci-api', import.meta.url);
