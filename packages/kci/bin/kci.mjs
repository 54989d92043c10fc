#!/usr/bin/env node
import { launch } from './launch.mjs';

await launch('kci', import.meta.url);
