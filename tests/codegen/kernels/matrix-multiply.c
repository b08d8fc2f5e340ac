void kernel(unsigned *c, const unsigned *a, const unsigned *b, unsigned size) {
  for (unsigned i = 0; i < size; i++) {
    for (unsigned j = 0; j < size; j++) {
      unsigned sum = 0;
      for (unsigned k = 0; k < size; k++) sum += a[i * size + k] * b[k * size + j];
      c[i * size + j] = sum;
    }
  }
}
