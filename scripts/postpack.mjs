// Runs in a package's folder after `npm pack`.
import { restoreWorkTree } from './restore-work-tree.mjs';

restoreWorkTree();
