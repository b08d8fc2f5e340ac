void kernel(unsigned char *to, const unsigned char *from, unsigned bytes) {
  for (unsigned i = 0; i < bytes; i++) to[i] = from[i];
}
