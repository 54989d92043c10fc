#!/usr/bin/env -S node --max-semi-space-size=8
import { launch } from './launch.mjs';

await launch('kernelci-api', import.meta.url);
