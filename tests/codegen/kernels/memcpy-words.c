void kernel(unsigned *to, const unsigned *from, unsigned count) {
  for (unsigned i = 0; i < count; i++) to[i] = from[i];
}
