# march rv32imac_zicsr_zifencei_zknd_zkne
    aes32esi a0, a1, a2, 0
    aes32esmi t6, t5, t4, 3
    aes32dsi zero, a1, a2, 1
    aes32dsmi a0, sp, ra, 2
