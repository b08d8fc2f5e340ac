void kernel(unsigned *data, unsigned count) {
  for (unsigned last = count - 1; last != 0; last--) {
    for (unsigned i = 0; i < last; i++) {
      unsigned a = data[i];
      unsigned b = data[i + 1];
      if (a > b) {
        data[i] = b;
        data[i + 1] = a;
      }
    }
  }
}
