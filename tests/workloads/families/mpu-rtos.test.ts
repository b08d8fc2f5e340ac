import { describeFamilies } from '../families.js';

describeFamilies('mpu-rtos');
