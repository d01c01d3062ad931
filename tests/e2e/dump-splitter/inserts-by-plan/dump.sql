CREATE TABLE city (id int, name text, country_id int);
CREATE TABLE country (id int, name text);
INSERT INTO city VALUES (1, 'Lyon', 1);
INSERT INTO country VALUES (1, 'France');
INSERT INTO city (country_id, id) VALUES (1, 2);
INSERT INTO country VALUES (2, upper('x'));
COPY country (name, id) FROM stdin;
Italy	3
\.
INSERT INTO city (name, id) VALUES ('Rome', 3);
