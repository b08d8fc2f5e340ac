struct node {
  struct node *next;
  unsigned unused;
  unsigned value;
  unsigned filler;
};

unsigned kernel(const struct node *at, unsigned count) {
  unsigned sum = 0;
  for (unsigned i = 0; i < count; i++) {
    sum += at->value;
    at = at->next;
  }
  return sum;
}
