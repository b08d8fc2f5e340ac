unsigned kernel(const unsigned char *data, unsigned bytes) {
  unsigned crc = 0xffffffff;
  for (unsigned i = 0; i < bytes; i++) {
    crc ^= data[i];
    for (unsigned b = 0; b < 8; b++) {
      unsigned bit = crc & 1;
      crc >>= 1;
      if (bit) crc ^= 0xedb88320;
    }
  }
  return ~crc;
}
