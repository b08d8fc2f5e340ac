struct queue {
  unsigned head, tail, mask, unused;
  unsigned slots[8];
};

static __attribute__((noipa)) unsigned put(struct queue *q, unsigned value) {
  unsigned head = q->head, tail = q->tail, mask = q->mask;
  if (head - tail > mask) return 0;
  q->slots[head & mask] = value;
  q->head = head + 1;
  return 1;
}

static __attribute__((noipa)) unsigned get(struct queue *q, unsigned *into) {
  unsigned head = q->head, tail = q->tail;
  if (head == tail) return 0;
  *into = q->slots[tail & q->mask];
  q->tail = tail + 1;
  return 1;
}

unsigned kernel(struct queue *q, unsigned *slot, unsigned count) {
  unsigned total = 0;
  for (unsigned i = 0; i < count; i++) {
    total += put(q, i);
    if ((i & 3) == 3)
      while (get(q, slot)) total += *slot;
  }
  return total;
}
