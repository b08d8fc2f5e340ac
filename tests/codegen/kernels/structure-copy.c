struct eight {
  unsigned a, b, c, d, e, f, g, h;
};

void kernel(struct eight *to, const struct eight *from, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    to[i].a = from[i].a;
    to[i].b = from[i].b;
    to[i].c = from[i].c;
    to[i].d = from[i].d;
    to[i].e = from[i].e;
    to[i].f = from[i].f;
    to[i].g = from[i].g;
    to[i].h = from[i].h;
  }
}
