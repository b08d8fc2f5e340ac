unsigned kernel(const unsigned *table, const unsigned char *data, unsigned bytes) {
  unsigned crc = 0xffffffff;
  for (unsigned i = 0; i < bytes; i++) crc = table[(crc ^ data[i]) & 255] ^ (crc >> 8);
  return ~crc;
}
