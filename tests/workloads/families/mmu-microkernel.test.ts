import { describeFamilies } from '../families.js';

describeFamilies('mmu-microkernel');
