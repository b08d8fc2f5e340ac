import { describeFamilies } from '../families.js';

describeFamilies('cheri');
