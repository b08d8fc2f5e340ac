static __attribute__((noipa)) unsigned add4(unsigned a, unsigned b, unsigned c, unsigned d) {
  return a + b + c + d;
}

unsigned kernel(unsigned count, unsigned a, unsigned b, unsigned c) {
  unsigned total = 0;
  for (unsigned i = 0; i < count; i++) total ^= add4(i, a, b, c);
  return total;
}
