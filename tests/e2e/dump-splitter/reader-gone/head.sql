COPY city (a, b, c) FROM stdin;
