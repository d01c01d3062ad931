CREATE TABLE country (id int, name text);
INSERT INTO country VALUES (1, 'x');
